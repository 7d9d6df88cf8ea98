using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Eunomia.Core.Events;

/// <summary>The dotted names of event kinds: what users write, what JSON and the ledger say.</summary>
public static class EventKinds
{
    private static readonly (EventKind Kind, string Name, RecordShape Shape)[] Table =
    [
        (EventKind.ProcessFork, "process.fork", RecordShape.Fork),
        (EventKind.ProcessExec, "process.exec", RecordShape.Exec),
        (EventKind.ProcessExit, "process.exit", RecordShape.Exit),
        (EventKind.ContainerCreate, "container.create", RecordShape.Unknown),
        (EventKind.ContainerStart, "container.start", RecordShape.Unknown),
        (EventKind.ContainerExit, "container.exit", RecordShape.Unknown),
        (EventKind.CgroupMkdir, "cgroup.mkdir", RecordShape.Cgroup),
        (EventKind.CgroupRmdir, "cgroup.rmdir", RecordShape.Cgroup),
        (EventKind.FileOpen, "file.open", RecordShape.FileOpen),
        (EventKind.FileClose, "file.close", RecordShape.FileIo),
        (EventKind.FileIo, "file.io", RecordShape.FileIo),
        (EventKind.FileUnlink, "file.unlink", RecordShape.FileChange),
        (EventKind.FileRename, "file.rename", RecordShape.FileChange),
        (EventKind.FileLink, "file.link", RecordShape.FileChange),
        (EventKind.FileSymlink, "file.symlink", RecordShape.FileChange),
        (EventKind.FileMkdir, "file.mkdir", RecordShape.FileChange),
        (EventKind.FileRmdir, "file.rmdir", RecordShape.FileChange),
        (EventKind.FileChmod, "file.chmod", RecordShape.FileChange),
        (EventKind.FileChown, "file.chown", RecordShape.FileChange),
        (EventKind.FileTruncate, "file.truncate", RecordShape.FileChange),
        (EventKind.FileMknod, "file.mknod", RecordShape.FileChange),
        (EventKind.TcpConnect, "tcp.connect", RecordShape.Tcp),
        (EventKind.TcpListen, "tcp.listen", RecordShape.Tcp),
        (EventKind.TcpAccept, "tcp.accept", RecordShape.Tcp),
        (EventKind.TcpClose, "tcp.close", RecordShape.Tcp),
        (EventKind.UdpConnect, "udp.connect", RecordShape.Udp),
        (EventKind.UdpOpen, "udp.open", RecordShape.Udp),
        (EventKind.UdpClose, "udp.close", RecordShape.Udp),
        (EventKind.DnsQuery, "dns.query", RecordShape.Dns),
        (EventKind.DnsAnswer, "dns.answer", RecordShape.Dns),
        (EventKind.Syscall, "syscall", RecordShape.Syscall),
        (EventKind.SyscallCall, "syscall.call", RecordShape.SyscallCall),
        (EventKind.IpcOpen, "ipc.open", RecordShape.Ipc),
        (EventKind.IpcUse, "ipc.use", RecordShape.Ipc),
        (EventKind.IpcTraffic, "ipc.traffic", RecordShape.Ipc),
        (EventKind.IpcClose, "ipc.close", RecordShape.Ipc),
        (EventKind.IpcSignal, "ipc.signal", RecordShape.Signal),
        (EventKind.SecurityPtrace, "security.ptrace", RecordShape.Security),
        (EventKind.SecurityNamespace, "security.namespace", RecordShape.Security),
        (EventKind.SecurityMount, "security.mount", RecordShape.Security),
        (EventKind.SecurityModule, "security.module", RecordShape.Security),
        (EventKind.SecurityBpf, "security.bpf", RecordShape.Security),
        (EventKind.SecurityCredentials, "security.credentials", RecordShape.Credentials),
        (EventKind.SecurityCapability, "security.capability", RecordShape.Security),
        (EventKind.SecurityMemfd, "security.memfd", RecordShape.Security),
        (EventKind.SecurityUserfaultfd, "security.userfaultfd", RecordShape.Security),
        (EventKind.SecurityKey, "security.key", RecordShape.Security),
        (EventKind.SecurityIoUring, "security.io_uring", RecordShape.Security),
        (EventKind.SecurityIoUringOp, "security.io_uring_op", RecordShape.Security),
        (EventKind.SecurityProcessVm, "security.process_vm", RecordShape.Security),
        (EventKind.SecurityPrctl, "security.prctl", RecordShape.Security),
        (EventKind.SecurityRedirect, "security.redirect", RecordShape.Redirect),
        (EventKind.SecurityOom, "security.oom", RecordShape.Security),
        (EventKind.SecurityChroot, "security.chroot", RecordShape.Security),
        (EventKind.SecuritySocket, "security.socket", RecordShape.Security),
        (EventKind.SecuritySystem, "security.system", RecordShape.Security),
        (EventKind.PerfSample, "perf.sample", RecordShape.PerfSample),
        (EventKind.PerfCounters, "perf.counters", RecordShape.PerfCounters),
        (EventKind.EnforceDecision, "enforce.decision", RecordShape.Enforce),
    ];

    /// <summary>
    /// What the ledger calls <see cref="EventKind.None"/>: calls whose beginning or end the kernel showed to nobody, after the
    /// tracepoints of both. What they would have told is not known.
    /// </summary>
    private const string UnseenCalls = "raw_syscalls";

    private static readonly RecordShape[] Shapes = ShapesByKind();

    /// <summary>Every kind with a name.</summary>
    public static IReadOnlyList<EventKind> All { get; } = Array.ConvertAll(Table, row => row.Kind);

