using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Checks;

/// <summary>Whether one condition holds whenever another one does. Says no when it cannot tell.</summary>
internal static class Implications
{
    public static bool Implies(Condition one, Condition other)
    {
        if (one.Equals(other))
        {
            return true;
        }
        if (one is Conjunction all)
        {
            return all.Parts.Any(part => Implies(part, other));
        }
        return one is Comparison left && other is Comparison right && left.Left.Equals(right.Left) && Implies(left, right);
    }

    private static bool Implies(Comparison one, Comparison other)
    {
        if (Texts(one) is not { Length: > 0 } values || Texts(other) is not { Length: > 0 } wider)
        {
            return false;
        }
        bool isExact = one.Operator is ComparisonOperator.Equal or ComparisonOperator.In;
        return other.Operator switch
        {
            ComparisonOperator.Equal or ComparisonOperator.In => isExact && values.All(wider.Contains),
            ComparisonOperator.StartsWith => (isExact || one.Operator == ComparisonOperator.StartsWith)
                && values.All(value => value.StartsWith(wider[0], StringComparison.Ordinal)),
            ComparisonOperator.EndsWith => (isExact || one.Operator == ComparisonOperator.EndsWith)
                && values.All(value => value.EndsWith(wider[0], StringComparison.Ordinal)),
            ComparisonOperator.Contains => (isExact || one.Operator is ComparisonOperator.StartsWith or ComparisonOperator.EndsWith or ComparisonOperator.Contains)
                && values.All(value => value.Contains(wider[0], StringComparison.Ordinal)),
            _ => false,
        };
    }

    private static string[]? Texts(Comparison comparison) =>
        comparison.Right.All(value => value is LiteralOperand) ? [.. comparison.Right.Select(value => ((LiteralOperand)value).Text)] : null;
}
