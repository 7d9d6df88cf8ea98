using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Language;

/// <summary>Puts conditions together, and never a conjunction into one, nor a disjunction.</summary>
internal static class ConditionTree
{
    public static Condition All(IReadOnlyList<Condition> parts) => parts.Count == 1
        ? parts[0]
        : new Conjunction(ValueList.Create<Condition>([.. parts.SelectMany(part => part is Conjunction all ? all.Parts : (IEnumerable<Condition>)[part])]));

    public static Condition Any(IReadOnlyList<Condition> parts) => parts.Count == 1
        ? parts[0]
        : new Disjunction(ValueList.Create<Condition>([.. parts.SelectMany(part => part is Disjunction any ? any.Parts : (IEnumerable<Condition>)[part])]));
}
