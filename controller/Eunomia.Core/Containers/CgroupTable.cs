using System.Diagnostics.CodeAnalysis;

namespace Eunomia.Core.Containers;

/// <summary>
/// Cgroups by key, bounded: living ones by last use, removed ones by time of removal (they stay for a grace of event
/// time, so that late exits are attributed, and connections that the network closes after their process: a minute in
/// FIN-WAIT-2, by default, and some).
/// </summary>
internal sealed class CgroupTable(int capacity, int tombstones, Action<CgroupEntry> forgotten)
{
    private const ulong GraceNs = 90_000_000_000;
    private readonly Dictionary<ulong, CgroupEntry> _entries = [];
    private readonly LinkedList<CgroupEntry> _living = new();
    private readonly LinkedList<CgroupEntry> _removed = new();

    internal int Count => _entries.Count;

    internal ulong Evicted { get; private set; }

    internal bool TryGet(ulong key, [NotNullWhen(true)] out CgroupEntry? entry) => _entries.TryGetValue(key, out entry);

    internal CgroupEntry Add(ulong key)
    {
        if (_living.Count >= capacity && _living.First is { } oldest)
        {
            Evicted++;
            Forget(oldest.Value);
        }

        var entry = new CgroupEntry { Key = key };
        _entries.Add(key, entry);
        _living.AddLast(entry.Node);
        return entry;
    }

    /// <summary>Used just now: the last to be evicted.</summary>
    internal void Touch(CgroupEntry entry)
    {
        if (entry.RemovedNs is null && entry.Node.Next is not null)
        {
            _living.Remove(entry.Node);
            _living.AddLast(entry.Node);
        }
    }

    internal void Remove(CgroupEntry entry, ulong nowNs)
    {
        _living.Remove(entry.Node);
        entry.RemovedNs = nowNs;
        _removed.AddLast(entry.Node);
        if (_removed.Count > tombstones && _removed.First is { } oldest)
        {
            Forget(oldest.Value);
        }
    }

    internal void Advance(ulong nowNs)
    {
        while (_removed.First is { } oldest && oldest.Value.RemovedNs + GraceNs < nowNs)
        {
            Forget(oldest.Value);
        }
    }

    internal void Forget(CgroupEntry entry)
    {
        (entry.RemovedNs is null ? _living : _removed).Remove(entry.Node);
        _entries.Remove(entry.Key);
        forgotten(entry);
    }
}
