using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Dns;
using Eunomia.Core.Events;
using Eunomia.Core.Ipc;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>
/// Decode, attribute, filter, hand to the sink: in the order of the stream and on one thread. Whatever else touches
/// <see cref="Containers"/> or <see cref="Processes"/> (an answer to InspectContainer) must do so on that thread too.
/// </summary>
public sealed class EventPipeline
{
    private const int MaxAncestors = 64;
    private readonly EventSelection[] _selections;
    private readonly Ledger _ledger;
    private readonly OwnProcesses _own;
    private readonly ContainerLifecycle _lifecycle;
    private readonly TargetFinder _targets;
    private readonly IpcTable _ipc;
    private readonly IpcPeer[] _target = new IpcPeer[1];
    private readonly DnsWatch _dns = new();
    private readonly Ancestor[] _ancestors;
    private readonly uint _hostMountNamespace;
    private ulong _nowNs;

    /// <summary>A pipeline with empty tables.</summary>
    public EventPipeline(HostIdentity host, PipelineOptions options, Ledger ledger)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Routes.Count, EventRoute.Most);
        _ledger = ledger;
        _hostMountNamespace = host.MountNamespace;
        _ancestors = options.Ancestors ? new Ancestor[MaxAncestors] : [];
        Processes = new ProcessTable(reports: options.Reports);
        _targets = new TargetFinder(Processes);
        _ipc = new IpcTable(Processes);
        Containers = new ContainerTable(host.PidNamespace);
        _selections = [.. options.Routes.Select((route, index) => new EventSelection(index, route, Processes, ledger))];
        _own = new OwnProcesses(Processes, host.OwnRoot);
        _lifecycle = new ContainerLifecycle(host.MountNamespace);
        Containers.ContainerSeen += Decide;
        Containers.MetadataDecided += Decide;
        Containers.ContainerForgotten += GiveUp;
        Containers.ContainerForgotten += _dns.Forget;
        Containers.ContainerForgotten += Accounts.Forget;
    }

    /// <summary>
    /// Raised when the word of a route's filter on a container is final: the route's index, and whether it is selected.
    /// Only of routes with container selectors.
    /// </summary>
    public event Action<int, Container, bool>? ContainerDecided;

    /// <summary>Containers known by cgroup.</summary>
    public ContainerTable Containers { get; }

    /// <summary>Processes known.</summary>
    public ProcessTable Processes { get; }

    /// <summary>Names of users and groups.</summary>
    public AccountNames Accounts { get; } = new();

    /// <summary>Add to CLOCK_BOOTTIME for the Unix time, as of the last records.</summary>
    public long BootToUnixNs { get; private set; }

    /// <summary>Events of selected containers lost here: their queue was full while the name was unknown.</summary>
    public ulong HeldOverflow => _selections.Aggregate(0UL, (sum, selection) => sum + selection.HeldOverflow);

    /// <summary>Events waiting now for a container's name.</summary>
    public int HeldEvents => _selections.Sum(selection => selection.HeldEvents);

    /// <summary>Events discarded because their container's name never came.</summary>
    public ulong Undecided => _selections.Aggregate(0UL, (sum, selection) => sum + selection.Undecided);

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
            GiveUp(container);
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
                Array.ForEach(_selections, selection => selection.Pids.OnSeen(process, snapshot: true));
                StartContainer(container, exec);
                ExpectAccounts(container, exec);
            }
        }
    }

    private void ApplyLive(Record record, long bootToUnixNs)
    {
        foreach (EventSelection selection in _selections)
        {
            selection.Pids.DecideSnapshot();
        }

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
        foreach (EventSelection selection in _selections)
        {
            selection.Pids.OnFork(process, forker);
        }

        Emit(EventKind.ProcessFork, record, bootToUnixNs, process, container);
    }

    private void OnExec(Record record, long bootToUnixNs)
    {
        ExecRecord exec = record.AsExec();
        Container? container = Containers.Resolve(exec.Header, Find(exec.Header)?.Container);
        Process? process = Processes.OnExec(exec, container);
        foreach (EventSelection selection in process is null ? [] : _selections)
        {
            selection.Pids.OnSeen(process!, snapshot: false);
        }

        bool starts = StartContainer(container, exec);
        ExpectAccounts(container, exec);
        if (starts)
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

        if (record.IsNobodys)
        {
            foreach (EventSelection selection in _selections)
            {
                if (selection.Wants(record.Kind, record))
                {
                    selection.OfferNobodys(record, bootToUnixNs);
                }
            }

            return;
        }

        Process? process = Find(record.Header);
        Container? container = Containers.Resolve(record.Header, process?.Container);
        switch (record.Shape)
        {
            case RecordShape.Ipc:
                Emit(record.Kind, record, bootToUnixNs, process, container, peers: _ipc.Apply(record.Kind, record.AsIpc(), container));
                break;
            case RecordShape.Signal:
                OnSignal(record, bootToUnixNs, process, container);
                break;
            case RecordShape.Tcp or RecordShape.Udp or RecordShape.Dns:
                Emit(record.Kind, record, bootToUnixNs, process, container, facts: _dns.Observe(record, container));
                break;
            default:
                Emit(record.Kind, record, bootToUnixNs, process, container, _targets.Find(record));
                break;
        }
    }

    /// <summary>A signal is of interest to whoever watches its sender, and to whoever watches its target.</summary>
    private void OnSignal(Record record, long bootToUnixNs, Process? sender, Container? container)
    {
        if (!IsWanted(EventKind.IpcSignal, record) || _own.Contains(sender))
        {
            return;
        }

        ref readonly SignalLayout signal = ref record.AsSignal().Fields;
        var header = new RecordHeader
        {
            CgroupKey = signal.TargetCgroupKey,
            StartNs = signal.TargetStartNs,
            Tgid = signal.TargetTgid,
            Pidns = signal.TargetPidns,
        };
        Process? target = Find(header);
        Container? where = Containers.Resolve(header, target?.Container);
        _target[0] = new IpcPeer(new ProcessKey(header.Tgid, header.StartNs), signal.TargetComm, where);
        var e = new EventView(
            record.Kind, record, bootToUnixNs, sender?.Image, container, AncestorsOf(sender), default, _target, default, Processes, IsRuntime(sender, container, record.Header));
        foreach (EventSelection selection in _selections)
        {
            if (selection.Wants(record.Kind, record))
            {
                selection.Offer(e, sender, container, target, where);
            }
        }
    }

    private Process? Find(in RecordHeader header) =>
        Processes.TryGet(new ProcessKey(header.Tgid, header.StartNs), out Process? process) ? process : null;

    private bool StartContainer(Container? container, in ExecRecord exec) =>
        container is not null && _lifecycle.OnExec(container, exec);

    /// <summary>
    /// Has the names asked for of whoever runs a program, and in a container of root: the runtime's own process, before the
    /// container's first, has no part in its accounts.
    /// </summary>
    private void ExpectAccounts(Container? container, in ExecRecord exec)
    {
        if (container is { Life.Init.Pid: 0 })
        {
            return;
        }

        Accounts.Expect(container, exec.Fields.Uid, exec.Fields.Gid);
        if (container is not null)
        {
            Accounts.Expect(container, 0, 0);
        }
    }

    private void Emit(
        EventKind kind,
        Record record,
        long bootToUnixNs,
        Process? process,
        Container? container,
        EventTarget target = default,
        ReadOnlySpan<IpcPeer> peers = default,
        in NetworkFacts facts = default)
    {
        if (!IsWanted(kind, record) || _own.Contains(process))
        {
            return;
        }

        var e = new EventView(kind, record, bootToUnixNs, process?.Image, container, AncestorsOf(process), target, peers, facts, Processes, IsRuntime(process, container, record.Header));
        foreach (EventSelection selection in _selections)
        {
            if (selection.Wants(kind, record))
            {
                selection.Offer(e, process, container);
            }
        }
    }

    /// <summary>
    /// A runtime comes into a container with a program that it began outside: as a process that was made there, or that was
    /// put there since. In its image's mount namespace it is either a stranger, or still on the host.
    /// </summary>
    private bool IsRuntime(Process? process, Container? container, in RecordHeader header)
    {
        if (container is null || process is null || process.IsRuntime || process.Container == container)
        {
            return container is not null && process is { IsRuntime: true };
        }

        uint home = process.Image?.MountNamespace ?? 0;
        return process.Container is not null || home == _hostMountNamespace || home != header.Mntns;
    }

    private bool IsWanted(EventKind kind, Record record)
    {
        foreach (EventSelection selection in _selections)
        {
            if (selection.Wants(kind, record))
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<Ancestor> AncestorsOf(Process? process) => process is null || _ancestors.Length == 0
        ? default
        : _ancestors.AsSpan(0, Processes.GetAncestors(process, _ancestors));

    private void Decide(Container container)
    {
        for (int route = 0; route < _selections.Length; route++)
        {
            if (_selections[route].Decide(container) is { } selected)
            {
                ContainerDecided?.Invoke(route, container, selected);
            }
        }
    }

    private void GiveUp(Container container)
    {
        foreach (EventSelection selection in _selections)
        {
            selection.GiveUp(container);
        }
    }
}
