using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Makes leaves of comparisons.</summary>
internal static class ComparisonCompiler
{
    /// <param name="comparison">What is compared, and how.</param>
    /// <param name="used">Told of every field in it.</param>
    internal static Node Compile(Comparison comparison, Action<FieldInfo>? used)
    {
        FieldReader left = OperandReaders.Bind(comparison.Left, used);
        bool isList = comparison.Operator >= ComparisonOperator.In;
        if (!isList && comparison.Right.Count != 1)
        {
            throw new RuleException(comparison.Position.Value, $"'{left.Name}' is compared with one value here, not with {comparison.Right.Count}");
        }

        if (comparison.Right.Count > 0 && comparison.Right[0] is FieldOperand or TransformOperand)
        {
            return CompilePair(comparison, left, [.. comparison.Right.Select(operand => OperandReaders.Bind(operand, used))]);
        }

        LiteralOperand[] values = [.. comparison.Right.Select(operand => operand as LiteralOperand ?? throw new RuleException(comparison.Position.Value, "values and fields cannot be mixed in one list"))];
        return left.Shape switch
        {
            ValueShape.Number => CompileNumber(comparison, left, values),
            ValueShape.Address => CompileAddress(comparison, left, values),
            _ => CompileText(comparison, left, values),
        };
    }

    private static Node CompileText(Comparison comparison, FieldReader left, LiteralOperand[] values)
    {
        ComparisonOperator how = comparison.Operator;
        bool isNegated = how == ComparisonOperator.NotEqual;
        TextPredicate predicate = Predicate(left, isNegated ? ComparisonOperator.Equal : how, values);
        if (left.IsEventType)
        {
            return new EventTypeNode(predicate, isNegated) { IsNaming = !isNegated };
        }

        return Leaf(left, predicate, isNegated);
    }

    private static Node Leaf(FieldReader left, TextPredicate predicate, bool isNegated) => (left.IsMany, isNegated) switch
    {
        (true, true) when left.DiffersInAll => new NoTextNode(left, predicate),
        (true, _) => new AnyTextNode(left, isNegated ? new OtherPredicate(predicate) : predicate),
        _ => new TextNode(left, isNegated ? new OtherPredicate(predicate) : predicate),
    };

    /// <summary>What the values ask of a text.</summary>
    internal static TextPredicate Predicate(FieldReader left, ComparisonOperator how, LiteralOperand[] values)
    {
        byte[][] texts = [.. values.Select(Literals.Bytes)];
        return how switch
        {
            ComparisonOperator.Equal => new EqualPredicate(texts[0]),
            ComparisonOperator.In or ComparisonOperator.Intersects => texts.Length == 1 ? new EqualPredicate(texts[0]) : new SetPredicate(new Utf8Set(texts)),
            ComparisonOperator.StartsWith => new PrefixPredicate(new ByteTrie(texts)),
            ComparisonOperator.EndsWith => new SuffixPredicate(new ByteTrie(texts, reversed: true)),
            ComparisonOperator.Contains => new ContainsPredicate(texts),
            ComparisonOperator.IContains => new IgnoreCaseContainsPredicate([.. texts.Select(Lower)]),
            ComparisonOperator.BContains => new ContainsPredicate([Literals.Hex(left, values[0])]),
            ComparisonOperator.BStartsWith => new PrefixPredicate(new ByteTrie([Literals.Hex(left, values[0])])),
            ComparisonOperator.Glob => new GlobPredicate([.. values.Select(value => new GlobPattern(value.Text, ignoreCase: false))]),
            ComparisonOperator.IGlob => new GlobPredicate([.. values.Select(value => new GlobPattern(value.Text, ignoreCase: true))]),
            ComparisonOperator.Regex => Expression(values),
            ComparisonOperator.PMatch => new PathPredicate(new ByteTrie(texts.Select(TrimSlashes))),
            ComparisonOperator.Less => new OrderPredicate(texts[0], order => order < 0),
            ComparisonOperator.LessOrEqual => new OrderPredicate(texts[0], order => order <= 0),
            ComparisonOperator.Greater => new OrderPredicate(texts[0], order => order > 0),
            _ => new OrderPredicate(texts[0], order => order >= 0),
        };
    }

    private static RegexPredicate Expression(LiteralOperand[] values)
    {
        try
        {
            return new RegexPredicate([.. values.Select(value => value.Text)]);
        }
        catch (Exception e) when (e is RegexParseException or NotSupportedException)
        {
            throw new RuleException(values[0].Position.Value, $"'{values[0].Text}' is no regular expression that can be used: {e.Message}");
        }
    }

