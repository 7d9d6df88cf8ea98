using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>What an exception stands for: its values as a condition, which is put behind the rule's with <c>and not</c>.</summary>
internal sealed class ExceptionConditions(List<Finding> findings)
{
    /// <summary>The condition; null when there is no value, or something is wrong.</summary>
    public Condition? Make(ExceptionState exception)
    {
        if (exception.Fields is not { } fields)
        {
            Fail(exception, exception.Position, "fields is missing");
            return null;
        }
        return fields.IsList ? Tuples(exception, fields) : Single(exception, fields);
    }

    private Comparison? Single(ExceptionState exception, ExceptionEntry field)
    {
        string word = exception.Comparisons?.Text?.Text.Trim() ?? "in";
        if (exception.Comparisons is { IsList: true } comparisons)
        {
            Fail(exception, comparisons.Position, "with one field there is one comparison, not a list of them");
            return null;
        }
        if (Operator(exception, word, exception.Comparisons?.Position ?? field.Position) is not { } comparison || Left(exception, field) is not { } left)
        {
            return null;
        }
        if (!comparison.TakesList)
        {
            Fail(exception, exception.Comparisons!.Position, $"'{word}' takes one value, and with one field there are several; allowed: in, intersects, pmatch, or one like 'startswith anyof'");
            return null;
        }
        List<Operand> values = [];
        foreach (ExceptionEntry value in exception.Values)
        {
            if (value.Text is not { } text)
            {
                Fail(exception, value.Position, "with one field the values are texts, not lists");
                return null;
            }
            values.Add(ConditionParser.ParseItem(text));
        }
        return values.Count == 0 ? null : comparison.Make(left, ValueList.Create<Operand>([.. values]));
    }

    private Condition? Tuples(ExceptionState exception, ExceptionEntry fields)
    {
        IReadOnlyList<ExceptionEntry>? words = exception.Comparisons?.Items;
        if (exception.Comparisons is { IsList: false } comparisons)
        {
            Fail(exception, comparisons.Position, "with a list of fields there is a list of comparisons");
            return null;
        }
        if (words is not null && words.Count != fields.Items.Count)
        {
            Fail(exception, exception.Comparisons!.Position, $"{fields.Items.Count} fields and {words.Count} comparisons; there must be one for each");
            return null;
        }
        List<Condition> any = [];
        foreach (ExceptionEntry tuple in exception.Values)
        {
            if (tuple.Items.Count != fields.Items.Count)
            {
                Fail(exception, tuple.Position, $"{fields.Items.Count} fields and {(tuple.IsList ? tuple.Items.Count : 1)} values; there must be a list with one for each");
                return null;
            }
            IEnumerable<Condition?> all = fields.Items.Select((field, index) => Compare(exception, field, words?[index], tuple.Items[index]));
            Condition?[] parts = [.. all];
            if (parts.Contains(null))
            {
                return null;
            }
            any.Add(ConditionTree.All(parts!));
        }
        return any.Count == 0 ? null : ConditionTree.Any(any);
    }

    private Comparison? Compare(ExceptionState exception, ExceptionEntry field, ExceptionEntry? word, ExceptionEntry value)
    {
        if (Operator(exception, word?.Text?.Text.Trim() ?? "=", word?.Position ?? field.Position) is not { } comparison || Left(exception, field) is not { } left)
        {
            return null;
        }
        if (!comparison.TakesList)
        {
            if (value.Text is { } text)
            {
                return comparison.Make(left, [ConditionParser.ParseSingle(text)]);
            }
            Fail(exception, value.Position, $"'{comparison.Operator.Text()}' takes one value, not a list");
            return null;
        }
        return Values(exception, value) is { } values ? comparison.Make(left, values) : null;
    }

    // A list, the language's list in parentheses, or one item.
    private ValueList<Operand>? Values(ExceptionState exception, ExceptionEntry value)
    {
        if (value.Text is not { } text)
        {
            return ValueList.Create<Operand>([.. value.Items.Select(item => item.Text).OfType<SourceText>().Select(ConditionParser.ParseItem)]);
        }
        if (!text.Text.StartsWith('('))
        {
            return [ConditionParser.ParseItem(text)];
        }
        if (ConditionParser.TryParseValues(text, out ValueList<Operand>? values, out ConditionError? error))
        {
            return values;
        }
        Fail(exception, error.Position, error.Message);
        return null;
    }

    private Operand? Left(ExceptionState exception, ExceptionEntry field)
    {
        string text = field.Text?.Text ?? "";
        if (field.Text is { } source
            && ConditionParser.TryParse(source.Append(SourceText.Plain("exists")), out Condition? condition, out _)
            && condition is Existence exists)
        {
            return exists.Left;
        }
        Fail(exception, field.Position, $"'{text}' is no field");
        return null;
    }

    private Meaning? Operator(ExceptionState exception, string text, SourcePosition position)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        ListQuantifier quantifier = words.Length == 2 ? ComparisonOperators.FindQuantifier(words[1]) : ListQuantifier.None;
        if (words.Length is 1 or 2 && ComparisonOperators.Find(words[0]) is { } comparison
            && (words.Length == 1 || (quantifier != ListQuantifier.None && comparison.TakesQuantifier())))
        {
            return new Meaning(comparison, quantifier, position);
        }
        string[] allowed = [.. ComparisonOperators.All.Where(word => word != "exists")];
        Fail(exception, position, $"'{text}' is no operator{Spelling.MayBe(text, allowed)}; allowed: {string.Join(' ', allowed)}");
        return null;
    }

    private void Fail(ExceptionState exception, SourcePosition position, string message) =>
        findings.Add(new Finding(FindingKind.Mistake, position, $"exception '{exception.Name}': {message}"));

    private sealed record Meaning(ComparisonOperator Operator, ListQuantifier Quantifier, SourcePosition Position)
    {
        public bool TakesList => Operator.TakesList() || Quantifier != ListQuantifier.None;

        public Comparison Make(Operand left, ValueList<Operand> values) => new(left, Operator, values, Position) { Quantifier = Quantifier };
    }
}
