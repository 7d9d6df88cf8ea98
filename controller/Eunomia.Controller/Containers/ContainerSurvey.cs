using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Containers;

/// <summary>Lists the containers of this moment: a snapshot and what the runtimes' files say; nothing is attached.</summary>
public static class ContainerSurvey
{
    private const int SnapshotAttempts = 20;
    private static readonly TimeSpan InspectionTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SnapshotPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the snapshot and asks for each container.</summary>
    /// <exception cref="CollectorException">The collector cannot be asked.</exception>
    public static async Task<ContainerListing> TakeAsync(CollectorClient client, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(client);
        GetStatusResponse status = await client.GetCheckedStatusAsync(cancel).ConfigureAwait(false);
        using var ingest = new EventIngest(status.ToHost(""), Options, [new Silence()]);
        var inspector = new ContainerInspector(client.InspectAsync, ingest.ApplyMetadataAsync, time, attempts: 1);
        await using (inspector.ConfigureAwait(false))
        {
            ingest.Pipeline.Containers.ContainerSeen += container =>
            {
                if (container.MetadataState == MetadataState.Pending)
                {
                    inspector.Ask(container.Id);
                }
            };
            await ApplySnapshotAsync(client, ingest, time, cancel).ConfigureAwait(false);
            await inspector.WhenIdleAsync(InspectionTimeout).WaitAsync(cancel).ConfigureAwait(false);
        }

        return new ContainerListing(ingest.Pipeline);
    }

    private static SessionOptions Options { get; } = new() { Filters = [new EventFilter(default)], Hostname = "" };

    // One snapshot at a time is taken; another client's is over in a moment.
    private static async Task ApplySnapshotAsync(
        CollectorClient client, EventIngest ingest, TimeProvider time, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await ApplySnapshotAsync(client, ingest, cancel).ConfigureAwait(false);
                return;
            }
            catch (CollectorException error) when (error.Fault == CollectorFault.Busy && attempt < SnapshotAttempts)
            {
                await Task.Delay(SnapshotPause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    private static async Task ApplySnapshotAsync(CollectorClient client, EventIngest ingest, CancellationToken cancel)
    {
        using BatchStream snapshot = client.Snapshot(cancel);
        bool complete = false;
        while (!complete && await snapshot.NextAsync().ConfigureAwait(false) is { } batch)
        {
            using (batch)
            {
                await ingest.ApplySnapshotAsync(batch).ConfigureAwait(false);
                complete = batch.IsFinal;
            }
        }

        if (!complete)
        {
            throw new CollectorException(
                CollectorFault.ConnectionLost, $"the collector at {client.SocketPath} did not finish its snapshot");
        }
    }

    private sealed class Silence : IEventOutput
    {
        public void OnEvent(in EventView e)
        {
        }

        public void EndBatch()
        {
        }
    }
}
