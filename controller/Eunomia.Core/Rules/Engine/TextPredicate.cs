namespace Eunomia.Core.Rules.Engine;

/// <summary>What is asked of a text, or of the bytes of an address. Immutable, allocates nothing when asked.</summary>
internal abstract class TextPredicate
{
    /// <summary>What asking costs, in nanoseconds or so.</summary>
    internal abstract int Cost { get; }

    internal abstract bool Matches(ReadOnlySpan<byte> text);
}

/// <summary>Is it this text?</summary>
internal sealed class EqualPredicate(byte[] text) : TextPredicate
{
    internal override int Cost => 2;

    internal override bool Matches(ReadOnlySpan<byte> other) => other.SequenceEqual(text);
}

/// <summary>Is it one of these?</summary>
internal sealed class SetPredicate(Utf8Set set) : TextPredicate
{
    internal override int Cost => 4;

    internal override bool Matches(ReadOnlySpan<byte> text) => set.Contains(text);
}

/// <summary>Does it begin with one of these?</summary>
internal sealed class PrefixPredicate(ByteTrie prefixes) : TextPredicate
{
    internal override int Cost => 5;

    internal override bool Matches(ReadOnlySpan<byte> text) => prefixes.HasPrefixOf(text);
}

/// <summary>Does it end with one of these?</summary>
internal sealed class SuffixPredicate(ByteTrie reversed) : TextPredicate
{
    internal override int Cost => 5;

    internal override bool Matches(ReadOnlySpan<byte> text) => reversed.HasSuffixOf(text);
}

/// <summary>Is one of these paths the same, or above it?</summary>
internal sealed class PathPredicate(ByteTrie paths) : TextPredicate
{
    internal override int Cost => 6;

    internal override bool Matches(ReadOnlySpan<byte> text) => paths.HasPathOf(text);
}

/// <summary>Does it contain one of these?</summary>
internal sealed class ContainsPredicate(byte[][] parts) : TextPredicate
{
    internal override int Cost => 6 * parts.Length;

    internal override bool Matches(ReadOnlySpan<byte> text)
    {
        foreach (byte[] part in parts)
        {
            if (text.IndexOf(part) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Does it contain one of these, whatever the case of ASCII letters?</summary>
internal sealed class IgnoreCaseContainsPredicate(byte[][] lowerParts) : TextPredicate
{
    internal override int Cost => 20 * lowerParts.Length;

    internal override bool Matches(ReadOnlySpan<byte> text)
    {
        foreach (byte[] part in lowerParts)
        {
            if (Contains(text, part))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty)
        {
            return true;
        }

        byte lower = part[0];
        byte upper = lower is >= (byte)'a' and <= (byte)'z' ? (byte)(lower ^ 0x20) : lower;
        while (text.Length >= part.Length)
        {
            int at = text.IndexOfAny(lower, upper);
            if (at < 0 || text.Length - at < part.Length)
            {
                return false;
            }

            if (StartsWith(text[at..], part))
            {
                return true;
            }

            text = text[(at + 1)..];
        }

        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
    {
        for (int i = 0; i < lower.Length; i++)
        {
            byte b = text[i];
            if ((b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b ^ 0x20) : b) != lower[i])
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Does it fit one of these patterns?</summary>
internal sealed class GlobPredicate(GlobPattern[] patterns) : TextPredicate
{
    internal override int Cost => 25 * patterns.Length;

    internal override bool Matches(ReadOnlySpan<byte> text)
    {
        foreach (GlobPattern pattern in patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Where does it stand in the order of bytes?</summary>
/// <param name="text">Compared with this.</param>
/// <param name="wanted">Whether an order below, at or above 0 is wanted.</param>
internal sealed class OrderPredicate(byte[] text, Func<int, bool> wanted) : TextPredicate
{
    internal override int Cost => 4;

    internal override bool Matches(ReadOnlySpan<byte> other) => wanted(other.SequenceCompareTo(text));
}

/// <summary>Is it in one of these networks?</summary>
internal sealed class NetworkPredicate(NetworkTrie networks) : TextPredicate
{
    internal override int Cost => 8;

    internal override bool Matches(ReadOnlySpan<byte> address) => networks.Contains(address);
}

/// <summary>Is it none of that?</summary>
internal sealed class OtherPredicate(TextPredicate inner) : TextPredicate
{
    internal override int Cost => inner.Cost;

    internal override bool Matches(ReadOnlySpan<byte> text) => !inner.Matches(text);
}
