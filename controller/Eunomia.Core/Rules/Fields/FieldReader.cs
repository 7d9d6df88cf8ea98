using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>A text of the event; <see cref="FieldReader.Missing"/> when there is none.</summary>
internal delegate ReadOnlySpan<byte> TextOf(in EventView e, FieldScratch s);

/// <summary>A number of the event; false when there is none.</summary>
internal delegate bool NumberOf(in EventView e, FieldScratch s, out long value);

/// <summary>Whether the event has a value with that index, and the value if it is a number.</summary>
internal delegate bool NumberAt(in EventView e, FieldScratch s, int index, out long value);

/// <summary>The text with that index; <see cref="FieldReader.Missing"/> when it is not known, <paramref name="end"/> behind the last.</summary>
internal delegate ReadOnlySpan<byte> TextAt(in EventView e, FieldScratch s, int index, out bool end);

/// <summary>How a value is held while it is compared.</summary>
internal enum ValueShape
{
    /// <summary>Bytes.</summary>
    Text,

    /// <summary>64 bits.</summary>
    Number,

    /// <summary>4 or 16 bytes in network order.</summary>
    Address,
}

/// <summary>A field with its argument, ready to be read from events. Reading allocates nothing.</summary>
internal sealed class FieldReader
{
    /// <summary>As written: <c>proc.aname[2]</c>.</summary>
    internal required string Name { get; init; }

    /// <summary>What its values are.</summary>
    internal required FieldType Type { get; init; }

    /// <summary>One text or address.</summary>
    internal TextOf? Text { get; init; }

    /// <summary>One number.</summary>
    internal NumberOf? Number { get; init; }

    /// <summary>Any number of texts or addresses.</summary>
    internal TextAt? Texts { get; init; }

    /// <summary>Any number of numbers.</summary>
    internal NumberAt? Numbers { get; init; }

    /// <summary>Of a field with several values: whether none of them may be equal for <c>!=</c>; else one that differs does.</summary>
    internal bool DiffersInAll { get; init; }

    /// <summary>What reading it costs, in nanoseconds or so.</summary>
    internal int Cost { get; init; } = 2;

    /// <summary>Kinds of events that can have it.</summary>
    internal EventKindSet Kinds { get; init; } = FieldCatalog.AllKinds;

    /// <summary>All texts that it can have in an event of a kind, where that is known.</summary>
    internal Func<EventKind, string[]?>? TextsOf { get; init; }

    /// <summary>The number that it always has in events of a kind, where that is known.</summary>
    internal Func<EventKind, long?>? ConstantOf { get; init; }

    /// <summary>Whether values are names of system calls or kinds, which are compared once for all.</summary>
    internal bool IsEventType { get; init; }

    /// <summary>Whether there may be several values.</summary>
    internal bool IsMany => Texts is not null || Numbers is not null;

    /// <summary>How its values are held.</summary>
    internal ValueShape Shape => Type switch
    {
        FieldType.Text or FieldType.Path => ValueShape.Text,
        FieldType.Address or FieldType.Network => ValueShape.Address,
        _ => ValueShape.Number,
    };

    /// <summary>No value.</summary>
    internal static ReadOnlySpan<byte> Missing => default;

    /// <summary>A value that is empty.</summary>
    internal static ReadOnlySpan<byte> Empty => EmptyText.AsSpan(0, 0);

    private static readonly byte[] EmptyText = [0];

    /// <summary>Whether a text is no value, as opposed to an empty one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsMissing(ReadOnlySpan<byte> text) => text.IsEmpty && Unsafe.IsNullRef(ref MemoryMarshal.GetReference(text));

    /// <summary>The text, or no value when it is empty.</summary>
    internal static ReadOnlySpan<byte> OrMissing(ReadOnlySpan<byte> text) => text.IsEmpty ? Missing : text;

    /// <summary>The text, also when it is empty.</summary>
    internal static ReadOnlySpan<byte> OrEmpty(ReadOnlySpan<byte> text) => text.IsEmpty ? Empty : text;
}
