namespace Eunomia.Core.Rules.Conditions;

/// <summary>Goes through conditions.</summary>
public static class ConditionWalk
{
    /// <summary>The condition and all that it is made of.</summary>
    public static IEnumerable<Condition> All(Condition condition)
    {
        var waiting = new Stack<Condition>([condition]);
        while (waiting.TryPop(out Condition? next))
        {
            yield return next;
            foreach (Condition part in Parts(next).Reverse())
            {
                waiting.Push(part);
            }
        }
    }

    /// <summary>What it is made of directly.</summary>
    public static IEnumerable<Condition> Parts(Condition condition) => condition switch
    {
        Conjunction all => all.Parts,
        Disjunction any => any.Parts,
        Negation not => [not.Part],
        _ => [],
    };

    /// <summary>How many parts it has, up to a number where counting ends.</summary>
    public static long Count(Condition condition, long most) => All(condition).Take((int)Math.Min(most, int.MaxValue)).LongCount();

    /// <summary>All fields that it looks at, those within functions too.</summary>
    public static IEnumerable<FieldOperand> Fields(Condition condition) => All(condition).SelectMany(part => part switch
    {
        Comparison comparison => comparison.Right.Prepend(comparison.Left).SelectMany(Fields),
        Existence exists => Fields(exists.Left),
        _ => [],
    });

    /// <summary>All fields of an operand.</summary>
    public static IEnumerable<FieldOperand> Fields(Operand operand) => operand switch
    {
        FieldOperand field => [field],
        TransformOperand function => function.Arguments.SelectMany(Fields),
        GroupOperand group => group.Items.SelectMany(Fields),
        _ => [],
    };
}
