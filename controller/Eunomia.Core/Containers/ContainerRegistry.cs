using System.Diagnostics.CodeAnalysis;

namespace Eunomia.Core.Containers;

/// <summary>
/// Containers by identity: runtime, id and the container around. The last is part of it so that a container in which
/// somebody may make cgroups cannot pass as another one on the host.
/// </summary>
internal sealed class ContainerRegistry
{
    private const int MaxNesting = 8;
    private readonly Dictionary<(string Runtime, string Id, Container? Parent), Container> _containers = [];
    private readonly Dictionary<string, Container> _byId = [];

    internal int Count => _containers.Count;

    internal IReadOnlyCollection<Container> All => _containers.Values;

    /// <summary>Finds a container by its id; of several, one that is not nested.</summary>
    internal bool TryGet(string id, [NotNullWhen(true)] out Container? container)
    {
        _byId.TryGetValue(id, out container);
        for (Container? other = container?.SameId; other is not null && container?.Parent is not null; other = other.SameId)
        {
            container = other;
        }

        return container is not null;
    }

    /// <summary>The container that a path names, and with it those around it.</summary>
    internal Container GetOrAdd(in CgroupIdentity identity) => GetOrAdd(identity, 0);

    internal Container GetOrAdd(string runtime, string id, Container? parent)
    {
        if (_containers.TryGetValue((runtime, id, parent), out Container? container))
        {
            return container;
        }

        container = new Container(id, runtime, parent);
        if (parent is not null)
        {
            parent.References++;
        }

        _containers.Add((runtime, id, parent), container);
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

        _containers.Remove((container.PathRuntime, container.Id, container.Parent));
        RemoveFromIds(container);
        forgotten?.Invoke(container);
        if (container.Parent is { } parent)
        {
            Release(parent, forgotten);
        }
    }

    /// <summary>
    /// Sets the metadata of all containers with this id, or gives it up (null), and says which they are. A nested container
    /// that claims the id of one that is not gets nothing.
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
            if (metadata is null || isBorrowed)
            {
                container.SetMetadataUnavailable();
            }
            else
            {
                container.SetMetadata(metadata);
            }

            changed.Add(container);
        }

        return [.. changed];
    }

    private Container GetOrAdd(in CgroupIdentity identity, int depth)
    {
        CgroupIdentity outer = CgroupPath.Classify(identity.Outer);
        Container? parent = outer.Class == CgroupClass.Container && depth < MaxNesting ? GetOrAdd(outer, depth + 1) : null;
        return GetOrAdd(identity.Runtime, CgroupPath.DecodeId(identity.Id), parent);
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