    private static Node CompileNumber(Comparison comparison, FieldReader left, LiteralOperand[] values)
    {
        long[] numbers = [.. values.Select(value => Literals.Number(left, value))];
        NumberPredicate predicate = comparison.Operator switch
        {
            ComparisonOperator.Equal => new SameNumber(numbers[0], isWanted: true),
            ComparisonOperator.NotEqual => new SameNumber(numbers[0], isWanted: false),
            ComparisonOperator.Less => numbers[0] == long.MinValue ? new NoNumber() : new NumberRange(long.MinValue, numbers[0] - 1),
            ComparisonOperator.LessOrEqual => new NumberRange(long.MinValue, numbers[0]),
            ComparisonOperator.Greater => numbers[0] == long.MaxValue ? new NoNumber() : new NumberRange(numbers[0] + 1, long.MaxValue),
            ComparisonOperator.GreaterOrEqual => new NumberRange(numbers[0], long.MaxValue),
            ComparisonOperator.In or ComparisonOperator.Intersects => new NumberSet(numbers.ToFrozenSet()),
            _ => throw Unfit(comparison, left, "a number", "= != < <= > >= in intersects exists"),
        };
        return !left.IsMany ? new NumberNode(left, predicate)
            : comparison.Operator == ComparisonOperator.NotEqual && left.DiffersInAll ? new AllNumbersNode(left, predicate)
            : new AnyNumberNode(left, predicate);
    }

    private static Node CompileAddress(Comparison comparison, FieldReader left, LiteralOperand[] values) => comparison.Operator switch
    {
        ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects =>
            Leaf(left, new NetworkPredicate(Literals.Networks(left, values)), isNegated: false),
        ComparisonOperator.NotEqual => Leaf(left, new NetworkPredicate(Literals.Networks(left, values)), isNegated: true),
        _ => throw Unfit(comparison, left, "an address", "= != in intersects exists"),
    };

    private static Node CompilePair(Comparison comparison, FieldReader left, FieldReader[] rights)
    {
        Node[] pairs = [.. rights.Select(right => CompilePair(comparison, left, right))];
        return pairs.Length == 1 ? pairs[0] : new OrNode(pairs);
    }

    private static Node CompilePair(Comparison comparison, FieldReader left, FieldReader right)
    {
        bool isNumber = left.Shape == ValueShape.Number;
        if (isNumber != (right.Shape == ValueShape.Number))
        {
            throw new RuleException(comparison.Position.Value, $"'{left.Name}' and '{right.Name}' cannot be compared: one is a number, the other is not");
        }

        if (right.IsMany)
        {
            throw new RuleException(comparison.Position.Value, $"'{right.Name}' may have several values: it can only stand on the left");
        }

        return isNumber
            ? new NumberPairNode(left, Numbers(comparison, left), right)
            : new TextPairNode(left, Texts(comparison, left), right);
    }

    private static Func<long, long, bool> Numbers(Comparison comparison, FieldReader left) => comparison.Operator switch
    {
        ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects => (a, b) => a == b,
        ComparisonOperator.NotEqual => (a, b) => a != b,
        ComparisonOperator.Less => (a, b) => a < b,
        ComparisonOperator.LessOrEqual => (a, b) => a <= b,
        ComparisonOperator.Greater => (a, b) => a > b,
        ComparisonOperator.GreaterOrEqual => (a, b) => a >= b,
        _ => throw Unfit(comparison, left, "a number", "= != < <= > >= in intersects exists"),
    };

    private static CompareTexts Texts(Comparison comparison, FieldReader left) => comparison.Operator switch
    {
        ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects => (a, b) => a.SequenceEqual(b),
        ComparisonOperator.NotEqual => (a, b) => !a.SequenceEqual(b),
        ComparisonOperator.StartsWith => (a, b) => a.StartsWith(b),
        ComparisonOperator.EndsWith => (a, b) => a.EndsWith(b),
        ComparisonOperator.Contains => (a, b) => a.IndexOf(b) >= 0,
        ComparisonOperator.IContains => ContainsIgnoreCase,
        ComparisonOperator.PMatch => IsAtOrBelow,
        ComparisonOperator.Less => (a, b) => a.SequenceCompareTo(b) < 0,
        ComparisonOperator.LessOrEqual => (a, b) => a.SequenceCompareTo(b) <= 0,
        ComparisonOperator.Greater => (a, b) => a.SequenceCompareTo(b) > 0,
        ComparisonOperator.GreaterOrEqual => (a, b) => a.SequenceCompareTo(b) >= 0,
        _ => throw Unfit(comparison, left, "compared with a field", "= != < <= > >= contains icontains startswith endswith pmatch in intersects"),
    };

    private static bool ContainsIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part)
    {
        for (int i = 0; i + part.Length <= text.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(i, part.Length), part) || text.Slice(i, part.Length).SequenceEqual(part))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAtOrBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> above)
    {
        ReadOnlySpan<byte> trimmed = above.TrimEnd((byte)'/');
        return path.StartsWith(trimmed) && (path.Length == trimmed.Length || path[trimmed.Length] == (byte)'/');
    }

    private static byte[] Lower(byte[] text) => Array.ConvertAll(text, b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b ^ 0x20) : b);

    private static byte[] TrimSlashes(byte[] path) => path.AsSpan().TrimEnd((byte)'/').ToArray();

    private static RuleException Unfit(Comparison comparison, FieldReader left, string what, string fitting) =>
        new(comparison.Position.Value, $"'{comparison.Operator.ToString().ToLowerInvariant()}' does not fit '{left.Name}', which is {what}: {fitting} do");
}
