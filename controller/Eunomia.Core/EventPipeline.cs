using Eunomia.Core.Containers;
using Eunomia.Core.Dns;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>
/// Decode, attribute, filter, hand to the sink: in the order of the stream and on one thread. Whatever else touches
/// <see cref="Containers"/> or <see cref="Processes"/> (an answer to InspectContainer) must do so on that thread too.
/// </summary>
public sealed class EventPipeline
{
    private const int MaxAncestors = 64;
    private readonly EventFilter _filter;
    private readonly IEventSink _sink;
    private readonly Ledger _ledger;
    private readonly PidSelector _pids;
    private readonly OwnProcesses _own;
    private readonly ContainerLifecycle _lifecycle;
    private readonly EventHolder _holder;
    private readonly DnsWatch _dns = new();
    private readonly Ancestor[] _ancestors;
    private ulong _nowNs;

    /// <summary>A pipeline with empty tables.</summary>
    public EventPipeline(HostIdentity host, PipelineOptions options, IEventSink sink, Ledger ledger)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        (_filter, _sink, _ledger) = (options.Filter, sink, ledger);
        _ancestors = options.Ancestors ? new Ancestor[MaxAncestors] : [];
        Processes = new ProcessTable();
        Containers = new ContainerTable(host.PidNamespace);
        _pids = new PidSelector(Processes, _filter.Pids);
        _own = new OwnProcesses(Processes, host.OwnRoot);
        _lifecycle = new ContainerLifecycle(host.MountNamespace);
        _holder = new EventHolder(Processes.Images, ledger, sink);
        Containers.ContainerSeen += Decide;
        Containers.MetadataDecided += Decide;
        Containers.ContainerForgotten += container =>
        {
            _holder.Discard(container, undecided: true);
            _dns.Forget(container);
        };
    }

    /// <summary>
    /// Raised when the filter's word on a container is final: true = selected. Only with container selectors.
    /// </summary>
    public event Action<Container, bool>? ContainerDecided;

    /// <summary>Containers known by cgroup.</summary>
    public ContainerTable Containers { get; }

    /// <summary>Processes known.</summary>
    public ProcessTable Processes { get; }

    /// <summary>Add to CLOCK_BOOTTIME for the Unix time, as of the last records.</summary>
    public long BootToUnixNs { get; private set; }

    /// <summary>Events of selected containers lost here: their queue was full while the name was unknown.</summary>
    public ulong HeldOverflow => _holder.Overflow;

    /// <summary>Events waiting now for a container's name.</summary>
    public int HeldEvents => _holder.Count;

    /// <summary>Events discarded because their container's name never came.</summary>
    public ulong Undecided => _holder.Undecided;

    /// <summary>Applies records back to back; snapshot records change state and are not handed out.</summary>
    /// <param name="records">The bytes of a batch.</param>
    /// <param name="bootToUnixNs">Add to a record's time for the Unix time.</param>
    public void Apply(ReadOnlySpan<byte> records, long bootToUnixNs)
    {
        BootToUnixNs = bootToUnixNs;
        var reader = new RecordReader(records);
        while (reader.TryRead(out Record record))
        {
            _ledger.OnRecord(record.Header, (long)record.Header.TsNs + bootToUnixNs);
            if (record.IsSnapshot)
            {
                ApplySnapshot(record);
            }
            else
            {
                ApplyLive(record, bootToUnixNs);
            }
        }

        if (reader.Malformed)
        {
            _ledger.OnMalformed();
        }
    }

    /// <summary>The stream is over: what still waits for a name is discarded and counted.</summary>
    public void Complete()
    {
        foreach (Container container in Containers.All)
        {
            _holder.Discard(container, undecided: true);
        }
    }

    private void ApplySnapshot(Record record)
    {
        if (record.Kind == EventKind.CgroupMkdir)
        {
            Containers.OnMkdir(record.AsCgroup(), snapshot: true, out _);
        }
        else if (record.Kind == EventKind.ProcessExec)
        {
            ExecRecord exec = record.AsExec();
            Container? container = Containers.Resolve(exec.Header, null);
            if (Processes.OnExec(exec, container) is { } process)
            {
                _pids.OnSeen(process, snapshot: true);
                StartContainer(container, exec);
            }
        }
    }

    private void ApplyLive(Record record, long bootToUnixNs)
    {
        _pids.DecideSnapshot();
        _nowNs = Math.Max(_nowNs, record.Header.TsNs);
        Processes.Advance(_nowNs);
        Containers.Advance(_nowNs);
        switch (record.Kind)
        {
            case EventKind.ProcessFork:
                OnFork(record, bootToUnixNs);
                break;
            case EventKind.ProcessExec:
                OnExec(record, bootToUnixNs);
                break;
            case EventKind.ProcessExit:
                OnExit(record, bootToUnixNs);
                break;
            case EventKind.CgroupMkdir:
                OnMkdir(record, bootToUnixNs);
                break;
            case EventKind.CgroupRmdir:
                OnRmdir(record, bootToUnixNs);
                break;
            default:
                OnActivity(record, bootToUnixNs);
                break;
        }
    }

    private void OnFork(Record record, long bootToUnixNs)
    {
        ForkRecord fork = record.AsFork();
        Process? forker = Processes.FindForker(fork);
        Container? container = Containers.Resolve(fork.Header, forker?.Container);
        Process process = Processes.OnFork(fork, forker, container);
        _pids.OnFork(process, forker);
        Emit(EventKind.ProcessFork, record, bootToUnixNs, process, container);
    }

    private void OnExec(Record record, long bootToUnixNs)
    {
        ExecRecord exec = record.AsExec();
        Container? container = Containers.Resolve(exec.Header, Find(exec.Header)?.Container);
        Process? process = Processes.OnExec(exec, container);
        if (process is not null)
        {
            _pids.OnSeen(process, snapshot: false);
        }

        if (StartContainer(container, exec))
        {
            Emit(EventKind.ContainerStart, record, bootToUnixNs, process, container);
        }

        Emit(EventKind.ProcessExec, record, bootToUnixNs, process, container);
    }

    private void OnExit(Record record, long bootToUnixNs)
    {
        ExitRecord exit = record.AsExit();
        Container? container = Containers.Resolve(exit.Header, Find(exit.Header)?.Container);
        Process? process = Processes.OnExit(exit, container);
        Emit(EventKind.ProcessExit, record, bootToUnixNs, process, container);
        if (container is not null && ContainerLifecycle.OnExit(container, exit.Header))
        {
            Emit(EventKind.ContainerExit, record, bootToUnixNs, process, container);
        }
    }

    private void OnMkdir(Record record, long bootToUnixNs)
    {
        bool created = Containers.OnMkdir(record.AsCgroup(), snapshot: false, out Container? container);
        Emit(EventKind.CgroupMkdir, record, bootToUnixNs, Find(record.Header), container);
        if (created)
        {
            Emit(EventKind.ContainerCreate, record, bootToUnixNs, null, container);
        }
    }

    private void OnRmdir(Record record, long bootToUnixNs)
    {
        bool removed = Containers.OnRmdir(record.AsCgroup(), out Container? container);
        Emit(EventKind.CgroupRmdir, record, bootToUnixNs, Find(record.Header), container);
        if (removed && container is not null && ContainerLifecycle.OnRemoved(container))
        {
            Emit(EventKind.ContainerExit, record, bootToUnixNs, null, container);
        }
    }

    /// <summary>What a process does changes no table but the one of names: it is told whose it is.</summary>
    private void OnActivity(Record record, long bootToUnixNs)
    {
        if (record.Shape == RecordShape.Unknown)
        {
            return; // of a kind that this version does not know: the ledger counts it
        }

        Process? process = Find(record.Header);
        Container? container = Containers.Resolve(record.Header, process?.Container);
        Emit(record.Kind, record, bootToUnixNs, process, container, _dns.Observe(record, container));
    }

    private Process? Find(in RecordHeader header) =>
        Processes.TryGet(new ProcessKey(header.Tgid, header.StartNs), out Process? process) ? process : null;

    private bool StartContainer(Container? container, in ExecRecord exec) =>
        container is not null && _lifecycle.OnExec(container, exec);

    private void Emit(
        EventKind kind, Record record, long bootToUnixNs, Process? process, Container? container, in NetworkFacts facts = default)
    {
        if (!_filter.Kinds.Contains(kind) || _own.Contains(process))
        {
            return;
        }

        FilterDecision decision = Decide(process, container);
        if (decision == FilterDecision.No)
        {
            return;
        }

        int ancestors = process is null || _ancestors.Length == 0 ? 0 : Processes.GetAncestors(process, _ancestors);
        if (decision == FilterDecision.Pending && container is not null)
        {
            _holder.Hold(container, kind, record, bootToUnixNs, process?.Image, _ancestors.AsSpan(0, ancestors), facts);
            return;
        }

        _sink.OnEvent(new EventView(
            kind, record, bootToUnixNs, process?.Image, container, _ancestors.AsSpan(0, ancestors), facts));
    }

    private FilterDecision Decide(Process? process, Container? container)
    {
        if (_filter.IsOpen || (_pids.IsActive && _pids.IsSelected(process)))
        {
            return FilterDecision.Yes;
        }

        return container is null || _filter.Containers.Count == 0
            ? FilterDecision.No
            : container.Decision ??= _filter.Decide(container);
    }

    /// <summary>A container is new, or its metadata is known now or never will be.</summary>
    private void Decide(Container container)
    {
        if (_filter.Containers.Count == 0)
        {
            return;
        }

        FilterDecision decision = _filter.Decide(container);
        bool isNews = decision != container.Decision && decision != FilterDecision.Pending;
        container.Decision = decision;
        if (decision == FilterDecision.Yes)
        {
            _holder.Release(container);
        }
        else if (decision == FilterDecision.No)
        {
            _holder.Discard(container, undecided: false);
        }

        if (isNews)
        {
            ContainerDecided?.Invoke(container, decision == FilterDecision.Yes);
        }
    }
}
