using Eunomia.Cli.Commands;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Cli.Output;

/// <summary>
/// Writes all containers once their names are known, and from then on what happens to them. A change waits for its
/// container's name too, which takes milliseconds; those of one container stay in order.
/// </summary>
internal sealed class ContainerWatchOutput(OutputFormat format, OutputFile file, Terminal terminal, TimeProvider time)
    : IEventOutput
{
    // However long the runtime's files take to be read, and whatever is created meanwhile.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int MostWaiting = 4096;

    private readonly ContainerListJson _json = new();
    private readonly ContainerListText _text = new(ContainersCommand.TextOptions(terminal));
    private readonly Lock _lock = new();
    private readonly List<ContainerChange> _waiting = [];
    private readonly HashSet<Container> _exited = [];
    private EventPipeline? _pipeline;
    private Container? _removed;
    private long _readyAt;
    private bool _isReady;
    private bool _isListed;

    public void Begin(EventPipeline pipeline) => _pipeline = pipeline;

    /// <summary>What already ran is known, but for its names.</summary>
    public void Ready()
    {
        lock (_lock)
        {
            (_isReady, _readyAt) = (true, time.GetTimestamp());
            Write();
        }
    }

    public void OnEvent(in EventView e)
    {
        lock (_lock)
        {
            if (_isListed && e.Container is { } container)
            {
                OnEvent(e, container);
            }
        }
    }

    public void EndBatch()
    {
        lock (_lock)
        {
            Write();
        }
    }

    /// <summary>Nothing follows: writes what still waits.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            WriteChanges(all: true);
            file.Flush();
        }
    }

    private void OnEvent(in EventView e, Container container)
    {
        switch (e.Kind)
        {
            case EventKind.ContainerCreate:
                Note(ContainerChangeKind.Created, e, container);
                break;
            case EventKind.ContainerStart:
                Note(ContainerChangeKind.Started, e, container);
                break;
            case EventKind.ContainerExit when !ReferenceEquals(_removed, container):
                NoteExit(e, container);
                break;
            case EventKind.CgroupRmdir when container.IsRemoved:
                NoteExit(e, container);
                Note(ContainerChangeKind.Removed, e, container);
                _exited.Remove(container);
                _removed = container; // its exit is told right after, where nothing told of it before
                break;
            default:
                break;
        }
    }

    private void NoteExit(in EventView e, Container container)
    {
        if (_exited.Add(container))
        {
            Note(ContainerChangeKind.Exited, e, container);
        }
    }

    private void Note(ContainerChangeKind kind, in EventView e, Container container)
    {
        if (_pipeline is not { } pipeline)
        {
            return;
        }
        _removed = null;
        ContainerRow row = ContainerRow.Of(container, pipeline.Processes, e.BootToUnixNs);
        bool isOver = kind is ContainerChangeKind.Exited or ContainerChangeKind.Removed;
        row = isOver ? row with { State = ContainerState.Exited } : row;
        _waiting.Add(new ContainerChange(kind, e.TimeUnixNs, row));
    }

    private void Write()
    {
        if (!_isListed)
        {
            List();
        }
        WriteChanges(all: _waiting.Count > MostWaiting);
        file.Flush();
    }

    private void List()
    {
        if (!_isReady || _pipeline is not { } pipeline)
        {
            return;
        }
        bool isPending = pipeline.Containers.All.Any(container => container.MetadataState == MetadataState.Pending);
        if (isPending && time.GetElapsedTime(_readyAt) < Patience)
        {
            return;
        }
        _isListed = true;
        var listing = new ContainerListing(pipeline);
        long now = ContainersCommand.UnixNs(time.GetUtcNow());
        if (format == OutputFormat.Text)
        {
            _text.WriteTable(listing.Rows, now, file);
            return;
        }
        foreach (ContainerRow row in listing.Rows)
        {
            _json.Write(new ContainerChange(ContainerChangeKind.Listed, now, row), file);
        }
    }

    private void WriteChanges(bool all)
    {
        HashSet<Container> stillWaiting = [];
        int kept = 0;
        for (int i = 0; i < _waiting.Count; i++)
        {
            ContainerChange change = _waiting[i];
            bool isPending = change.Row.Container.MetadataState == MetadataState.Pending;
            if (isPending && !all)
            {
                stillWaiting.Add(change.Row.Container);
            }
            if (stillWaiting.Contains(change.Row.Container))
            {
                _waiting[kept++] = change;
            }
            else
            {
                Write(change);
            }
        }
        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private void Write(ContainerChange change)
    {
        if (format == OutputFormat.Json)
        {
            _json.Write(change, file);
        }
        else
        {
            _text.WriteChange(change, file);
        }
    }
}
