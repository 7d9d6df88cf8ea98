using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;

namespace Eunomia.Controller.Ingest;

/// <summary>One stream of batches: from Subscribe to its last batch.</summary>
internal sealed class Subscription : IAsyncDisposable
{
    private const uint NetworkReportMs = 1_000;
    private readonly CollectorClient _client;
    private readonly SessionOptions _options;
    private readonly EventIngest _ingest;
    private readonly KernelFilter _filter;
    private readonly FilterUpdater _updater;
    private readonly StreamDeadline _deadline;
    private readonly BatchStream _stream;
    private readonly TimeProvider _time;
    private Task _relisting = Task.CompletedTask;
    private long _relistedAt;
    private ulong _lost;

    /// <summary>Asks for a stream; <see cref="AttachAsync"/> has to follow.</summary>
    public Subscription(
        CollectorClient client,
        SessionOptions options,
        EventIngest ingest,
        KernelFilter filter,
        Action<string> missed,
        TimeProvider time)
    {
        (_client, _options, _ingest, _filter, _time) = (client, options, ingest, filter, time);
        _deadline = new StreamDeadline(time);
        _updater = new FilterUpdater(filter, client.UpdateFilterAsync, missed, _deadline.Token);
        _stream = client.Subscribe(Request(), _deadline.Token);
        _filter.Changed = _updater.Pump;
    }

