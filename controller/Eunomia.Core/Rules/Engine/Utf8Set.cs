namespace Eunomia.Core.Rules.Engine;

/// <summary>A fixed set of texts, asked with bytes: open addressing, at most half full.</summary>
internal sealed class Utf8Set
{
    private readonly byte[]?[] _slots;
    private readonly ulong _lengths;

    internal Utf8Set(IEnumerable<byte[]> texts)
    {
        List<byte[]> distinct = [];
        foreach (byte[] text in texts)
        {
            if (!distinct.Exists(known => known.AsSpan().SequenceEqual(text)))
            {
                distinct.Add(text);
            }
        }

        _slots = new byte[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, distinct.Count * 2))][];
        foreach (byte[] text in distinct)
        {
            _lengths |= LengthBit(text.Length);
            int slot = Hash(text) & (_slots.Length - 1);
            while (_slots[slot] is not null)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = text;
        }
    }

    internal bool Contains(ReadOnlySpan<byte> text)
    {
        if ((_lengths & LengthBit(text.Length)) == 0)
        {
            return false;
        }

        int slot = Hash(text) & (_slots.Length - 1);
        while (_slots[slot] is { } known)
        {
            if (text.SequenceEqual(known))
            {
                return true;
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        return false;
    }

    private static ulong LengthBit(int length) => 1UL << Math.Min(length, 63);

    /// <summary>A few bytes tell names and paths apart well enough.</summary>
    private static int Hash(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        uint hash = (uint)text.Length;
        hash = (hash * 31) + text[0];
        hash = (hash * 31) + text[^1];
        hash = (hash * 31) + text[text.Length / 2];
        hash = (hash * 31) + text[text.Length / 4];
        hash = (hash * 31) + text[text.Length * 3 / 4];
        return (int)(hash ^ (hash >> 15));
    }
}
