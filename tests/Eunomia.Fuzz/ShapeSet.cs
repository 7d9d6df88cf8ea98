namespace Eunomia.Fuzz;

/// <summary>
/// What outcomes there were, by hashes that say how they look and not what they hold: it stands in for coverage, and tells
/// which inputs are worth to be mutated further.
/// </summary>
public sealed class ShapeSet
{
    /// <summary>Where a hash begins.</summary>
    public const ulong Empty = 0xcbf29ce484222325;

    private readonly HashSet<ulong> _seen = [];
    private bool _isNew;

    /// <summary>How many different ones.</summary>
    public int Count => _seen.Count;

    /// <summary>FNV-1a: the same in every process, unlike <see cref="HashCode"/>.</summary>
    public static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 0x100000001b3;
        }
        return hash;
    }

    /// <summary>One outcome.</summary>
    public void Add(ulong shape) => _isNew |= _seen.Add(shape);

    /// <summary>Whether there was a new one since it was asked last.</summary>
    public bool TakeNews()
    {
        bool news = _isNew;
        _isNew = false;
        return news;
    }
}
