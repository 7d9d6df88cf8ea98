using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Checks;

/// <summary>What can be told of a resolved condition without an event.</summary>
public static class RuleFacts
{
    private const int Ancestors = 8;

    /// <summary>Names of the events that it can hold for; null when it may be any.</summary>
    public static IReadOnlySet<string>? Events(Condition condition)
    {
        switch (condition)
        {
            case Comparison { Left: FieldOperand { Name: "evt.type" or "evt.kind" }, Operator: ComparisonOperator.Equal or ComparisonOperator.In } comparison:
                return comparison.Right.All(value => value is LiteralOperand)
                    ? comparison.Right.Select(value => ((LiteralOperand)value).Text).ToHashSet()
                    : null;
            case Conjunction all:
                IReadOnlySet<string>[] known = [.. all.Parts.Select(Events).OfType<IReadOnlySet<string>>()];
                return known.Length == 0 ? null : known.Aggregate((left, right) => left.Intersect(right).ToHashSet());
            case Disjunction any:
                IReadOnlySet<string>?[] each = [.. any.Parts.Select(Events)];
                return each.Contains(null) ? null : each.Aggregate((left, right) => left!.Union(right!).ToHashSet());
            default:
                return null;
        }
    }

    /// <summary>
    /// How many simple comparisons an event of these kinds costs when everything must be looked at. A set is one, a search within
    /// a text is 4, a regular expression 20, a function 5 more; without a number, ancestors are looked at one after the other.
    /// </summary>
    public static long Cost(Condition condition) => condition switch
    {
        Comparison comparison => Weight(comparison) + comparison.Right.Sum(value => Functions(value)),
        Existence exists => Values(exists.Left) + Functions(exists.Left),
        _ => ConditionWalk.Parts(condition).Sum(Cost),
    };

    private static long Weight(Comparison comparison)
    {
        long each = comparison.Operator switch
        {
            ComparisonOperator.Contains or ComparisonOperator.IContains or ComparisonOperator.BContains => 4,
            ComparisonOperator.Glob or ComparisonOperator.IGlob => 6,
            ComparisonOperator.Regex => 20,
            ComparisonOperator.PMatch => 2,
            _ => 1,
        };
        return (each * Values(comparison.Left)) + Functions(comparison.Left);
    }

    private static int Values(Operand operand) =>
        operand is FieldOperand { Argument: null, Name: "proc.aname" or "proc.aexe" or "proc.aexepath" or "proc.apid" or "proc.aenv" or "proc.acmdline" or "container.aname" } ? Ancestors : 1;

    private static long Functions(Operand operand) => operand switch
    {
        TransformOperand function => 5 + function.Arguments.Sum(Functions),
        GroupOperand group => group.Items.Sum(Functions),
        _ => 0,
    };
}
