using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Tests.Rules;

/// <summary>
/// What a condition means, said as plainly as can be: values as strings, compared one by one. Shares with the engine only
/// how fields are read.
/// </summary>
internal sealed class NaiveInterpreter(FieldScratch scratch)
{
    public bool Holds(Condition condition, in EventView e)
    {
        switch (condition)
        {
            case Conjunction all:
                bool holds = true;
                foreach (Condition part in all.Parts)
                {
                    holds &= Holds(part, e);
                }

                return holds;
            case Disjunction any:
                bool one = false;
                foreach (Condition part in any.Parts)
                {
                    one |= Holds(part, e);
                }

                return one;
            case Negation not:
                return !Holds(not.Part, e);
            case Existence existence:
                return Values(existence.Left, e).Count > 0;
            default:
                return Holds((Comparison)condition, e);
        }
    }

    private bool Holds(Comparison comparison, in EventView e)
    {
        List<string> left = Values(comparison.Left, e);
        List<string> right = [];
        foreach (Operand operand in comparison.Right)
        {
            right.AddRange(Values(operand, e));
        }

        if (comparison.Operator == ComparisonOperator.NotEqual && IsAll(comparison.Left))
        {
            return left.Count > 0 && !left.Any(value => Fits(comparison, value, ComparisonOperator.Equal, right));
        }

        return left.Any(value => Fits(comparison, value, comparison.Operator, right));
    }

    private static bool IsAll(Operand operand) =>
        operand is FieldOperand { Name: "evt.type" or "syscall.type" or "fd.ip" or "fd.net" or "fd.port" };

    private static FieldType TypeOf(Operand operand) => operand switch
    {
        FieldOperand known => FieldCatalog.Find(known.Name)!.Type,
        TransformOperand { Function: "len" } => FieldType.Number,
        TransformOperand { Function: "val" } function => TypeOf(function.Arguments[0]),
        _ => FieldType.Text,
    };

    private static bool Fits(Comparison comparison, string value, ComparisonOperator how, List<string> right) => TypeOf(comparison.Left) switch
    {
        FieldType.Text or FieldType.Path => right.Any(other => FitsText(value, how, other)),
        FieldType.Address or FieldType.Network => how == ComparisonOperator.NotEqual
            ? right.Count > 0 && !right.Any(other => IsIn(value, other))
            : right.Any(other => IsIn(value, other)),
        _ => right.Any(other => FitsNumber(Number(value), how, Number(other))),
    };

    private static bool FitsText(string value, ComparisonOperator how, string other) => how switch
    {
        ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects => value == other,
        ComparisonOperator.NotEqual => value != other,
        ComparisonOperator.Contains => value.Contains(other, StringComparison.Ordinal),
        ComparisonOperator.IContains => value.Contains(other, StringComparison.OrdinalIgnoreCase),
        ComparisonOperator.StartsWith => value.StartsWith(other, StringComparison.Ordinal),
        ComparisonOperator.EndsWith => value.EndsWith(other, StringComparison.Ordinal),
        ComparisonOperator.Glob => Regex.IsMatch(value, Translate(other), RegexOptions.Singleline),
        ComparisonOperator.IGlob => Regex.IsMatch(value, Translate(other), RegexOptions.Singleline | RegexOptions.IgnoreCase),
        ComparisonOperator.Regex => Regex.IsMatch(value, $@"\A(?:{other})\z"),
        ComparisonOperator.PMatch => IsAtOrBelow(value, other.TrimEnd('/')),
        ComparisonOperator.BContains => value.Contains(Encoding.UTF8.GetString(Convert.FromHexString(other)), StringComparison.Ordinal),
        ComparisonOperator.BStartsWith => value.StartsWith(Encoding.UTF8.GetString(Convert.FromHexString(other)), StringComparison.Ordinal),
        ComparisonOperator.Less => string.CompareOrdinal(value, other) < 0,
        ComparisonOperator.LessOrEqual => string.CompareOrdinal(value, other) <= 0,
        ComparisonOperator.Greater => string.CompareOrdinal(value, other) > 0,
        _ => string.CompareOrdinal(value, other) >= 0,
    };