    /// <summary>Waits for the first batch: from then on everything wanted is seen.</summary>
    public async Task AttachAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration onStop = stop.UnsafeRegister(_ => _deadline.Limit(TimeSpan.Zero), null);
        _deadline.Limit(_options.AttachTimeout);
        using RecordBatch first = await FirstAsync(stop).ConfigureAwait(false);
        _deadline.Limit(Timeout.InfiniteTimeSpan);
        _lost = Lost(first);
        await _ingest.BeginAsync(first).ConfigureAwait(false);
    }

    /// <summary>Applies what already runs, and lets the kernel's filter know of it.</summary>
    /// <returns>Whether the snapshot was complete.</returns>
    public async Task<bool> ApplySnapshotAsync(CancellationToken cancel)
    {
        bool complete = false;
        using (BatchStream snapshot = _client.Snapshot(cancel))
        {
            while (!complete && await snapshot.NextAsync().ConfigureAwait(false) is { } batch)
            {
                using (batch)
                {
                    await _ingest.ApplySnapshotAsync(batch).ConfigureAwait(false);
                    _filter.Observe(batch.Records);
                    complete = batch.IsFinal;
                }
            }
        }
        _filter.EndSnapshot();
        await _updater.WhenSentAsync().ConfigureAwait(false);
        return complete;
    }

    /// <summary>Applies batches until the final one, or until the stream breaks.</summary>
    public async Task<StreamEnd> DrainAsync(CancellationToken stop)
    {
        using CancellationTokenRegistration onStop = stop.UnsafeRegister(_ => Unsubscribe(), null);
        try
        {
            while (await NextAsync("send its final batch", CancellationToken.None).ConfigureAwait(false) is { } batch)
            {
                using (batch)
                {
                    await _ingest.ApplyAsync(batch).ConfigureAwait(false);
                    _filter.Observe(batch.Records);
                    if (batch.IsFinal)
                    {
                        return StreamEnd.Final;
                    }
                    RelistIfNeeded(batch);
                }
            }
            return new StreamEnd(new CollectorException(
                CollectorFault.ConnectionLost, "the collector ended the stream without a final batch"));
        }
        catch (CollectorException error)
        {
            return new StreamEnd(error);
        }
    }

    /// <summary>Ends the stream. Afterwards nothing of it touches the pipeline any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _filter.Changed = null;
        _deadline.Dispose();
        await _relisting.ConfigureAwait(false);
        _stream.Dispose();
    }

    private SubscribeRequest Request()
    {
        EventKindSet kinds = _options.Kinds;
        var request = new SubscribeRequest
        {
            AbiVersion = RecordAbi.Version,
            Filter = _filter.ForSubscription(),
            Kinds = KindFamilies.Mask(kinds),
            RawPaths = _options.RawPaths,
            Syscalls = ByteString.CopyFrom(_options.Syscalls.ToBitSets()),
            SyscallLatency = _options.SyscallLatency,
            SyscallRefused = _options.SyscallRefused,
            PerfFrequencyHz = (uint)_options.PerfFrequency,
            UdpIdleMs = (uint)_options.UdpIdle.TotalMilliseconds,
        };
        request.Families.AddRange(_options.Families.Prepend(Family.Process).Distinct());
        request.ReportIntervalMs.AddRange(request.Families.Select(ReportIntervalMs));
        request.DnsPorts.AddRange(_options.DnsPorts.Select(port => (uint)port));
        request.EnvironmentNames.AddRange(_options.EnvironmentNames);
        if (kinds.Contains(EventKind.SyscallCall))
        {
            request.SyscallShapes = ByteString.CopyFrom(_options.Syscalls.ToShapes());
        }
        return request;
    }

    // How often a family tells what it counts; 0 = it counts nothing that is wanted.
    private uint ReportIntervalMs(Family family) => family switch
    {
        Family.Net => _options.Kinds.Intersect(EventKinds.UdpTracker.Union(EventKinds.DnsTracker)).IsEmpty ? 0 : NetworkReportMs,
        _ => KindFamilies.Of(_options.Kinds.Intersect(EventKinds.Counted)).Contains(family)
            ? (uint)_options.Interval.TotalMilliseconds
            : 0,
    };

    private async ValueTask<RecordBatch> FirstAsync(CancellationToken stop)
    {
        try
        {
            return await NextAsync("attach its probes", stop).ConfigureAwait(false)
                ?? throw new CollectorException(
                    CollectorFault.ConnectionLost, "the collector ended the stream before it had attached its probes");
        }
        catch (CollectorException error) when (error.Fault == CollectorFault.NotPossible)
        {
            throw new CollectorException(CollectorFault.TrackerOff, error.Message, error);
        }
    }

    private async ValueTask<RecordBatch?> NextAsync(string purpose, CancellationToken stop)
    {
        _deadline.BeginWait();
        try
        {
            return await _stream.NextAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            stop.ThrowIfCancellationRequested();
            throw new CollectorException(
                CollectorFault.Silent, $"the collector did not {purpose} in time", error);
        }
        finally
        {
            _deadline.EndWait();
        }
    }

    // Attribution hangs on life-cycle records. Where some are lost, what runs now is listed anew: a container whose
    // creation was among them gets its id back. A capture that begins wants to know what there is, too.
    private void RelistIfNeeded(RecordBatch batch)
    {
        ulong lost = Lost(batch);
        if ((lost == _lost && _options.Capture is not { WantsSnapshot: true }) || !_relisting.IsCompleted || _time.GetElapsedTime(_relistedAt) < _options.RelistPause)
        {
            return;
        }
        (_lost, _relistedAt) = (lost, _time.GetTimestamp());
        CancellationToken over = _deadline.Token;
        _relisting = Task.Run(() => RelistAsync(over), CancellationToken.None);
    }

    private static ulong Lost(RecordBatch batch)
    {
        ulong lost = 0;
        foreach (KindCounters kind in batch.Ledger)
        {
            if (EventKinds.LifeCycle.Contains(kind.Kind))
            {
                lost += kind.LostRing + kind.LostProgram + kind.LostMap + kind.LostCollector;
            }
        }
        return lost;
    }

    private async Task RelistAsync(CancellationToken over)
    {
        try
        {
            _ = await ApplySnapshotAsync(over).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            // The stream itself tells when the collector is gone; the next loss tries again.
        }
    }

    private void Unsubscribe()
    {
        _deadline.Limit(_options.DrainTimeout);
        CancellationToken over = _deadline.Token;
        _ = Task.Run(() => UnsubscribeAsync(over), CancellationToken.None);
    }

    private async Task UnsubscribeAsync(CancellationToken over)
    {
        try
        {
            await _client.UnsubscribeAsync(over).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            // The stream itself tells how it ended.
        }
    }
}
