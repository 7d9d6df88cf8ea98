using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core;

/// <summary>Whether a container is selected.</summary>
public enum FilterDecision
{
    /// <summary>Not selected.</summary>
    No,

    /// <summary>Selected.</summary>
    Yes,

    /// <summary>Depends on the name, which is not known yet.</summary>
    Pending,
}

/// <summary>Which events a user wants: of these kinds, and of any of these containers or processes.</summary>
public sealed class EventFilter
{
    /// <summary>A filter; no containers and no pids means everything.</summary>
    /// <param name="kinds">Wanted kinds.</param>
    /// <param name="containers">Any of them.</param>
    /// <param name="pids">These processes (host pids) and their descendants.</param>
    /// <param name="syscalls">Of system calls: only these.</param>
    public EventFilter(
        EventKindSet kinds,
        IReadOnlyList<ContainerSelector>? containers = null,
        IReadOnlyList<uint>? pids = null,
        SyscallSelection? syscalls = null)
    {
        Kinds = kinds;
        Containers = containers ?? [];
        Pids = pids ?? [];
        Syscalls = syscalls ?? SyscallSelection.Everything;
    }

    /// <summary>Wanted kinds.</summary>
    public EventKindSet Kinds { get; }

    /// <summary>Container selectors.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; }

    /// <summary>Roots of wanted process trees.</summary>
    public IReadOnlyList<uint> Pids { get; }

    /// <summary>Which system calls are wanted.</summary>
    public SyscallSelection Syscalls { get; }

    /// <summary>
    /// Whether a container's start waits for what its runtime says of it, its name, image, mounts and privileges, or until it
    /// is certain that nobody says it.
    /// </summary>
    public bool AwaitsMetadata { get; init; }

    /// <summary>Whether every container and process is wanted.</summary>
    public bool IsOpen => Containers.Count == 0 && Pids.Count == 0;

    /// <summary>Whether the selectors want this container; without selectors none is wanted as such.</summary>
    public FilterDecision Decide(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        FilterDecision decision = FilterDecision.No;
        foreach (ContainerSelector selector in Containers)
        {
            if (selector.MatchesId(container.Id) || selector.MatchesName(container))
            {
                return FilterDecision.Yes;
            }

            if (selector.MayBeName && container.MetadataState == MetadataState.Pending)
            {
                decision = FilterDecision.Pending;
            }
        }

        return decision;
    }

    /// <summary>The selectors that fit none of these containers, as far as their names are known.</summary>
    public ContainerSelector[] Unmatched(IReadOnlyCollection<Container> containers) =>
        [.. Containers.Where(selector => !containers.Any(c => selector.MatchesId(c.Id) || selector.MatchesName(c)))];
}
