using System.Text;

namespace Eunomia.Core.Rules.Conditions;

/// <summary>Writes conditions as rules have them, with the fewest parentheses. What it writes is read as the same tree.</summary>
public static class ConditionPrinter
{
    private const int Widest = 100;
    private const int Step = 4;

    private enum Binding
    {
        Or,
        And,
        Not,
        Single,
    }

    /// <summary>On one line.</summary>
    public static string Print(Condition condition) => Flat(condition, Binding.Or, isResolved: false);

    /// <summary>
    /// A resolved condition over as many lines as are good to read; values have quotes only where they must, as no word can be
    /// a list's name any more.
    /// </summary>
    public static string PrintResolved(Condition condition)
    {
        var text = new StringBuilder();
        Lines(text, condition, Binding.Or, 0);
        return text.ToString();
    }

    /// <summary>A field or whatever else is compared.</summary>
    public static string Print(Operand operand) => Value(operand, isItem: false, isResolved: false);

    private static string Flat(Condition condition, Binding least, bool isResolved)
    {
        string text = condition switch
        {
            Disjunction any => string.Join(" or ", any.Parts.Select(part => Flat(part, Binding.And, isResolved))),
            Conjunction all => string.Join(" and ", all.Parts.Select(part => Flat(part, Binding.Not, isResolved))),
            Negation not => $"not {Flat(not.Part, Binding.Single, isResolved)}",
            NameReference name => name.Name,
            Existence exists => $"{Value(exists.Left, false, isResolved)} exists",
            Comparison comparison => Compare(comparison, isResolved),
            _ => throw new ArgumentException($"no such condition: {condition}", nameof(condition)),
        };
        return Own(condition) < least ? $"({text})" : text;
    }

    private static Binding Own(Condition condition) => condition switch
    {
        Disjunction => Binding.Or,
        Conjunction => Binding.And,
        Negation => Binding.Not,
        _ => Binding.Single,
    };

    private static string Compare(Comparison comparison, bool isResolved)
    {
        string head = $"{Value(comparison.Left, false, isResolved)} {comparison.Operator.Text()}";
        if (comparison.Quantifier != ListQuantifier.None)
        {
            head += $" {comparison.Quantifier.Text()}";
        }
        return $"{head} {Right(comparison, isResolved)}";
    }

    private static string Right(Comparison comparison, bool isResolved)
    {
        bool isList = comparison.Operator.TakesList() || comparison.Quantifier != ListQuantifier.None;
        if (!isList || comparison.Right is [TransformOperand])
        {
            return Value(comparison.Right[0], isItem: false, isResolved);
        }
        return $"({string.Join(", ", comparison.Right.Select(item => Value(item, isItem: true, isResolved)))})";
    }

    // An item without quotes may be a list's name, unless there are none any more.
    private static string Value(Operand operand, bool isItem, bool isResolved) => operand switch
    {
        FieldOperand field => field.Name + Brackets(field.Argument),
        TransformOperand function =>
            $"{function.Function}({string.Join(", ", function.Arguments.Select(Argument))}){Brackets(function.Argument)}",
        ListOperand list => list.Name,
        LiteralOperand value => (isItem && !isResolved) || !ConditionWords.IsBareWord(value.Text)
            ? ConditionWords.Quote(value.Text)
            : value.Text,
        GroupOperand group => $"({string.Join(", ", group.Items.Select(Argument))})",
        _ => throw new ArgumentException($"no such operand: {operand}", nameof(operand)),
    };

    private static string Argument(Operand operand) => operand is LiteralOperand value
        ? ConditionWords.IsNumber(value.Text) ? value.Text : ConditionWords.Quote(value.Text)
        : Value(operand, isItem: false, isResolved: false);

    private static string Brackets(string? argument)
    {
        if (argument is null)
        {
            return "";
        }
        bool isBare = argument.Length > 0 && argument.All(ConditionWords.IsArgument);
        return $"[{(isBare ? argument : ConditionWords.Quote(argument))}]";
    }

    private static void Lines(StringBuilder text, Condition condition, Binding least, int indent)
    {
        string flat = Flat(condition, least, isResolved: true);
        bool inside = Own(condition) < least;
        switch (condition)
        {
            case Conjunction or Disjunction when inside && flat.Length + indent > Widest:
                text.Append('(');
                Join(text, condition, indent + Step);
                text.Append(')');
                break;
            case Conjunction or Disjunction when flat.Length + indent > Widest || (indent == 0 && condition is Conjunction):
                Join(text, condition, indent);
                break;
            case Negation not when flat.Length + indent > Widest:
                text.Append("not ");
                Lines(text, not.Part, Binding.Single, indent);
                break;
            case Comparison comparison when flat.Length + indent > Widest && comparison.Right.Count > 1:
                Items(text, comparison, indent + Step);
                break;
            default:
                text.Append(flat);
                break;
        }
    }

    private static void Join(StringBuilder text, Condition condition, int indent)
    {
        (ValueList<Condition> parts, string word, Binding least) = condition is Conjunction all
            ? (all.Parts, "and ", Binding.Not)
            : (((Disjunction)condition).Parts, "or ", Binding.And);
        for (int i = 0; i < parts.Count; i++)
        {
            if (i > 0)
            {
                text.Append('\n').Append(' ', indent).Append(word);
            }
            Lines(text, parts[i], least, indent);
        }
    }

    private static void Items(StringBuilder text, Comparison comparison, int indent)
    {
        text.Append(Value(comparison.Left, false, true)).Append(' ').Append(comparison.Operator.Text()).Append(" (");
        int column = Widest;
        for (int i = 0; i < comparison.Right.Count; i++)
        {
            string item = Value(comparison.Right[i], isItem: true, isResolved: true) + (i + 1 < comparison.Right.Count ? "," : "");
            if (column + item.Length > Widest)
            {
                text.Append('\n').Append(' ', indent);
                column = indent;
            }
            else
            {
                text.Append(' ');
            }
            text.Append(item);
            column += item.Length + 1;
        }
        text.Append(')');
    }
}
