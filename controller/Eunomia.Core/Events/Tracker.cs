namespace Eunomia.Core.Events;

/// <summary>What a user asks for by name: <c>eunomiactl run TRACKER...</c>.</summary>
public sealed class Tracker
{
    private Tracker(string name, string summary, EventKindSet kinds, params ReadOnlySpan<EventKind> more) =>
        (Name, Summary, Kinds, AllKinds) = (name, summary, kinds, kinds.Union(EventKindSet.Of(more)));

    /// <summary>Processes and containers.</summary>
    public static Tracker Process { get; } = new(
        "process", "processes that start, run programs and end; containers that come and go", EventKinds.ProcessTracker);

    /// <summary>Files.</summary>
    public static Tracker Files { get; } = new(
        "files", "files opened, closed, renamed, removed, changed; how much was read and written", EventKinds.FilesTracker);

    /// <summary>TCP connections.</summary>
    public static Tracker TcpConnect { get; } = new(
        "tcpconnect", "TCP connections made, accepted and ended; sockets that listen", EventKinds.TcpConnectTracker);

    /// <summary>System calls.</summary>
    public static Tracker Syscall { get; } = new(
        "syscall", "system calls counted, with their errors, times and refusals; or each one with its arguments", EventKinds.SyscallTracker, EventKind.SyscallCall);

    /// <summary>What matters to security.</summary>
    public static Tracker Security { get; } = new(
        "security",
        "ptrace, namespaces, mounts, modules, eBPF, ids and capabilities, keys, io_uring, sockets as standard input",
        EventKinds.SecurityTracker);

    /// <summary>What processes say to each other.</summary>
    public static Tracker Ipc { get; } = new(
        "ipc", "pipes, unix sockets, message queues, shared memory, semaphores: who talks to whom, how much; signals", EventKinds.IpcTracker);

    /// <summary>UDP flows.</summary>
    public static Tracker Udp { get; } = new(
        "udp", "UDP: who sends datagrams to whom, and how many", EventKinds.UdpTracker);

    /// <summary>DNS.</summary>
    public static Tracker Dns { get; } = new(
        "dns", "DNS queries and answers, over UDP and TCP", EventKinds.DnsTracker);

    /// <summary>Where time goes.</summary>
    public static Tracker Perf { get; } = new(
        "perf", "where CPU time goes, by function: a live table or a flame graph; switches, faults, what the CPU counts", EventKinds.PerfTracker);

    /// <summary>All there are, as help lists them.</summary>
    public static IReadOnlyList<Tracker> All { get; } =
        [Process, Files, TcpConnect, Udp, Dns, Syscall, Ipc, Security, Perf];

    /// <summary>As users write it.</summary>
    public string Name { get; }

    /// <summary>What it shows, in one line.</summary>
    public string Summary { get; }

    /// <summary>What it shows when no kinds are chosen.</summary>
    public EventKindSet Kinds { get; }

    /// <summary>What it can show: some kinds only when they are asked for.</summary>
    public EventKindSet AllKinds { get; }

    /// <summary>The tracker of this name, or null.</summary>
    public static Tracker? Find(string name)
    {
        foreach (Tracker tracker in All)
        {
            if (tracker.Name == name)
            {
                return tracker;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
