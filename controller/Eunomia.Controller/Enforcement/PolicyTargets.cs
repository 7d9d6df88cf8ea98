using Eunomia.Core;
using Eunomia.Core.Containers;

namespace Eunomia.Controller.Enforcement;

/// <summary>The containers that policies may be for, as the tables of a pipeline know them. On the pipeline's turn only.</summary>
/// <param name="only">Only these containers; empty means all.</param>
internal sealed class PolicyTargets(IReadOnlyList<ContainerSelector> only)
{
    private ContainerTable? _containers;

    /// <summary>Whether something has changed since it was asked for last.</summary>
    public bool HaveChanged { get; private set; } = true;

    /// <summary>From now on these tables.</summary>
    public void Follow(ContainerTable containers)
    {
        _containers = containers;
        containers.CgroupSeen += (_, container) => HaveChanged |= container is not null;
        containers.MetadataDecided += _ => HaveChanged = true;
        containers.ContainerForgotten += _ => HaveChanged = true;
        HaveChanged = true;
    }

    /// <summary>All that live.</summary>
    public IReadOnlyList<PolicyTarget> Take()
    {
        HaveChanged = false;
        return _containers is not { } table
            ? []
            :
            [
                .. table.All.Where(IsMeant).Select(container => new PolicyTarget(
                    [.. table.OwnCgroups(container)], container.HasStarted, container.Id, container.Name, container.Image)),
            ];
    }

    private bool IsMeant(Container container) =>
        container is { IsSeen: true, IsRemoved: false } && (only.Count == 0 || only.Any(selector => selector.Matches(container)));
}
