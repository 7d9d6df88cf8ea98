using System.Diagnostics.CodeAnalysis;

namespace Eunomia.Core.Containers;

/// <summary>
/// Containers by identity: runtime, id, the container around and the user in whose slice it lies. The last two are part of
/// it so that what makes cgroups in a container, or a user in the own slice, cannot pass as another container.
/// </summary>
internal sealed class ContainerRegistry
{
    private const int MaxNesting = 8;
    private readonly Dictionary<(string Runtime, string Id, Container? Parent, uint Owner), Container> _containers = [];
    private readonly Dictionary<string, Container> _byId = [];

    internal int Count => _containers.Count;

    internal IReadOnlyCollection<Container> All => _containers.Values;

    /// <summary>Finds a container by its id; of several, one that is not nested, and not in a user's slice.</summary>
    internal bool TryGet(string id, [NotNullWhen(true)] out Container? container)
    {
        _byId.TryGetValue(id, out container);
        for (Container? other = container?.SameId; other is not null; other = other.SameId)
        {
            container = Rank(other) < Rank(container) ? other : container;
        }

        return container is not null;
    }

    internal bool TryGet(
        string runtime, string id, Container? parent, uint owner, [NotNullWhen(true)] out Container? container) =>
        _containers.TryGetValue((runtime, id, parent, owner), out container);

    /// <summary>The container that a path names, and with it those around it.</summary>
    internal Container GetOrAdd(in CgroupIdentity identity) => GetOrAdd(identity, 0);

    internal Container GetOrAdd(string runtime, string id, Container? parent, uint owner)
    {
        if (TryGet(runtime, id, parent, owner, out Container? container))
        {
            return container;
        }

        container = new Container(id, runtime, parent, owner);
        if (parent is not null)
        {
            parent.References++;
        }

        _containers.Add((runtime, id, parent, owner), container);
        container.SameId = _byId.GetValueOrDefault(id);
        _byId[id] = container;
        return container;
    }

    /// <summary>One cgroup or nested container less; without any a container is forgotten.</summary>
    internal void Release(Container container, Action<Container>? forgotten)
    {
        if (--container.References > 0)
        {
            return;
        }

        _containers.Remove((container.PathRuntime, container.Id, container.Parent, container.Owner));
        RemoveFromIds(container);
        forgotten?.Invoke(container);
        if (container.Parent is { } parent)
        {
            Release(parent, forgotten);
        }
    }

    /// <summary>
    /// Sets the metadata of the containers with this id that it can be about, gives it up for the others, or for all (null),
    /// and says which they are. It is about those of the user whose word it is; a nested container that claims the id of
    /// one that is not gets nothing.
    /// </summary>
    internal Container[] SetMetadata(string id, ContainerMetadata? metadata)
    {
        if (!TryGet(id, out Container? preferred))
        {
            return [];
        }

        List<Container> changed = [];
        for (Container? container = _byId[id]; container is not null; container = container.SameId)
        {
            bool isBorrowed = container.Parent is not null && preferred.Parent is null;
            if (metadata is not null && !isBorrowed && container.Owner == metadata.OwnerUid)
            {
                container.SetMetadata(metadata);
            }
            else
            {
                container.SetMetadataUnavailable();
            }

            changed.Add(container);
        }

        return [.. changed];
    }

    private static int Rank(Container? container) =>
        container is null ? int.MaxValue : (container.Parent is null ? 0 : 2) + (container.Owner == 0 ? 0 : 1);

    private Container GetOrAdd(in CgroupIdentity identity, int depth)
    {
        CgroupIdentity outer = CgroupPath.Classify(identity.Outer);
        Container? parent = outer.Class == CgroupClass.Container && depth < MaxNesting ? GetOrAdd(outer, depth + 1) : null;
        Container container = GetOrAdd(identity.Runtime, CgroupPath.DecodeId(identity.Id), parent, identity.Owner);
        container.PodUid ??= CgroupPath.PodUid(identity.Outer);
        return container;
    }

    private void RemoveFromIds(Container container)
    {
        Container first = _byId[container.Id];
        if (!ReferenceEquals(first, container))
        {
            while (first.SameId is { } next && !ReferenceEquals(next, container))
            {
                first = next;
            }

            first.SameId = container.SameId;
        }
        else if (container.SameId is { } next)
        {
            _byId[container.Id] = next;
        }
        else
        {
            _byId.Remove(container.Id);
        }
    }
}
