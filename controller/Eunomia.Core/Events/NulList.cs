namespace Eunomia.Core.Events;

/// <summary>Enumerates byte strings that are each followed by NUL; the last one may lack it (a cut list).</summary>
public ref struct NulList
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of the list.</summary>
    public NulList(ReadOnlySpan<byte> list) => _rest = list;

    /// <summary>The string just reached.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly NulList GetEnumerator() => this;

    /// <summary>Goes to the next string; false at the end.</summary>
    public bool MoveNext()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        int end = _rest.IndexOf((byte)0);
        Current = end < 0 ? _rest : _rest[..end];
        _rest = end < 0 ? default : _rest[(end + 1)..];
        return true;
    }
}
