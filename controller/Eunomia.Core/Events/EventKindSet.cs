namespace Eunomia.Core.Events;

/// <summary>A set of event kinds; asking costs two instructions.</summary>
public readonly record struct EventKindSet
{
    private const int FirstDerived = 1000;
    private readonly ulong _records;
    private readonly ulong _derived;

    private EventKindSet(ulong records, ulong derived) => (_records, _derived) = (records, derived);

    /// <summary>A set of the given kinds.</summary>
    public static EventKindSet Of(params ReadOnlySpan<EventKind> kinds)
    {
        var set = default(EventKindSet);
        foreach (EventKind kind in kinds)
        {
            set = set.With(kind);
        }

        return set;
    }

    /// <summary>This set and one kind more.</summary>
    public EventKindSet With(EventKind kind) => (int)kind < FirstDerived
        ? new(_records | Bit((int)kind), _derived)
        : new(_records, _derived | Bit((int)kind - FirstDerived));

    /// <summary>What is in this set, in the other, or in both.</summary>
    public EventKindSet Union(EventKindSet other) => new(_records | other._records, _derived | other._derived);

    /// <summary>What is in both sets.</summary>
    public EventKindSet Intersect(EventKindSet other) => new(_records & other._records, _derived & other._derived);

    /// <summary>What is in this set and not in the other.</summary>
    public EventKindSet Except(EventKindSet other) => new(_records & ~other._records, _derived & ~other._derived);

    /// <summary>Its kinds of raw records, <c>1 &lt;&lt; kind</c> each, as the collector takes them.</summary>
    public ulong RecordMask => _records;

    /// <summary>Whether the kind is in the set.</summary>
    public bool Contains(EventKind kind) => (int)kind < FirstDerived
        ? (_records & Bit((int)kind)) != 0
        : (_derived & Bit((int)kind - FirstDerived)) != 0;

    /// <summary>Whether the set is empty.</summary>
    public bool IsEmpty => (_records | _derived) == 0;

    /// <summary>The names of its kinds, as <c>--events</c> takes them.</summary>
    public override string ToString() => string.Join(',', EventKinds.All.Where(Contains).Select(EventKinds.Name));

    private static ulong Bit(int index) => index < 64 ? 1UL << index : 0;
}
