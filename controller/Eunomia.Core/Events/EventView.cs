using Eunomia.Core.Containers;
using Eunomia.Core.Dns;
using Eunomia.Core.Ipc;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Events;

/// <summary>One attributed event, over the bytes of its record. Valid during the call that hands it out.</summary>
public readonly ref struct EventView
{
    internal EventView(
        EventKind kind,
        Record record,
        long bootToUnixNs,
        ProcessImage? image,
        Container? container,
        ReadOnlySpan<Ancestor> ancestors,
        EventTarget target = default,
        ReadOnlySpan<IpcPeer> peers = default,
        in NetworkFacts facts = default,
        ProcessTable? processes = null,
        bool isRuntime = false)
    {
        Kind = kind;
        Record = record;
        BootToUnixNs = bootToUnixNs;
        Image = image;
        Container = container;
        Ancestors = ancestors;
        Target = target;
        Peers = peers;
        PeerName = facts.PeerName.Span;
        LatencyNs = facts.LatencyNs;
        Processes = processes;
        IsRuntime = isRuntime;
    }

    /// <summary>What happened; differs from the record's kind for derived events.</summary>
    public EventKind Kind { get; }

    /// <summary>The record that says so.</summary>
    public Record Record { get; }

    /// <summary>Add to a record's times for Unix times.</summary>
    public long BootToUnixNs { get; }

    /// <summary>When, in nanoseconds of Unix time.</summary>
    public long TimeUnixNs => (long)Record.Header.TsNs + BootToUnixNs;

    /// <summary>What the process runs, or null when that was never seen.</summary>
    public ProcessImage? Image { get; }

    /// <summary>The container, or null for the host.</summary>
    public Container? Container { get; }

    /// <summary>Parents, nearest first; empty unless asked for.</summary>
    public ReadOnlySpan<Ancestor> Ancestors { get; }

    /// <summary>What the peer's address was called when its name was looked up; empty when that was not seen.</summary>
    public ReadOnlySpan<byte> PeerName { get; }

    /// <summary>Of a DNS answer: since its query; 0 when that was not seen.</summary>
    public ulong LatencyNs { get; }

    /// <summary>
    /// Whether the container's runtime did it, on its way into the container: a program of the host's that came into the
    /// container and has not run another one there yet.
    /// </summary>
    public bool IsRuntime { get; }

    /// <summary>Processes as they are now, to look up who else had to do with it; null where they may have gone on meanwhile.</summary>
    internal ProcessTable? Processes { get; }

    /// <summary>The process that it was done to, as far as there is one and it is known.</summary>
    public EventTarget Target { get; }

    /// <summary>Processes known at the other end of what the event tells of; of a signal its target.</summary>
    public ReadOnlySpan<IpcPeer> Peers { get; }

    /// <summary>
    /// Whether a process is part of the event: not when a container is made, or goes without its init, nor of what was
    /// counted for nobody.
    /// </summary>
    public bool HasProcess => Kind != EventKind.ContainerCreate && !Record.IsNobodys
        && (Kind != EventKind.ContainerExit || Record.Kind == EventKind.ProcessExit);

    /// <summary>Which of the event's strings are not complete.</summary>
    public Truncation Truncated
    {
        get
        {
            Truncation cut = Record.Cut;
            bool usesImage = Record.Kind != EventKind.ProcessExec && HasProcess;
            return usesImage && Image is { } image ? cut | image.Truncated : cut;
        }
    }
}
