using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>How two texts are compared.</summary>
internal delegate bool CompareTexts(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

/// <summary>Compares texts of two fields; of several on the left one that fits is enough.</summary>
internal sealed class TextPairNode(FieldReader left, CompareTexts compare, FieldReader right) : Node
{
    internal override int Cost => left.Cost + right.Cost + 5;

    internal override bool? Decide(EventKind kind) => left.Kinds.Contains(kind) && right.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        ReadOnlySpan<byte> other = right.Text!(e, s);
        if (FieldReader.IsMissing(other))
        {
            return false;
        }

        if (left.Text is { } single)
        {
            ReadOnlySpan<byte> text = single(e, s);
            return !FieldReader.IsMissing(text) && compare(text, other);
        }

        for (int i = 0; ; i++)
        {
            ReadOnlySpan<byte> text = left.Texts!(e, s, i, out bool end);
            if (end)
            {
                return false;
            }

            if (!FieldReader.IsMissing(text) && compare(text, other))
            {
                return true;
            }
        }
    }
}

/// <summary>Compares numbers of two fields; of several on the left one that fits is enough.</summary>
internal sealed class NumberPairNode(FieldReader left, Func<long, long, bool> compare, FieldReader right) : Node
{
    internal override int Cost => left.Cost + right.Cost + 2;

    internal override bool? Decide(EventKind kind) => left.Kinds.Contains(kind) && right.Kinds.Contains(kind) ? null : false;

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        if (!right.Number!(e, s, out long other))
        {
            return false;
        }

        if (left.Number is { } single)
        {
            return single(e, s, out long value) && compare(value, other);
        }

        for (int i = 0; left.Numbers!(e, s, i, out long value); i++)
        {
            if (compare(value, other))
            {
                return true;
            }
        }

        return false;
    }
}
