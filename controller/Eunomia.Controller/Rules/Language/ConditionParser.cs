using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Parlot;
using Parlot.Fluent;

namespace Eunomia.Controller.Rules.Language;

/// <summary>What is wrong with a condition, and where.</summary>
internal sealed record ConditionError(SourcePosition Position, string Message);

/// <summary>Reads conditions, and values as lists and exceptions have them.</summary>
internal static class ConditionParser
{
    private const int Longest = 1 << 20;

    public static bool TryParse(SourceText text, [NotNullWhen(true)] out Condition? condition, [NotNullWhen(false)] out ConditionError? error) =>
        TryRun(ConditionGrammar.Condition, text, out condition, out error);

    /// <summary>Values in parentheses.</summary>
    public static bool TryParseValues(SourceText text, [NotNullWhen(true)] out ValueList<Operand>? values, [NotNullWhen(false)] out ConditionError? error) =>
        TryRun(ConditionGrammar.ValuesOnly, text, out values, out error);

    /// <summary>A list's item or an exception's value: in quotes of the language, a word, or a text that is one value as it is.</summary>
    public static Operand ParseItem(SourceText text) => text.Text switch
    {
        ['"' or '\'', ..] when TryRun(ConditionGrammar.SingleOnly, text, out ValueList<Operand>? quoted, out _) => quoted[0],
        { Length: > 0 } word when word.All(ConditionWords.IsBare) => new ListOperand(word, text.Position),
        _ => new LiteralOperand(text.Text, text.Position),
    };

    /// <summary>What one value of an exception stands for: a function too.</summary>
    public static Operand ParseSingle(SourceText text)
    {
        int open = text.Text.IndexOf('(', StringComparison.Ordinal);
        bool isFunction = open > 0 && Transformer.Find(text.Text[..open]) is not null;
        if (isFunction && TryRun(ConditionGrammar.SingleOnly, text, out ValueList<Operand>? value, out _))
        {
            return value[0];
        }
        return ParseItem(text) is ListOperand word ? new LiteralOperand(word.Name, word.Position) : ParseItem(text);
    }

    private static bool TryRun<T>(
        Parser<T> parser, SourceText text, [NotNullWhen(true)] out T? value, [NotNullWhen(false)] out ConditionError? error)
        where T : class
    {
        value = null;
        if (text.Text.Length > Longest)
        {
            error = new ConditionError(text.Position, $"is longer than {Longest} characters");
            return false;
        }
        bool isRight = parser.TryParse(new ConditionContext(text), out T? found, out ParseError? wrong);
        error = isRight && found is not null ? null : new ConditionError(text.At(wrong?.Position.Offset ?? 0), wrong?.Message ?? "is no condition");
        value = error is null ? found : null;
        return error is null;
    }
}