    /// <summary>What attribution hangs on: the comings and goings of processes and cgroups.</summary>
    public static EventKindSet LifeCycle { get; } = OfShapes(RecordShape.Fork, RecordShape.Exec, RecordShape.Exit, RecordShape.Cgroup);

    /// <summary>Kinds of no tracker of their own: they are derived from, or needed for, everybody's.</summary>
    public static EventKindSet Common { get; } = EventKindSet.Of(
        EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit,
        EventKind.CgroupMkdir, EventKind.CgroupRmdir, EventKind.EnforceDecision);

    /// <summary>Kinds that tell, every now and then, what is only counted.</summary>
    public static EventKindSet Counted { get; } = EventKindSet.Of(
        EventKind.FileIo, EventKind.Syscall, EventKind.SecurityCapability, EventKind.SecurityIoUringOp,
        EventKind.IpcTraffic, EventKind.IpcSignal, EventKind.PerfCounters);

    /// <summary>What <c>run process</c> shows when no kinds are chosen: process and container kinds.</summary>
    public static EventKindSet ProcessTracker { get; } = EventKindSet.Of(
        EventKind.ProcessFork, EventKind.ProcessExec, EventKind.ProcessExit,
        EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit);

    /// <summary>What <c>run files</c> shows when no kinds are chosen.</summary>
    public static EventKindSet FilesTracker { get; } = OfShapes(RecordShape.FileOpen, RecordShape.FileIo, RecordShape.FileChange);

    /// <summary>What <c>run tcpconnect</c> shows when no kinds are chosen.</summary>
    public static EventKindSet TcpConnectTracker { get; } = OfShapes(RecordShape.Tcp);

    /// <summary>What <c>run syscall</c> shows when no kinds are chosen; each call only with <c>--stream</c>.</summary>
    public static EventKindSet SyscallTracker { get; } = OfShapes(RecordShape.Syscall);

    /// <summary>What <c>run security</c> shows when no kinds are chosen.</summary>
    public static EventKindSet SecurityTracker { get; } = OfShapes(RecordShape.Security, RecordShape.Credentials, RecordShape.Redirect);

    /// <summary>What <c>run ipc</c> shows when no kinds are chosen.</summary>
    public static EventKindSet IpcTracker { get; } = OfShapes(RecordShape.Ipc, RecordShape.Signal);

    /// <summary>What <c>run udp</c> shows when no kinds are chosen.</summary>
    public static EventKindSet UdpTracker { get; } = OfShapes(RecordShape.Udp);

    /// <summary>What <c>run dns</c> shows when no kinds are chosen.</summary>
    public static EventKindSet DnsTracker { get; } = OfShapes(RecordShape.Dns);

    /// <summary>What <c>run perf</c> shows when no kinds are chosen.</summary>
    public static EventKindSet PerfTracker { get; } = OfShapes(RecordShape.PerfSample, RecordShape.PerfCounters);

    /// <summary>
    /// The dotted name; <c>kind-N</c> for one that this version does not know, and <c>raw_syscalls</c> for calls of which
    /// nothing is known.
    /// </summary>
    public static string Name(EventKind kind)
    {
        if (kind == EventKind.None)
        {
            return UnseenCalls;
        }

        foreach ((EventKind candidate, string name, _) in Table)
        {
            if (candidate == kind)
            {
                return name;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"kind-{(int)kind}");
    }

    /// <summary>The kind of a dotted name.</summary>
    public static bool TryGet(ReadOnlySpan<char> name, out EventKind kind)
    {
        foreach ((EventKind candidate, string known, _) in Table)
        {
            if (name.SequenceEqual(known))
            {
                kind = candidate;
                return true;
            }
        }

        kind = EventKind.None;
        return false;
    }

    /// <summary>Parses <c>process.exec,process.exit</c>; blanks around names are allowed, empty names are not.</summary>
    /// <param name="list">Names separated by commas.</param>
    /// <param name="kinds">The kinds named.</param>
    /// <param name="error">One line that names the first unknown name and what is allowed.</param>
    public static bool TryParse(string list, out EventKindSet kinds, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(list);
        kinds = default;
        foreach (Range range in list.AsSpan().Split(','))
        {
            ReadOnlySpan<char> name = list.AsSpan(range).Trim();
            if (!TryGet(name, out EventKind kind))
            {
                error = name.IsEmpty
                    ? $"empty event name in '{list}'; allowed: {Allowed()}"
                    : $"unknown event '{name}'; allowed: {Allowed()}";
                kinds = default;
                return false;
            }

            kinds = kinds.With(kind);
        }

        error = null;
        return true;
    }

    /// <summary>What the bytes of a record of this kind are.</summary>
    internal static RecordShape Shape(EventKind kind) =>
        (int)kind < Shapes.Length ? Shapes[(int)kind] : RecordShape.Unknown;

    /// <summary>Whether its records say who did it, behind the header.</summary>
    internal static bool HasActor(EventKind kind) => Shape(kind) >= RecordShape.FileOpen;

    private static RecordShape[] ShapesByKind()
    {
        var shapes = new RecordShape[RecordAbi.KindSlots];
        foreach ((EventKind kind, _, RecordShape shape) in Table)
        {
            if (shape != RecordShape.Unknown)
            {
                shapes[(int)kind] = shape;
            }
        }

        return shapes;
    }

    private static EventKindSet OfShapes(params ReadOnlySpan<RecordShape> wanted)
    {
        EventKindSet kinds = default;
        foreach ((EventKind kind, _, RecordShape shape) in Table)
        {
            kinds = wanted.Contains(shape) ? kinds.With(kind) : kinds;
        }

        return kinds;
    }

    private static string Allowed() => string.Join(", ", Array.ConvertAll(Table, row => row.Name));
}
