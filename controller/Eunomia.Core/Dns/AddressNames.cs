using System.Buffers.Binary;

namespace Eunomia.Core.Dns;

/// <summary>
/// What addresses were called by those who asked for them, for one container or the host, as long as the answers are good
/// for. Bounded: the one that was not used for the longest time makes room. Keeps a name's bytes once per address, and
/// allocates only for a name that is new there.
/// </summary>
internal sealed class AddressNames
{
    internal const int Capacity = 1_024;
    private const int None = -1;
    private readonly Dictionary<Key, int> _slots = [];
    private readonly List<Entry> _entries = [];
    private int _newest = None;
    private int _oldest = None;

    /// <summary>How many are known.</summary>
    internal int Count => _slots.Count;

    /// <summary>From now on, and until then, the address has that name.</summary>
    internal void Learn(ReadOnlySpan<byte> address, ReadOnlySpan<byte> name, ulong untilNs)
    {
        Key key = Key.Of(address);
        if (_slots.TryGetValue(key, out int slot))
        {
            Unlink(slot);
        }
        else
        {
            slot = Take(key);
        }

        Entry entry = _entries[slot];
        entry.Name = name.SequenceEqual(entry.Name.Span) ? entry.Name : name.ToArray();
        entry.UntilNs = untilNs;
        _entries[slot] = entry;
        LinkFirst(slot);
    }

    /// <summary>The address's name; empty when there is none any more.</summary>
    internal ReadOnlyMemory<byte> Find(ReadOnlySpan<byte> address, ulong nowNs)
    {
        if (_slots.Count == 0 || !_slots.TryGetValue(Key.Of(address), out int slot) || _entries[slot].UntilNs < nowNs)
        {
            return default;
        }

        if (slot != _newest)
        {
            Unlink(slot);
            LinkFirst(slot);
        }

        return _entries[slot].Name;
    }

    private int Take(Key key)
    {
        int slot;
        if (_entries.Count < Capacity)
        {
            slot = _entries.Count;
            _entries.Add(new Entry { Key = key });
        }
        else
        {
            slot = _oldest;
            Unlink(slot);
            _slots.Remove(_entries[slot].Key);
            _entries[slot] = _entries[slot] with { Key = key };
        }

        _slots[key] = slot;
        return slot;
    }

    private void Unlink(int slot)
    {
        Entry entry = _entries[slot];
        if (entry.Newer == None)
        {
            _newest = entry.Older;
        }
        else
        {
            _entries[entry.Newer] = _entries[entry.Newer] with { Older = entry.Older };
        }

        if (entry.Older == None)
        {
            _oldest = entry.Newer;
        }
        else
        {
            _entries[entry.Older] = _entries[entry.Older] with { Newer = entry.Newer };
        }
    }

    private void LinkFirst(int slot)
    {
        _entries[slot] = _entries[slot] with { Newer = None, Older = _newest };
        if (_newest == None)
        {
            _oldest = slot;
        }
        else
        {
            _entries[_newest] = _entries[_newest] with { Newer = slot };
        }

        _newest = slot;
    }

    private readonly record struct Key(UInt128 Address, bool IsV4)
    {
        internal static Key Of(ReadOnlySpan<byte> address) => address.Length == 4
            ? new Key(BinaryPrimitives.ReadUInt32BigEndian(address), true)
            : new Key(BinaryPrimitives.ReadUInt128BigEndian(address), false);
    }

    private record struct Entry
    {
        public Key Key;
        public ReadOnlyMemory<byte> Name;
        public ulong UntilNs;
        public int Newer;
        public int Older;
    }
}
