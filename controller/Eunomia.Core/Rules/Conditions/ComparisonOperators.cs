using System.Collections.Frozen;

namespace Eunomia.Core.Rules.Conditions;

/// <summary>How operators are written.</summary>
public static class ComparisonOperators
{
    private static readonly string[] Texts =
    [
        "=", "!=", "<", "<=", ">", ">=", "contains", "icontains", "bcontains", "startswith", "bstartswith", "endswith",
        "glob", "iglob", "regex", "in", "intersects", "pmatch",
    ];

    private static readonly string[] QuantifierTexts = ["", "oneof", "anyof", "allof"];

    private static readonly FrozenDictionary<string, ComparisonOperator> ByText = Texts
        .Select((text, index) => KeyValuePair.Create(text, (ComparisonOperator)index))
        .Append(KeyValuePair.Create("==", ComparisonOperator.Equal))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] AllTexts = [.. Texts, "exists"];

    /// <summary>What may stand behind a field, <c>exists</c> too.</summary>
    public static IReadOnlyList<string> All => AllTexts;

    /// <summary>The words that may stand between an operator and its values.</summary>
    public static IReadOnlyList<string> Quantifiers { get; } = QuantifierTexts[1..];

    /// <summary>As it is written.</summary>
    public static string Text(this ComparisonOperator comparison) => Texts[(int)comparison];

    /// <summary>As it is written; empty for none.</summary>
    public static string Text(this ListQuantifier quantifier) => QuantifierTexts[(int)quantifier];

    /// <summary>The operator that is written so, or null.</summary>
    public static ComparisonOperator? Find(string text) =>
        ByText.TryGetValue(text, out ComparisonOperator comparison) ? comparison : null;

    /// <summary>The quantifier that is written so, or none.</summary>
    public static ListQuantifier FindQuantifier(string text) =>
        (ListQuantifier)Math.Max(0, Array.IndexOf(QuantifierTexts, text));

    /// <summary>Whether it compares with all values of a list at once.</summary>
    public static bool TakesList(this ComparisonOperator comparison) => comparison >= ComparisonOperator.In;

    /// <summary>Whether it asks which of two is larger.</summary>
    public static bool IsOrder(this ComparisonOperator comparison) =>
        comparison is >= ComparisonOperator.Less and <= ComparisonOperator.GreaterOrEqual;

    /// <summary>Whether <c>oneof</c>, <c>anyof</c> and <c>allof</c> may stand behind it.</summary>
    public static bool TakesQuantifier(this ComparisonOperator comparison) => !comparison.TakesList() && !comparison.IsOrder();
}
