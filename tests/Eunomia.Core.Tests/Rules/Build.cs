using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Tests.Rules;

/// <summary>Short forms for conditions and rules.</summary>
internal static class Build
{
    public static Condition Is(string field, ComparisonOperator how, params string[] values) =>
        new Comparison(Field(field), how, [.. values.Select(value => (Operand)new LiteralOperand(value, default))], default);

    public static Condition Is(Operand left, ComparisonOperator how, params Operand[] values) =>
        new Comparison(left, how, [.. values], default);

    public static Condition Eq(string field, string value) => Is(field, ComparisonOperator.Equal, value);

    public static Condition In(string field, params string[] values) => Is(field, ComparisonOperator.In, values);

    public static Condition Exists(string field) => new Existence(Field(field), default);

    public static Condition All(params Condition[] parts) => new Conjunction([.. parts]);

    public static Condition Any(params Condition[] parts) => new Disjunction([.. parts]);

    public static Condition Not(Condition part) => new Negation(part);

    /// <summary>"proc.aname[2]".</summary>
    public static FieldOperand Field(string text)
    {
        int bracket = text.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0
            ? new FieldOperand(text, null, default)
            : new FieldOperand(text[..bracket], text[(bracket + 1)..^1], default);
    }

    public static TransformOperand Call(string function, params Operand[] arguments) => new(function, [.. arguments], default);

    public static LiteralOperand Text(string text) => new(text, default);

    public static Rule Rule(Condition condition, string output = "fired", string name = "rule") =>
        new() { Name = name, Condition = condition, Output = output };

    public static SequenceRule Sequence(TimeSpan within, SequenceJoin by, string[] same, params Condition[] steps) => new()
    {
        Rule = Rule(steps[^1], "sequence", "sequence"),
        Steps = steps,
        Within = within,
        By = by,
        Same = [.. same.Select(Field)],
    };

    public static RuleSet Set(params Rule[] rules) => new(rules, []);

    public static RuleSet Set(params SequenceRule[] sequences) => new([], sequences);
}
