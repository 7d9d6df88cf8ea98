using Eunomia.Controller.Captures;
using Eunomia.Core;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;
using Eunomia.Protocol;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// The pipeline behind a turnstile. The stream, the snapshot and answers about containers arrive on different tasks;
/// whoever has the turn does decode, attribution and output alone. Waiting for the turn holds no thread, so a blocked
/// terminal stops exactly one thread: nothing is read any more, and the collector feels it (decisions 9).
/// </summary>
internal sealed class EventIngest : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IEventOutput[] _outputs;
    private readonly Ledger _ledger = new();
    private readonly ICaptureSink? _capture;
    private readonly uint _hostMountNamespace;

    /// <param name="host">Whose events.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="outputs">One for each filter; may be the same ones.</param>
    public EventIngest(HostIdentity host, SessionOptions options, IReadOnlyList<IEventOutput> outputs)
    {
        _outputs = [.. outputs.Distinct()];
        _capture = options.Capture;
        _hostMountNamespace = host.MountNamespace;
        EventRoute[] routes = [.. options.Filters.Zip(outputs, (filter, output) => new EventRoute(filter, output))];
        bool counts = options.Demand is not null || !options.Kinds.Intersect(EventKinds.Counted).IsEmpty;
        TimeSpan reports = counts ? options.Interval : TimeSpan.Zero;
        Pipeline = new EventPipeline(host, new PipelineOptions(routes, options.Ancestors, reports), _ledger);
        foreach (IEventOutput output in _outputs)
        {
            output.Begin(Pipeline);
        }
    }

    /// <summary>Only for whoever has the turn.</summary>
    public EventPipeline Pipeline { get; }

    /// <summary>Takes the first batch of a new stream, which is its base line.</summary>
    public async ValueTask BeginAsync(RecordBatch first)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _ledger.BeginSubscription();
            _ledger.OnBatch(first.Ledger);
            _capture?.Write(CaptureFrameType.Begin, first);
            ApplyRecords(first);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes a batch of the subscription.</summary>
    public async ValueTask ApplyAsync(RecordBatch batch)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _ledger.OnBatch(batch.Ledger);
            _capture?.Write(CaptureFrameType.Batch, batch);
            ApplyRecords(batch);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes a batch of a snapshot, which the ledger does not count.</summary>
    public async ValueTask ApplySnapshotAsync(RecordBatch batch)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _capture?.Write(CaptureFrameType.Snapshot, batch);
            ApplyRecords(batch);
            if (batch.IsFinal)
            {
                _capture?.EndSnapshot(Pipeline);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes the answer about a container; null when nobody knows it.</summary>
    public async ValueTask ApplyMetadataAsync(string id, ContainerMetadata? metadata)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _capture?.Write(id, metadata);
            if (metadata is null)
            {
                Pipeline.Containers.SetMetadataFailed(id);
            }
            else
            {
                Pipeline.Containers.SetMetadata(id, metadata);
            }
            EndBatch(); // events may have waited for the name
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes names of users and groups, of a container or (null) of the host.</summary>
    public async ValueTask ApplyAccountsAsync(Container? container, AccountList accounts)
    {
        if (accounts.Users.Count + accounts.Groups.Count == 0)
        {
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (container is null || (Pipeline.Containers.TryGet(container.Id, out Container? known) && known == container))
            {
                _capture?.Write(container?.Id, accounts); // of several with one id the one that replay would find
            }
            Pipeline.Accounts.Add(container, accounts);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes them from a capture, where the id tells the container; empty = the host.</summary>
    public async ValueTask ApplyAccountsAsync(string id, AccountList accounts)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            Container? container = null;
            if (id.Length == 0 || Pipeline.Containers.TryGet(id, out container))
            {
                Pipeline.Accounts.Add(container, accounts);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Processes that have a container's files for a root.</summary>
    public async ValueTask<IReadOnlyList<ProcessKey>> FindResidentsAsync(Container container)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return AccountResidents.Find(container, Pipeline.Processes, _hostMountNamespace);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The container selectors that fit none of the containers known now.</summary>
    public async ValueTask<ContainerSelector[]> FindUnmatchedAsync(IReadOnlyList<EventFilter> filters)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return [.. filters.SelectMany(filter => filter.Unmatched(Pipeline.Containers.All)).DistinctBy(selector => selector.Text)];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Looks at the tables and the account while nobody changes them.</summary>
    public async ValueTask<T> AskAsync<T>(Func<EventPipeline, Ledger, T> question)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return question(Pipeline, _ledger);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A stream ended as it should while more may follow.</summary>
    public async ValueTask EndAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _capture?.EndStream(final: true);
            _ = _ledger.Close(final: true);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Nothing follows: discards what still waits for a container's name, and closes the account.</summary>
    public async ValueTask<LedgerReport> CompleteAsync(bool final)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            Pipeline.Complete();
            _capture?.EndStream(final);
            EndBatch();
            return _ledger.Close(final);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private void ApplyRecords(RecordBatch batch)
    {
        Pipeline.Apply(batch.Records, batch.BootToUnixNs);
        EndBatch();
    }

    private void EndBatch()
    {
        foreach (IEventOutput output in _outputs)
        {
            output.EndBatch();
        }
    }
}
