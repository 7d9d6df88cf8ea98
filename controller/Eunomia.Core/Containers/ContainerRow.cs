using Eunomia.Core.Processes;

namespace Eunomia.Core.Containers;

/// <summary>Where a container is in its life.</summary>
public enum ContainerState
{
    /// <summary>Its cgroup was made; nothing of its own runs yet.</summary>
    Created,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>Its init has ended.</summary>
    Exited,
}

/// <summary>A container at one moment.</summary>
/// <param name="Container">Which one; name and image as they are when somebody reads them.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="StartedUnixNs">Start of its init, or null while none was seen.</param>
/// <param name="Pids">Its living processes, in the host's numbers; those of a container inside it are not its own.</param>
/// <param name="SeenCreatedUnixNs">When its cgroup was made, if that was seen.</param>
public sealed record ContainerRow(
    Container Container, ContainerState State, long? StartedUnixNs, IReadOnlyList<uint> Pids, long? SeenCreatedUnixNs)
{
    /// <summary>When it was made, as its runtime says or else as was seen.</summary>
    public long? CreatedUnixNs => Container.CreatedUnixNs ?? SeenCreatedUnixNs;

    /// <summary>A container as it is now.</summary>
    /// <param name="container">Which one.</param>
    /// <param name="processes">All processes.</param>
    /// <param name="bootToUnixNs">Add to CLOCK_BOOTTIME for the Unix time.</param>
    public static ContainerRow Of(Container container, ProcessTable processes, long bootToUnixNs)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(processes);
        List<uint> pids = [];
        ulong first = 0;
        for (Process? process = processes.FirstLiving; process is not null; process = process.Next)
        {
            if (ReferenceEquals(process.Container, container))
            {
                pids.Add(process.Key.Pid);
                first = first == 0 ? process.Key.StartNs : Math.Min(first, process.Key.StartNs);
            }
        }

        pids.Sort();
        return Create(container, pids, first, bootToUnixNs);
    }

    internal static ContainerRow Create(Container container, List<uint> pids, ulong firstStartNs, long bootToUnixNs)
    {
        ref readonly ContainerLife life = ref container.Life;
        ContainerState state = StateOf(container, life, pids.Count);
        ulong start = life.Init.Pid != 0 ? life.Init.StartNs : state == ContainerState.Created ? 0 : firstStartNs;
        return new ContainerRow(container, state, ToUnix(start, bootToUnixNs), pids, ToUnix(life.CreatedNs, bootToUnixNs));
    }

    /// <summary>
    /// The runtime's own process waits in the cgroup before the container starts, so that a process alone says nothing; but
    /// nobody knows the runtime of an unrecognised container.
    /// </summary>
    private static ContainerState StateOf(Container container, in ContainerLife life, int processes)
    {
        if (life.Exited)
        {
            return ContainerState.Exited;
        }

        bool runs = life.Init.Pid != 0 || (processes > 0 && container.PathRuntime == CgroupPath.UnknownRuntime);
        return runs ? ContainerState.Running : ContainerState.Created;
    }

    private static long? ToUnix(ulong bootNs, long bootToUnixNs) => bootNs == 0 ? null : (long)bootNs + bootToUnixNs;
}
