using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Events;

namespace Eunomia.Core.Containers;

/// <summary>
/// From a record's cgroup key to its container. Fed by the records of cgroups made and removed; bounded in cgroups, and
/// a container is forgotten with its last cgroup, a grace after its removal.
/// </summary>
public sealed class ContainerTable
{
    /// <summary>Default bound of living cgroups.</summary>
    public const int DefaultCapacity = 16_384;

    /// <summary>Bound of removed cgroups that late records may still name.</summary>
    public const int Tombstones = 4_096;

    private const int MaxNesting = 8;
    private readonly uint _hostPidNamespace;
    private readonly CgroupTable _cgroups;
    private readonly ContainerRegistry _containers = new();

    /// <summary>An empty table.</summary>
    public ContainerTable(uint hostPidNamespace, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _hostPidNamespace = hostPidNamespace;
        _cgroups = new CgroupTable(capacity, Tombstones, OnForgotten);
    }

    /// <summary>
    /// First sight of a container. While its <see cref="Container.MetadataState"/> is pending, somebody should ask
    /// InspectContainer for its id and then call <see cref="SetMetadata"/> or <see cref="SetMetadataFailed"/>.
    /// </summary>
    public event Action<Container>? ContainerSeen;

    /// <summary>
    /// It became known whose a cgroup is: its key, and its container or null for the host. One that only its processes can
    /// tell is announced with the first process that makes it a container's.
    /// </summary>
    public event Action<ulong, Container?>? CgroupSeen;

    /// <summary>A container's metadata was set, or given up.</summary>
    public event Action<Container>? MetadataDecided;

    /// <summary>A container was forgotten.</summary>
    public event Action<Container>? ContainerForgotten;

    /// <summary>Containers known, removed ones in their grace included.</summary>
    public int Count => _containers.Count;

    /// <summary>Cgroups known, removed ones in their grace included.</summary>
    public int CgroupCount => _cgroups.Count;

    /// <summary>Living cgroups that had to go because the table was full.</summary>
    public ulong Evicted => _cgroups.Evicted;

    /// <summary>All known containers.</summary>
    public IReadOnlyCollection<Container> All => _containers.All;

    /// <summary>Finds a container by its full id; of several, the one that is not nested.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out Container? container) => _containers.TryGet(id, out container);

    /// <summary>Cgroups that are a container's own, with all others of it below them; where nobody knows, all that it has.</summary>
    public IReadOnlyList<ulong> OwnCgroups(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        ulong[] own = [.. container.CgroupKeys.Where(key => _cgroups.TryGet(key, out CgroupEntry? entry) && entry.IsOwn)];
        return own.Length > 0 ? own : container.CgroupKeys;
    }

    /// <summary>
    /// InspectContainer answered. A nested container that claims the id of one that is not nested gets nothing, nor does one
    /// in a user's slice unless the answer is that user's: whoever may make cgroups there could else borrow another's name.
    /// </summary>
    public void SetMetadata(string id, ContainerMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        DecideMetadata(id, metadata);
    }

    /// <summary>InspectContainer knows nothing of it, or failed for good.</summary>
    public void SetMetadataFailed(string id) => DecideMetadata(id, null);

    /// <summary>The container of a record's process.</summary>
    /// <param name="header">Its cgroup key and pid namespace decide.</param>
    /// <param name="known">Where the process was before, for a cgroup nobody told of.</param>
    internal Container? Resolve(in RecordHeader header, Container? known)
    {
        bool hostPids = header.Pidns == _hostPidNamespace || header.Pidns == 0;
        if (!_cgroups.TryGet(header.CgroupKey, out CgroupEntry? entry))
        {
            bool isKnown = known is { References: > 0 };
            if (isKnown || hostPids)
            {
                return isKnown ? known : null;
            }

            entry = AddUnknown(header.CgroupKey);
        }

        _cgroups.Touch(entry);
        if (entry.Container is null && entry.Class == CgroupClass.Other && !hostPids)
        {
            BecomeAnonymous(entry);
        }

        return entry.IsAnonymous && hostPids ? null : entry.Container;
    }

    /// <summary>A cgroup was made, or a snapshot tells of one. True when that makes a new container.</summary>
    internal bool OnMkdir(in CgroupRecord record, bool snapshot, out Container? container)
    {
        container = null;
        if (!Enter(record, snapshot, out CgroupEntry? entry))
        {
            return false;
        }

        container = entry.Container;
        entry.IsLive |= !snapshot;
        if (snapshot || container is null || container.Life.Created || !entry.IsOwn)
        {
            return false;
        }

        (container.Life.Created, container.Life.CreatedNs) = (true, record.Header.TsNs);
        return true;
    }

    /// <summary>A cgroup was removed. True when its container is gone with it.</summary>
    internal bool OnRmdir(in CgroupRecord record, out Container? container)
    {
        container = null;
        if (!_cgroups.TryGet(record.Fields.Key, out CgroupEntry? entry) || entry.RemovedNs is not null)
        {
            container = entry?.Container;
            return false;
        }

        container = entry.Container;
        container?.RemoveKey(entry.Key);
        _cgroups.Remove(entry, record.Header.TsNs);
        return container is { IsRemoved: true };
    }

