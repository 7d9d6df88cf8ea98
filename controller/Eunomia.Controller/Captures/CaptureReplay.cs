using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;
using StreamEnd = Eunomia.Protocol.Capture.V1.StreamEnd;

namespace Eunomia.Controller.Captures;

/// <summary>Applies a capture once more, through the same pipeline as the live stream.</summary>
/// <param name="reader">The capture; stays the caller's.</param>
/// <param name="options">Filter and fields of the events. The host is the capture's own.</param>
/// <param name="output">Where the events go.</param>
/// <param name="speed">1 = as fast as it happened, 2 = twice; null = as fast as it goes.</param>
/// <param name="time">Waits between batches.</param>
public sealed class CaptureReplay(
    CaptureReader reader, SessionOptions options, IEventOutput output, double? speed, TimeProvider time)
{
    private ulong? _firstDrainedNs;
    private long _startedAt;
    private bool _final;

    /// <summary>Applies it all, or what comes before it is told to stop.</summary>
    /// <exception cref="CaptureException">It is damaged; what came before has been applied.</exception>
    public async Task<SessionResult> RunAsync(CancellationToken stop)
    {
        CaptureHeader header = reader.Header;
        var host = new HostIdentity(header.Hostname, header.HostPidns, header.HostMntns, header.SupervisorPid);
        using var ingest = new EventIngest(host, options, [output]);
        _startedAt = time.GetTimestamp();
        while (!stop.IsCancellationRequested && reader.TryRead())
        {
            await ApplyAsync(ingest, stop).ConfigureAwait(false);
        }
        LedgerReport ledger = await ingest.CompleteAsync(_final).ConfigureAwait(false);
        return new SessionResult(ledger, _final, reader.IsCut, null);
    }

    private async ValueTask ApplyAsync(EventIngest ingest, CancellationToken stop)
    {
        switch (reader.Type)
        {
            case CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot:
                await ApplyBatchAsync(ingest, reader.Type, stop).ConfigureAwait(false);
                break;
            case CaptureFrameType.Container:
                Protocol.Capture.V1.Container container = reader.Parse(Protocol.Capture.V1.Container.Parser);
                ContainerMetadata? metadata = container.Unknown ? null : container.Metadata?.ToMetadata();
                await ingest.ApplyMetadataAsync(container.Id, metadata).ConfigureAwait(false);
                break;
            case CaptureFrameType.Accounts:
                Protocol.Capture.V1.Accounts accounts = reader.Parse(Protocol.Capture.V1.Accounts.Parser);
                await ingest.ApplyAccountsAsync(accounts.Container, accounts.Users.ToAccounts(accounts.Groups)).ConfigureAwait(false);
                break;
            case CaptureFrameType.End:
                _final = reader.Parse(StreamEnd.Parser).Final;
                break;
            default: // of a later version
                break;
        }
    }

    private async ValueTask ApplyBatchAsync(EventIngest ingest, CaptureFrameType type, CancellationToken stop)
    {
        using RecordBatch batch = reader.ParseBatch();
        await WaitAsync(batch.DrainedNs, stop).ConfigureAwait(false);
        switch (type)
        {
            case CaptureFrameType.Begin:
                if (_final)
                {
                    await ingest.EndAsync().ConfigureAwait(false);
                }
                _final = false;
                await ingest.BeginAsync(batch).ConfigureAwait(false);
                break;
            case CaptureFrameType.Snapshot:
                await ingest.ApplySnapshotAsync(batch).ConfigureAwait(false);
                break;
            default:
                await ingest.ApplyAsync(batch).ConfigureAwait(false);
                break;
        }
    }

    // By the time at which the collector read the rings, counted from the first batch.
    private async ValueTask WaitAsync(ulong drainedNs, CancellationToken stop)
    {
        if (speed is not { } factor)
        {
            return;
        }
        _firstDrainedNs ??= drainedNs;
        double due = Math.Max(0, (double)drainedNs - _firstDrainedNs.Value) / 1e9 / factor;
        TimeSpan left = TimeSpan.FromSeconds(due) - time.GetElapsedTime(_startedAt);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
