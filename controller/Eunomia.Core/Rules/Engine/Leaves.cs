using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Asks for the name of a call, or for a kind: decided beforehand for each.</summary>
internal sealed class EventTypeNode : Node
{
    private readonly bool[] _byGroup;

    internal EventTypeNode(TextPredicate predicate, bool isNegated)
    {
        _byGroup = new bool[EventTypes.Count];
        for (int group = 0; group < _byGroup.Length; group++)
        {
            _byGroup[group] = EventTypes.NamesOf(group).Any(name => predicate.Matches(Encoding.UTF8.GetBytes(name))) != isNegated;
        }
    }

    internal override int Cost => 1;

    /// <summary>Whether it asks for names, as opposed to asking that they be others.</summary>
    internal bool IsNaming { get; init; }

    /// <summary>Whether it holds for a group of names.</summary>
    internal bool Holds(int group) => _byGroup[group];

    internal override bool? Decide(EventKind kind)
    {
        bool any = false;
        bool all = true;
        foreach (int group in EventTypes.GroupsOf(kind))
        {
            any |= _byGroup[group];
            all &= _byGroup[group];
        }

        return any == all ? any : null;
    }

    protected override bool Evaluate(in EventView e, FieldScratch s) => _byGroup[EventTypes.GroupOf(e)];
}

/// <summary>Asks for one text.</summary>
internal sealed class TextNode(FieldReader reader, TextPredicate predicate) : Node
{
    private readonly TextOf _text = reader.Text!;

    internal override int Cost => reader.Cost + predicate.Cost;

    internal override bool? Decide(EventKind kind)
    {
        if (!reader.Kinds.Contains(kind))
        {
            return false;
        }

        if (reader.TextsOf?.Invoke(kind) is not { } texts)
        {
            return null;
        }

        int count = texts.Count(text => predicate.Matches(Encoding.UTF8.GetBytes(text)));
        return count == 0 ? false : count == texts.Length ? true : null;
    }

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        ReadOnlySpan<byte> text = _text(e, s);
        return !FieldReader.IsMissing(text) && predicate.Matches(text);
    }
}

/// <summary>Asks whether one of several texts fits.</summary>
internal sealed class AnyTextNode(FieldReader reader, TextPredicate predicate) : Node
{
    internal override int Cost => reader.Cost + (4 * predicate.Cost);

    internal override bool? Decide(EventKind kind) => reader.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        for (int i = 0; ; i++)
        {
            ReadOnlySpan<byte> text = reader.Texts!(e, s, i, out bool end);
            if (end)
            {
                return false;
            }

            if (!FieldReader.IsMissing(text) && predicate.Matches(text))
            {
                return true;
            }
        }
    }
}

/// <summary>Asks whether there are texts and none of them fits.</summary>
internal sealed class NoTextNode(FieldReader reader, TextPredicate predicate) : Node
{
    internal override int Cost => reader.Cost + (4 * predicate.Cost);

    internal override bool? Decide(EventKind kind) => reader.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        bool hasAny = false;
        for (int i = 0; ; i++)
        {
            ReadOnlySpan<byte> text = reader.Texts!(e, s, i, out bool end);
            if (end)
            {
                return hasAny;
            }

            hasAny |= !FieldReader.IsMissing(text);
            if (!FieldReader.IsMissing(text) && predicate.Matches(text))
            {
                return false;
            }
        }
    }
}

/// <summary>Asks for one number.</summary>
internal sealed class NumberNode(FieldReader reader, NumberPredicate predicate) : Node
{
    private readonly NumberOf _number = reader.Number!;

    internal override int Cost => reader.Cost + 1;

    internal override bool? Decide(EventKind kind) => !reader.Kinds.Contains(kind) ? false
        : reader.ConstantOf?.Invoke(kind) is { } constant ? predicate.Matches(constant)
        : null;

    protected override bool Evaluate(in EventView e, FieldScratch s) => _number(e, s, out long value) && predicate.Matches(value);
}

/// <summary>Asks whether one of several numbers fits.</summary>
internal sealed class AnyNumberNode(FieldReader reader, NumberPredicate predicate) : Node
{
    internal override int Cost => reader.Cost + 4;

    internal override bool? Decide(EventKind kind) => reader.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        for (int i = 0; reader.Numbers!(e, s, i, out long value); i++)
        {
            if (predicate.Matches(value))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Asks whether there are numbers and all of them fit.</summary>
internal sealed class AllNumbersNode(FieldReader reader, NumberPredicate predicate) : Node
{
    internal override int Cost => reader.Cost + 4;

    internal override bool? Decide(EventKind kind) => reader.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        int i = 0;
        for (; reader.Numbers!(e, s, i, out long value); i++)
        {
            if (!predicate.Matches(value))
            {
                return false;
            }
        }

        return i > 0;
    }
}

/// <summary>Asks whether there is a value.</summary>
internal sealed class ExistsNode(FieldReader reader) : Node
{
    internal override int Cost => reader.Cost;

    internal override bool? Decide(EventKind kind) => !reader.Kinds.Contains(kind) ? false
        : reader.IsEventType || reader.ConstantOf?.Invoke(kind) is not null || reader.TextsOf?.Invoke(kind) is not null ? true
        : null;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        if (reader.Text is { } text)
        {
            return reader.Shape == ValueShape.Number ? reader.Number!(e, s, out _) : !FieldReader.IsMissing(text(e, s));
        }

        if (reader.Number is { } number)
        {
            return number(e, s, out _);
        }

        if (reader.Numbers is { } numbers)
        {
            return numbers(e, s, 0, out _);
        }

        for (int i = 0; ; i++)
        {
            ReadOnlySpan<byte> item = reader.Texts!(e, s, i, out bool end);
            if (end || !FieldReader.IsMissing(item))
            {
                return !end;
            }
        }
    }
}