    /// <summary>Forgets what was removed longer ago than the grace.</summary>
    internal void Advance(ulong nowNs) => _cgroups.Advance(nowNs);

    /// <summary>The entry of a cgroup that was made; false when a snapshot is late and the cgroup gone already.</summary>
    private bool Enter(in CgroupRecord record, bool snapshot, [NotNullWhen(true)] out CgroupEntry? entry)
    {
        if (_cgroups.TryGet(record.Fields.Key, out entry))
        {
            if (entry.RemovedNs is not null && snapshot)
            {
                return false;
            }

            if (entry.RemovedNs is null && entry.HasPath)
            {
                return true;
            }

            _cgroups.Forget(entry);
        }

        entry = _cgroups.Add(record.Fields.Key);
        entry.ParentKey = record.Fields.ParentKey;
        entry.HasPath = true;
        if ((record.Header.Truncated & Truncation.Cgroup) != 0)
        {
            DescribeCut(entry);
        }
        else
        {
            Describe(entry, CgroupPath.Classify(record.Path), record.Path);
        }

        if (entry.Class != CgroupClass.Other || entry.Container is not null)
        {
            CgroupSeen?.Invoke(entry.Key, entry.Container);
        }

        return true;
    }

    private void Describe(CgroupEntry entry, in CgroupIdentity identity, ReadOnlySpan<byte> path)
    {
        entry.Class = identity.Class;
        entry.IsOwn = identity.IsOwn;
        entry.Owner = identity.Owner;
        if (identity.Class == CgroupClass.Container)
        {
            Attach(entry, _containers.GetOrAdd(identity), inspect: true);
        }
        else if (identity.Class == CgroupClass.Other)
        {
            entry.AnonymousId = CgroupPath.AnonymousId(path, out bool isName);
            entry.HasName = isName;
            entry.HashedId = CgroupPath.HashedId(path);
        }
    }

    /// <summary>The end of the path is missing, and with it the container: the parent's is the best answer.</summary>
    private void DescribeCut(CgroupEntry entry)
    {
        entry.Class = CgroupClass.Other;
        entry.AnonymousId = CgroupPath.AnonymousId(entry.Key);
        if (_cgroups.TryGet(entry.ParentKey, out CgroupEntry? parent) && parent.Container is { } container)
        {
            entry.Class = parent.Class;
            entry.IsAnonymous = parent.IsAnonymous;
            Attach(entry, container, inspect: false);
        }
    }

    private CgroupEntry AddUnknown(ulong key)
    {
        CgroupEntry entry = _cgroups.Add(key);
        entry.Class = CgroupClass.Other;
        entry.AnonymousId = CgroupPath.AnonymousId(key);
        return entry;
    }

    /// <summary>A process with a pid namespace of its own is in it: a container, the one around it or a new one.</summary>
    private void BecomeAnonymous(CgroupEntry entry)
    {
        entry.IsAnonymous = true;
        if (FindAnonymousAround(entry) is { } around)
        {
            Attach(entry, around, inspect: false);
        }
        else
        {
            Container container = GetAnonymous(entry, out bool hasName);
            Attach(entry, container, hasName);
            container.Life.Created |= entry.IsLive;
        }

        CgroupSeen?.Invoke(entry.Key, entry.Container);
    }

    /// <summary>The container called as the directory is; if that is another path's already, as the whole path is.</summary>
    private Container GetAnonymous(CgroupEntry entry, out bool hasName)
    {
        string id = entry.AnonymousId ?? CgroupPath.AnonymousId(entry.Key);
        hasName = entry.HasName;
        if (_containers.TryGet(CgroupPath.UnknownRuntime, id, null, entry.Owner, out Container? namesake)
            && namesake.HashedId != entry.HashedId)
        {
            (id, hasName) = (entry.HashedId ?? id, false);
        }

        Container container = _containers.GetOrAdd(CgroupPath.UnknownRuntime, id, null, entry.Owner);
        container.HashedId = entry.HashedId;
        return container;
    }

    private Container? FindAnonymousAround(CgroupEntry entry)
    {
        CgroupEntry? outer = entry;
        for (int depth = 0; depth < MaxNesting && _cgroups.TryGet(outer.ParentKey, out outer); depth++)
        {
            if (outer is { IsAnonymous: true, Container: { } around })
            {
                return around;
            }
        }

        return null;
    }

    private void Attach(CgroupEntry entry, Container container, bool inspect)
    {
        entry.Container = container;
        container.AddKey(entry.Key);
        if (container.IsSeen)
        {
            return;
        }

        container.IsSeen = true;
        if (CgroupPatterns.IdIsName(container.PathRuntime))
        {
            container.SetMetadata(new ContainerMetadata(Name: container.Id));
        }
        else if (!inspect)
        {
            container.SetMetadataUnavailable();
        }

        ContainerSeen?.Invoke(container);
    }

    private void OnForgotten(CgroupEntry entry)
    {
        if (entry.Container is { } container)
        {
            if (entry.RemovedNs is null)
            {
                container.RemoveKey(entry.Key);
            }

            _containers.Release(container, ContainerForgotten);
        }
    }

    private void DecideMetadata(string id, ContainerMetadata? metadata)
    {
        foreach (Container container in _containers.SetMetadata(id, metadata))
        {
            MetadataDecided?.Invoke(container);
        }
    }
}
