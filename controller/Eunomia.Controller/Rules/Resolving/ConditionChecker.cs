using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>
/// Fills lists into a condition, gives fields the names that the engine knows, says <c>oneof</c> and the like with simpler
/// words, and finds what does not fit. Macros stay.
/// </summary>
internal sealed class ConditionChecker(FieldSource fields, ListTable lists, List<Finding> findings)
{
    private const int MostOfOne = 32;

    private readonly OperandChecker _operands = new(fields, findings);

    public Condition Check(Condition condition) => condition switch
    {
        Conjunction all => ConditionTree.All([.. all.Parts.Select(Check)]),
        Disjunction any => ConditionTree.Any([.. any.Parts.Select(Check)]),
        Negation not => new Negation(Check(not.Part)),
        Existence exists => exists with { Left = _operands.Check(exists.Left, out _) },
        Comparison comparison => Check(comparison),
        _ => condition,
    };

    private Condition Check(Comparison comparison)
    {
        Operand left = _operands.Check(comparison.Left, out OperandType? type);
        ValueList<Operand> right = lists.Fill(comparison.Right);
        if (type is { } known)
        {
            right = CheckRight(comparison, right, known);
        }
        Tell(comparison, right);
        comparison = comparison with { Left = left, Right = right };
        return comparison.Quantifier == ListQuantifier.None ? comparison : Simplify(comparison, type?.IsList ?? false);
    }

    private ValueList<Operand> CheckRight(Comparison comparison, ValueList<Operand> right, OperandType type)
    {
        string what = ConditionPrinter.Print(comparison.Left);
        if (ValueRules.Misfit(comparison.Operator, type.Type) is { } misfit)
        {
            findings.Add(new Finding(FindingKind.Mistake, comparison.Position.Value, $"'{comparison.Operator.Text()}' does not fit {what}, which is {ValueRules.Name(type.Type)}; {misfit}"));
            return right;
        }
        List<Operand> values = [];
        foreach (Operand value in right)
        {
            if (value is LiteralOperand literal)
            {
                if (ValueRules.Wrong(comparison.Operator, type.Type, literal.Text) is { } wrong)
                {
                    findings.Add(new Finding(FindingKind.Mistake, literal.Position.Value, $"'{literal.Text}' {wrong}, as {what} wants"));
                }
                values.Add(literal);
                continue;
            }
            values.Add(_operands.Check(value, out OperandType? other));
            if (other is { } found && !ValueRules.AreComparable(type.Type, found.Type))
            {
                findings.Add(new Finding(
                    FindingKind.Mistake, comparison.Position.Value, $"{what} is {ValueRules.Name(type.Type)}, and {ConditionPrinter.Print(value)} is {ValueRules.Name(found.Type)}; compare like with like"));
            }
        }
        return ValueList.Create<Operand>([.. values]);
    }

    private void Tell(Comparison comparison, ValueList<Operand> right)
    {
        if (comparison.Right.Count == 0)
        {
            findings.Add(new Finding(FindingKind.Oddity, comparison.Position.Value, "an empty list () has no value that could match"));
        }
        if (comparison.Left is FieldOperand { Name: "evt.type", Argument: null } && comparison.Operator is ComparisonOperator.Equal or ComparisonOperator.In)
        {
            foreach (LiteralOperand name in right.OfType<LiteralOperand>().Where(name => !EventNames.Has(name.Text)))
            {
                findings.Add(new Finding(FindingKind.Oddity, name.Position.Value, $"no event is called '{name.Text}'{Core.Spelling.MayBe(name.Text, EventNames.All)}"));
            }
        }
        foreach (ListOperand word in comparison.Right.OfType<ListOperand>().Where(word => word.Name.Contains('_') && !lists.Has(word.Name)))
        {
            if (Core.Spelling.Nearest(word.Name, lists.Names.Where(name => name.Contains('_'))) is { } near && Math.Abs(near.Length - word.Name.Length) < 3)
            {
                findings.Add(new Finding(FindingKind.Oddity, word.Position.Value, $"there is no list '{word.Name}', so it is a text; did you mean the list '{near}'?"));
            }
        }
    }

    private Condition Simplify(Comparison comparison, bool isList)
    {
        bool isSet = comparison.Operator == ComparisonOperator.Equal && !isList && comparison.Quantifier != ListQuantifier.AllOf;
        if (isSet || comparison.Right.Count == 0)
        {
            return comparison with { Operator = ComparisonOperator.In, Quantifier = ListQuantifier.None };
        }
        Condition[] single = [.. comparison.Right.Select(value => comparison with { Right = [value], Quantifier = ListQuantifier.None })];
        return comparison.Quantifier switch
        {
            ListQuantifier.AnyOf => ConditionTree.Any(single),
            ListQuantifier.AllOf => ConditionTree.All(single),
            _ => ExactlyOne(comparison, single),
        };
    }

    private Condition ExactlyOne(Comparison comparison, Condition[] single)
    {
        if (single.Length > MostOfOne)
        {
            findings.Add(new Finding(FindingKind.Mistake, comparison.Position.Value, $"oneof takes {MostOfOne} values at most, not {single.Length}; anyof takes any number"));
            return single[0];
        }
        return ConditionTree.Any([.. single.Select((one, index) => ConditionTree.All(
            [one, .. single.Where((_, other) => other != index).Select(other => new Negation(other))]))]);
    }
}
