using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Rules.Engine;

/// <summary>The fields that a condition names.</summary>
internal static class ConditionFields
{
    internal static IEnumerable<FieldOperand> Of(Condition condition) => condition switch
    {
        Conjunction all => all.Parts.SelectMany(Of),
        Disjunction any => any.Parts.SelectMany(Of),
        Negation not => Of(not.Part),
        Existence existence => Of(existence.Left),
        Comparison comparison => Of(comparison.Left).Concat(comparison.Right.SelectMany(Of)),
        _ => [],
    };

    private static IEnumerable<FieldOperand> Of(Operand operand) => operand switch
    {
        FieldOperand known => [known],
        TransformOperand function => function.Arguments.SelectMany(Of),
        _ => [],
    };
}
