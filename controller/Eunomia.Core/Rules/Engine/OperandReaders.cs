using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Makes readers of fields and of what functions make of them.</summary>
internal static class OperandReaders
{
    private const int TransformCost = 15;

    private delegate bool Change(ReadOnlySpan<byte> text, Utf8Buffer to);

    /// <summary>The functions that there are.</summary>
    internal static IReadOnlyList<string> Functions { get; } = ["b64", "basename", "concat", "join", "len", "tolower", "toupper", "val"];

    /// <summary>A reader of an operand that is no literal.</summary>
    internal static FieldReader Bind(Operand operand, Action<FieldInfo>? used = null) => operand switch
    {
        FieldOperand known => BindField(known, used),
        TransformOperand function => BindFunction(function, used),
        LiteralOperand literal => Literal(literal.Text),
        ListOperand list => throw new RuleException(list.Position.Value, $"unknown list '{list.Name}'"),
        _ => throw new RuleException(default, "not a field"),
    };

    private static FieldReader BindField(FieldOperand operand, Action<FieldInfo>? used)
    {
        SourcePosition at = operand.Position.Value;
        FieldDefinition definition = FieldCatalog.FindDefinition(operand.Name)
            ?? throw new RuleException(at, $"unknown field '{operand.Name}'");
        if (operand.Name is "evt.arg" or "evt.rawarg" && !string.IsNullOrEmpty(operand.Argument))
        {
            definition = FieldCatalog.FindDefinition($"{operand.Name}.{operand.Argument}")!;
            operand = operand with { Argument = null };
        }

        FieldArgument wanted = definition.Info.Argument;
        string? argument = operand.Argument;
        if (argument is not null && wanted == FieldArgument.None)
        {
            throw new RuleException(at, $"'{operand.Name}' takes nothing in brackets");
        }

        if (string.IsNullOrEmpty(argument) && wanted is FieldArgument.Index or FieldArgument.Key)
        {
            throw new RuleException(at, $"'{operand.Name}' needs {(wanted == FieldArgument.Index ? "a number" : "a name")} in brackets");
        }

        if (!string.IsNullOrEmpty(argument) && wanted is FieldArgument.Index or FieldArgument.OptionalIndex
            && !int.TryParse(argument, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new RuleException(at, $"'{operand.Name}' takes a number from 0 in brackets, not '{argument}'");
        }

        used?.Invoke(definition.Info);
        return definition.Bind(string.IsNullOrEmpty(argument) ? null : argument);
    }

    private static FieldReader BindFunction(TransformOperand function, Action<FieldInfo>? used)
    {
        SourcePosition at = function.Position.Value;
        FieldReader[] arguments = [.. function.Arguments.Select(argument => Bind(argument, used))];
        if (arguments.Length == 0 || (arguments.Length > 1 && function.Function is not ("concat" or "join")))
        {
            throw new RuleException(at, $"'{function.Function}' takes {(function.Function is "concat" or "join" ? "at least one value" : "one value")}");
        }

        return function.Function switch
        {
            "val" or "storage" => arguments[0],
            "tolower" => Changed(at, function, arguments[0], (text, to) => AppendCase(text, to, 'A', 'Z')),
            "toupper" => Changed(at, function, arguments[0], (text, to) => AppendCase(text, to, 'a', 'z')),
            "basename" => Part(at, function, arguments[0]),
            "b64" => Changed(at, function, arguments[0], AppendDecoded),
            "len" => Length(arguments[0]),
            "concat" => Joined(at, function, [], arguments),
            "join" when arguments.Length > 1 => Joined(at, function, [arguments[0]], arguments[1..]),
            "join" => throw new RuleException(at, "'join' takes a separator and at least one value"),
            _ => throw new RuleException(at, $"unknown function '{function.Function}'; there are {string.Join(", ", Functions)}"),
        };
    }

    private static FieldReader Literal(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return new FieldReader { Name = text, Type = FieldType.Text, Text = (in EventView _, FieldScratch _) => FieldReader.OrEmpty(bytes), Cost = 1 };
    }

    private static string NameOf(TransformOperand function, params ReadOnlySpan<FieldReader> inner)
    {
        var name = new StringBuilder(function.Function).Append('(');
        foreach (FieldReader reader in inner)
        {
            name.Append(name[^1] == '(' ? "" : ", ").Append(reader.Name);
        }

        return name.Append(')').ToString();
    }

    private static void RequireText(SourcePosition at, TransformOperand function, FieldReader inner)
    {
        if (inner.Shape != ValueShape.Text)
        {
            throw new RuleException(at, $"'{function.Function}' takes text, and '{inner.Name}' is none");
        }
    }

    private static FieldReader Changed(SourcePosition at, TransformOperand function, FieldReader inner, Change change)
    {
        RequireText(at, function, inner);
        if (inner.Texts is { } texts)
        {
            return new FieldReader
            {
                Name = NameOf(function, inner),
                Type = FieldType.Text,
                Texts = (in EventView e, FieldScratch s, int index, out bool end) => Apply(s, texts(e, s, index, out end), change),
                Kinds = inner.Kinds,
                Cost = inner.Cost + TransformCost,
                DiffersInAll = inner.DiffersInAll,
            };
        }

        TextOf text = inner.Text!;
        return new FieldReader
        {
            Name = NameOf(function, inner),
            Type = FieldType.Text,
            Text = (in EventView e, FieldScratch s) => Apply(s, text(e, s), change),
            Kinds = inner.Kinds,
            Cost = inner.Cost + TransformCost,
        };
    }

    private static ReadOnlySpan<byte> Apply(FieldScratch s, ReadOnlySpan<byte> text, Change change)
    {
        if (FieldReader.IsMissing(text))
        {
            return FieldReader.Missing;
        }

        Utf8Buffer to = s.Changed;
        int start = to.Length;
        bool isKnown = change(text, to);
        return isKnown ? FieldReader.OrEmpty(to.Written[start..]) : FieldReader.Missing;
    }

    private static FieldReader Part(SourcePosition at, TransformOperand function, FieldReader inner)
    {
        RequireText(at, function, inner);
        TextOf? text = inner.Text;
        TextAt? texts = inner.Texts;
        return new FieldReader
        {
            Name = NameOf(function, inner),
            Type = FieldType.Text,
            Text = text is null ? null : (in EventView e, FieldScratch s) => FdFields.BaseName(text(e, s)),
            Texts = texts is null ? null : (in EventView e, FieldScratch s, int index, out bool end) => FdFields.BaseName(texts(e, s, index, out end)),
            Kinds = inner.Kinds,
            Cost = inner.Cost + 2,
            DiffersInAll = inner.DiffersInAll,
        };
    }

    /// <summary>Bytes of a text, digits of a number, how many there are of what may be several.</summary>
    private static FieldReader Length(FieldReader inner) => new()
    {
        Name = $"len({inner.Name})",
        Type = FieldType.Number,
        Number = (in EventView e, FieldScratch s, out long value) => ReadLength(inner, e, s, out value),
        Kinds = inner.Kinds,
        Cost = inner.Cost + 2,
    };

    private static bool ReadLength(FieldReader inner, in EventView e, FieldScratch s, out long value)
    {
        value = 0;
        if (inner.Texts is { } texts)
        {
            for (int i = 0; ; i++)
            {
                ReadOnlySpan<byte> item = texts(e, s, i, out bool end);
                if (end)
                {
                    return true;
                }

                value += FieldReader.IsMissing(item) ? 0 : 1;
            }
        }

        if (inner.Numbers is { } numbers)
        {
            while (numbers(e, s, (int)value, out _))
            {
                value++;
            }

            return true;
        }

        if (inner.Shape == ValueShape.Text)
        {
            ReadOnlySpan<byte> text = inner.Text!(e, s);
            value = text.Length;
            return !FieldReader.IsMissing(text);
        }

        int start = s.Changed.Length;
        bool isKnown = ValueText.TryAppend(inner, e, s, s.Changed);
        value = s.Changed.Length - start;
        s.Changed.Truncate(start);
        return isKnown;
    }

    /// <summary>All of them in a row; missing when one is.</summary>
    private static FieldReader Joined(SourcePosition at, TransformOperand function, FieldReader[] separator, FieldReader[] parts)
    {
        EventKindSet kinds = FieldCatalog.AllKinds;
        foreach (FieldReader part in parts)
        {
            kinds = part.Kinds.Intersect(kinds);
            if (part.IsMany && function.Function == "concat")
            {
                throw new RuleException(at, $"'concat' takes single values, and '{part.Name}' may have several");
            }
        }

        BuildText build = (in EventView e, FieldScratch s, Utf8Buffer to) =>
        {
            for (int i = 0; i < parts.Length; i++)
            {
                bool isKnown = i == 0 || separator.Length == 0 || ValueText.TryAppend(separator[0], e, s, to);
                if (!isKnown || !ValueText.TryAppend(parts[i], e, s, to, separator.Length == 0 ? null : separator[0]))
                {
                    return false;
                }
            }

            return true;
        };
        return new FieldReader
        {
            Name = NameOf(function, [.. separator, .. parts]),
            Type = FieldType.Text,
            Text = (in EventView e, FieldScratch s) => s.Make(e, build),
            Kinds = kinds,
            Cost = TransformCost + parts.Sum(part => part.Cost),
        };
    }

    private static bool AppendCase(ReadOnlySpan<byte> text, Utf8Buffer to, char first, char last)
    {
        foreach (byte b in text)
        {
            to.Append(b >= first && b <= last ? (byte)(b ^ 0x20) : b);
        }

        return true;
    }

    private static bool AppendDecoded(ReadOnlySpan<byte> text, Utf8Buffer to)
    {
        int start = to.Length;
        to.AppendRepeated(0, Base64.GetMaxDecodedFromUtf8Length(text.Length));
        OperationStatus status = Base64.DecodeFromUtf8(text, to.WrittenFrom(start), out _, out int written);
        to.Truncate(start + (status == OperationStatus.Done ? written : 0));
        return status == OperationStatus.Done;
    }
}
