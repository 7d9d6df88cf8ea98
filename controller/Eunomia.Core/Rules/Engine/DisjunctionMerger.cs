using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Comparisons of one operand in one way with several values, any of which is enough: asked as one.</summary>
/// <param name="Left">The operand.</param>
/// <param name="Operator">How.</param>
/// <param name="Values">What with.</param>
internal sealed record MergedComparison(Operand Left, ComparisonOperator Operator, ValueList<LiteralOperand> Values) : Condition
{
    internal Node Compile(Action<FieldInfo> used)
    {
        FieldReader left = OperandReaders.Bind(Left, used);
        TextPredicate predicate = ComparisonCompiler.Predicate(left, Operator, [.. Values]);
        return left.IsMany ? new AnyTextNode(left, predicate) : new TextNode(left, predicate);
    }
}

/// <summary>Puts together what can be asked in one walk: <c>a startswith x or a startswith y</c>.</summary>
internal static class DisjunctionMerger
{
    internal static IEnumerable<Condition> Merge(IReadOnlyList<Condition> parts)
    {
        Dictionary<(Operand Left, ComparisonOperator How), List<LiteralOperand>> groups = [];
        foreach (Condition part in parts)
        {
            if (Group(part) is { } group)
            {
                groups.TryAdd(group, []);
                groups[group].AddRange(((Comparison)part).Right.Cast<LiteralOperand>());
            }
        }

        HashSet<(Operand, ComparisonOperator)> done = [];
        foreach (Condition part in parts)
        {
            if (Group(part) is not { } group || groups[group].Count == ((Comparison)part).Right.Count)
            {
                yield return part;
            }
            else if (done.Add(group))
            {
                yield return new MergedComparison(group.Left, group.How, [.. groups[group]]);
            }
        }
    }

    private static (Operand Left, ComparisonOperator How)? Group(Condition part)
    {
        if (part is not Comparison comparison || !comparison.Right.All(value => value is LiteralOperand) || !IsText(comparison.Left))
        {
            return null;
        }

        return comparison.Operator switch
        {
            ComparisonOperator.Equal or ComparisonOperator.In or ComparisonOperator.Intersects => (comparison.Left, ComparisonOperator.In),
            ComparisonOperator.StartsWith or ComparisonOperator.EndsWith or ComparisonOperator.Contains or ComparisonOperator.PMatch
                or ComparisonOperator.IContains or ComparisonOperator.Glob or ComparisonOperator.IGlob => (comparison.Left, comparison.Operator),
            _ => null,
        };
    }

    /// <summary>Names of calls and kinds are decided without being asked.</summary>
    private static bool IsText(Operand operand) => operand is FieldOperand { Name: not ("evt.type" or "evt.kind" or "syscall.type") } known
        && FieldCatalog.Find(known.Name) is { Type: FieldType.Text or FieldType.Path };
}
