using System.Globalization;
using Eunomia.Controller.Accounts;
using Eunomia.Controller.Containers;
using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// One account of events, from attaching to the last batch: checks the ABI, subscribes, takes the snapshot behind the
/// first batch, and begins anew when the collector dies.
/// </summary>
public sealed class CollectorSession(
    CollectorClient client, SessionOptions options, IReadOnlyList<IEventOutput> outputs, ISessionObserver observer, TimeProvider time)
{
    // Who has been looked for that long may be away for good, and need not be found within milliseconds.
    private static readonly TimeSpan RestingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RestingPause = TimeSpan.FromSeconds(1);

    private readonly KernelFilter _filter = new(options.Filters);
    private bool _ready;
    private Func<Task> _tellWaiting = () => Task.CompletedTask;
    private Task _toldWaiting = Task.CompletedTask;
    private volatile bool _missedSomething;
    private volatile EventIngest? _asked;

    /// <summary>Runs until told to stop, or until the collector is gone for good.</summary>
    /// <exception cref="CollectorException">The collector could not be subscribed to in the first place.</exception>
    /// <exception cref="OperationCanceledException">Told to stop before anything was attached.</exception>
    public async Task<SessionResult> RunAsync(CancellationToken stop)
    {
        GetStatusResponse status = await client.GetCheckedStatusAsync(stop).ConfigureAwait(false);
        options.Capture?.Begin(status, options);
        using var ingest = new EventIngest(status.ToHost(options.Hostname), options, outputs);
        await using var inspector = new ContainerInspector(client.InspectAsync, ingest.ApplyMetadataAsync, time);
        ingest.Pipeline.Containers.ContainerSeen += container =>
        {
            if (container.MetadataState == MetadataState.Pending)
            {
                inspector.Ask(container.Id);
            }
        };
        await using var accounts = new AccountReader(client.LookupUserAsync, HostAccounts.ReadAsync, ingest, time);
        if (options.Accounts)
        {
            accounts.Follow(ingest.Pipeline);
        }
        _filter.Follow(ingest.Pipeline);
        _asked = ingest;
        _tellWaiting = () => TellWaitingAsync(ingest, inspector);

        (Subscription subscription, DemandWatch watch) = await SubscribeAsync(ingest, stop).ConfigureAwait(false);
        StreamEnd end = await FollowAsync(subscription, watch, stop).ConfigureAwait(false);
        while (!stop.IsCancellationRequested && end.Error is not { IsTransient: false })
        {
            end = end.WantsMore
                ? await RenewAsync(ingest, stop).ConfigureAwait(false)
                : await ResumeAsync(ingest, inspector, end, stop).ConfigureAwait(false);
        }

        await _toldWaiting.ConfigureAwait(false);
        await inspector.WhenIdleAsync(end.IsFinal ? options.InspectionTimeout : TimeSpan.Zero).ConfigureAwait(false);
        _asked = null;
        LedgerReport ledger = await ingest.CompleteAsync(end.IsFinal).ConfigureAwait(false);
        bool asked = stop.IsCancellationRequested;
        if (asked && !end.IsFinal)
        {
            observer.Notice($"what the collector still had is missing: {end.Reason}");
        }
        return new SessionResult(ledger, end.IsFinal, _missedSomething, asked ? null : end.Error);
    }

    /// <summary>
    /// Looks at the tables and the account of a session that runs, while nobody changes them; false when none does.
    /// </summary>
    public async Task<(bool Answered, T? Answer)> AskAsync<T>(Func<EventPipeline, Ledger, T> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        try
        {
            return _asked is { } ingest ? (true, await ingest.AskAsync(question).ConfigureAwait(false)) : default;
        }
        catch (ObjectDisposedException)
        {
            return default; // it ended meanwhile
        }
    }

    private async Task<(Subscription Subscription, DemandWatch Watch)> SubscribeAsync(EventIngest ingest, CancellationToken stop)
    {
        var watch = new DemandWatch(options, client, NoteMissed, stop);
        var subscription = new Subscription(client, watch.Options, ingest, _filter, NoteMissed, time);
        try
        {
            await subscription.AttachAsync(stop).ConfigureAwait(false);
            CheckFamilies(watch.Options, await client.GetStatusAsync(stop).ConfigureAwait(false));
            return (subscription, watch);
        }
        catch
        {
            watch.Dispose();
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // The snapshot goes first, though records already come: they wait in the rings, so that the first one that is
    // applied meets its container and its process.
    private async Task<StreamEnd> FollowAsync(Subscription subscription, DemandWatch watch, CancellationToken stop)
    {
        using (watch)
        await using (subscription.ConfigureAwait(false))
        {
            await SettleAsync(subscription, stop).ConfigureAwait(false);
            watch.Begin();
            StreamEnd end = await subscription.DrainAsync(watch.Over).ConfigureAwait(false);
            return end with { WantsMore = end.IsFinal && watch.WantsMore };
        }
    }

    // More is wanted than was attached: what runs has ended in order, and the next one begins.
    private async Task<StreamEnd> RenewAsync(EventIngest ingest, CancellationToken stop)
    {
        await ingest.EndAsync().ConfigureAwait(false);
        try
        {
            (Subscription subscription, DemandWatch watch) = await SubscribeAsync(ingest, stop).ConfigureAwait(false);
            return await FollowAsync(subscription, watch, stop).ConfigureAwait(false);
        }
        catch (CollectorException error)
        {
            return new StreamEnd(error);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return StreamEnd.Final;
        }
    }

    private async Task SettleAsync(Subscription subscription, CancellationToken cancel)
    {
        try
        {
            if (!await subscription.ApplySnapshotAsync(cancel).ConfigureAwait(false))
            {
                NoteMissed("the snapshot of what already runs is incomplete");
            }
        }
        catch (CollectorException error) when (!error.IsTransient)
        {
            NoteMissed($"there is no snapshot of what already runs: {error.Message}");
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            return; // the stream ends with it
        }
        if (!_ready)
        {
            _ready = true;
            observer.Ready();
            _toldWaiting = _tellWaiting();
        }
    }

    // A container that was named and is not there may come later, or be a mistake: only the user knows.
    private async Task TellWaitingAsync(EventIngest ingest, ContainerInspector inspector)
    {
        if (options.Filters.All(filter => filter.Containers.Count == 0))
        {
            return;
        }
        await inspector.WhenIdleAsync(options.InspectionTimeout).ConfigureAwait(false);
        foreach (ContainerSelector selector in await ingest.FindUnmatchedAsync(options.Filters).ConfigureAwait(false))
        {
            observer.Notice($"there is no container '{selector.Text}' yet; waiting for it");
        }
    }

    // Looks for a lost collector, and follows it once it is back.
    private async Task<StreamEnd> ResumeAsync(
        EventIngest ingest, ContainerInspector inspector, StreamEnd lost, CancellationToken stop)
    {
        long start = time.GetTimestamp();
        if (lost.IsFinal)
        {
            await ingest.EndAsync().ConfigureAwait(false);
        }
        bool forever = options.ReconnectTimeout == Timeout.InfiniteTimeSpan;
        observer.Notice(
            $"lost the collector ({lost.Reason}); looking for it{(forever ? "" : $" for {Seconds(options.ReconnectTimeout)}")}");
        observer.Lost();
        try
        {
            (Subscription subscription, DemandWatch watch) = await FindAsync(ingest, start, stop).ConfigureAwait(false);
            observer.Notice(
                $"the collector is back after {Seconds(time.GetElapsedTime(start))}; what happened meanwhile is not known");
            observer.Back();
            inspector.Resume();
            return await FollowAsync(subscription, watch, stop).ConfigureAwait(false);
        }
        catch (CollectorException error)
        {
            return new StreamEnd(error);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return lost;
        }
    }

    private async Task<(Subscription Subscription, DemandWatch Watch)> FindAsync(EventIngest ingest, long start, CancellationToken stop)
    {
        while (true)
        {
            bool isSoon = time.GetElapsedTime(start) < RestingAfter;
            await Task.Delay(isSoon ? options.ReconnectPause : RestingPause, time, stop).ConfigureAwait(false);
            try
            {
                _ = await client.GetCheckedStatusAsync(stop).ConfigureAwait(false);
                return await SubscribeAsync(ingest, stop).ConfigureAwait(false);
            }
            catch (CollectorException error) when (error.IsTransient)
            {
                if (options.ReconnectTimeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= options.ReconnectTimeout)
                {
                    throw new CollectorException(
                        CollectorFault.Gone,
                        $"the collector did not come back within {Seconds(options.ReconnectTimeout)}: {error.Message}",
                        error);
                }
            }
        }
    }

    // A tracker that is off is the end when nothing is left of what was asked for.
    private void CheckFamilies(SessionOptions current, GetStatusResponse status)
    {
        IReadOnlyList<Family> wanted = current.Families;
        List<string> impaired = [];
        int off = 0;
        foreach (Family family in wanted.Concat([Family.Process, Family.Cgroup]).Distinct())
        {
            FamilyStatus found = status.Families.FirstOrDefault(candidate => candidate.Family == family) ?? Unknown(family);
            if (found.State is FamilyState.Off or FamilyState.Degraded)
            {
                impaired.Add($"the {family.ToName()} tracker is {found.State.ToName()}: {found.Reason}");
                off += found.State == FamilyState.Off && wanted.Contains(family) ? 1 : 0;
            }
        }
        if (off > 0 && off == wanted.Count)
        {
            throw new CollectorException(CollectorFault.TrackerOff, string.Join("; ", impaired));
        }
        impaired.ForEach(NoteMissed);
    }

    private static FamilyStatus Unknown(Family family) =>
        new() { Family = family, State = FamilyState.Off, Reason = "this collector does not have it" };

    private void NoteMissed(string text)
    {
        _missedSomething = true;
        observer.Notice(text);
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";
}
