using Eunomia.Core.Containers;

namespace Eunomia.Core.Processes;

/// <summary>
/// A process as the stream told of it. Instances are used again after the process is forgotten: keep none beyond the
/// call that handed it out.
/// </summary>
public sealed class Process
{
    /// <summary>Which process.</summary>
    public ProcessKey Key { get; internal set; }

    /// <summary>The process that forked it; start 0 when only the pid is known, from a snapshot.</summary>
    public ProcessKey Parent { get; internal set; }

    /// <summary>What it runs, or null when that was never seen.</summary>
    public ProcessImage? Image { get; internal set; }

    /// <summary>Its container, or null for the host.</summary>
    public Container? Container { get; internal set; }

    /// <summary>Pid inside its own pid namespace; 0 when unknown.</summary>
    public uint Vpid { get; internal set; }

    /// <summary>Its pid namespace.</summary>
    public uint PidNamespace { get; internal set; }

    /// <summary>Its mount namespace; 0 when unknown.</summary>
    public uint MountNamespace { get; internal set; }

    /// <summary>Real uid in the initial user namespace.</summary>
    public uint Uid { get; internal set; }

    /// <summary>Real gid in the initial user namespace.</summary>
    public uint Gid { get; internal set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => ExitedNs is not null;

    /// <summary>Whether it runs what its container's runtime runs, see <see cref="Events.EventView.IsRuntime"/>.</summary>
    internal bool IsRuntime { get; set; }

    /// <summary>Whether a live record told of it, so that a snapshot has nothing to add.</summary>
    internal bool HasLiveImage { get; set; }

    /// <summary>CLOCK_BOOTTIME of its end.</summary>
    internal ulong? ExitedNs { get; set; }

    /// <summary>Whether it descends from a wanted pid; null = not decided.</summary>
    internal RouteAnswers Selected;

    /// <summary>Whether it is one of Eunomia's own; null while nobody asked.</summary>
    internal bool? IsOwn { get; set; }

    /// <summary>The next older process with the same pid.</summary>
    internal Process? Older { get; set; }

    internal Process? Previous { get; set; }

    internal Process? Next { get; set; }

    internal void Reset()
    {
        (Key, Parent, Image, Container) = (default, default, null, null);
        (Vpid, PidNamespace, MountNamespace, Uid, Gid) = (0, 0, 0, 0, 0);
        (HasLiveImage, IsRuntime, ExitedNs, Selected, IsOwn, Older) = (false, false, null, default, null, null);
    }
}