    private static bool FitsNumber(long value, ComparisonOperator how, long other) => how switch
    {
        ComparisonOperator.NotEqual => value != other,
        ComparisonOperator.Less => value < other,
        ComparisonOperator.LessOrEqual => value <= other,
        ComparisonOperator.Greater => value > other,
        ComparisonOperator.GreaterOrEqual => value >= other,
        _ => value == other,
    };

    private static bool IsAtOrBelow(string path, string above) =>
        path == above || (path.StartsWith(above, StringComparison.Ordinal) && path[above.Length] == '/');

    private static bool IsIn(string address, string network)
    {
        if (!network.Contains('/', StringComparison.Ordinal))
        {
            return IPAddress.Parse(address).Equals(IPAddress.Parse(network));
        }

        IPNetwork parsed = IPNetwork.Parse(network);
        return parsed.BaseAddress.AddressFamily == IPAddress.Parse(address).AddressFamily && parsed.Contains(IPAddress.Parse(address));
    }

    private static string Translate(string glob) =>
        $@"\A{Regex.Escape(glob).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal)}\z";

    private static long Number(string text) => text switch
    {
        "true" => 1,
        "false" => 0,
        _ when text.StartsWith("0x", StringComparison.Ordinal) => long.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        _ => long.Parse(text, CultureInfo.InvariantCulture),
    };

    private List<string> Values(Operand operand, in EventView e)
    {
        switch (operand)
        {
            case LiteralOperand literal:
                return [literal.Text];
            case FieldOperand known:
                return FieldValues(known, e);
            default:
                return Transformed((TransformOperand)operand, e);
        }
    }

    private List<string> Transformed(TransformOperand function, in EventView e)
    {
        List<string> inner = Values(function.Arguments[0], e);
        return function.Function switch
        {
            "tolower" => [.. inner.Select(Lower)],
            "toupper" => [.. inner.Select(Upper)],
            "basename" => [.. inner.Select(text => text[(text.LastIndexOf('/') + 1)..])],
            "len" when function.Arguments[0] is FieldOperand list && IsList(list) => !FieldCatalog.Find(list.Name)!.Kinds.Contains(e.Kind) ? [] : [inner.Count.ToString(CultureInfo.InvariantCulture)],
            "len" => [.. inner.Select(text => Encoding.UTF8.GetByteCount(text).ToString(CultureInfo.InvariantCulture))],
            _ => inner,
        };
    }

    private static bool IsList(FieldOperand field) =>
        FieldCatalog.Find(field.Name) is { IsList: true, Argument: var argument } && (field.Argument is null || argument is FieldArgument.Key or FieldArgument.OptionalKey);

    private static string Lower(string text) => string.Concat(text.Select(c => c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c));

    private static string Upper(string text) => string.Concat(text.Select(c => c is >= 'a' and <= 'z' ? (char)(c & ~0x20) : c));

    private List<string> FieldValues(FieldOperand known, in EventView e)
    {
        if (known.Name is "evt.type" or "syscall.type")
        {
            return [.. EventTypes.NamesOf(EventTypes.GroupOf(e))];
        }

        FieldReader reader = OperandReaders.Bind(known);
        List<string> values = [];
        if (!reader.Kinds.Contains(e.Kind))
        {
            return values;
        }

        if (reader.Numbers is { } numbers)
        {
            for (int i = 0; numbers(e, scratch, i, out long value); i++)
            {
                values.Add(value.ToString(CultureInfo.InvariantCulture));
            }
        }
        else if (reader.Texts is { } texts)
        {
            for (int i = 0; ; i++)
            {
                ReadOnlySpan<byte> text = texts(e, scratch, i, out bool end);
                if (end)
                {
                    break;
                }

                if (!FieldReader.IsMissing(text))
                {
                    values.Add(Show(reader, text));
                }
            }
        }
        else if (reader.Shape == ValueShape.Number)
        {
            if (reader.Number!(e, scratch, out long value))
            {
                values.Add(value.ToString(CultureInfo.InvariantCulture));
            }
        }
        else if (reader.Text!(e, scratch) is var single && !FieldReader.IsMissing(single))
        {
            values.Add(Show(reader, single));
        }

        return values;
    }

    private static string Show(FieldReader reader, ReadOnlySpan<byte> value) =>
        reader.Shape == ValueShape.Address ? new IPAddress(value).ToString() : Encoding.UTF8.GetString(value);
}
