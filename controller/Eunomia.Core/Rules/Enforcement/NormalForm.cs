using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Rules.Enforcement;

/// <summary>A condition as alternatives, each a list of comparisons that must hold, negated or not.</summary>
internal static class NormalForm
{
    /// <summary>More are not made: the kernel has room for that many in all.</summary>
    public const int AlternativesMax = 256;

    public static List<List<(Condition Leaf, bool IsNegated)>> Of(Condition condition) => Expand(condition, false);

    private static List<List<(Condition Leaf, bool IsNegated)>> Expand(Condition condition, bool negated) => condition switch
    {
        Negation negation => Expand(negation.Part, !negated),
        Conjunction all => negated ? Any(all.Parts, true) : All(all.Parts, false),
        Disjunction any => negated ? All(any.Parts, true) : Any(any.Parts, false),
        _ => [[(condition, negated)]],
    };

    private static List<List<(Condition Leaf, bool IsNegated)>> Any(ValueList<Condition> parts, bool negated) =>
        Bounded([.. parts.SelectMany(part => Expand(part, negated))]);

    private static List<List<(Condition Leaf, bool IsNegated)>> All(ValueList<Condition> parts, bool negated)
    {
        List<List<(Condition Leaf, bool IsNegated)>> result = [[]];
        foreach (Condition part in parts)
        {
            List<List<(Condition Leaf, bool IsNegated)>> more = Expand(part, negated);
            if ((long)result.Count * more.Count > AlternativesMax)
            {
                throw new ReductionException($"it has more than {AlternativesMax} alternatives");
            }

            result = [.. result.SelectMany(one => more.Select(other => (List<(Condition, bool)>)[.. one, .. other]))];
        }

        return result;
    }

    private static List<List<(Condition Leaf, bool IsNegated)>> Bounded(List<List<(Condition Leaf, bool IsNegated)>> alternatives) =>
        alternatives.Count <= AlternativesMax
            ? alternatives
            : throw new ReductionException($"it has more than {AlternativesMax} alternatives");
}
