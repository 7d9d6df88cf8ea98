using System.Text;
using Eunomia.Core.Rules.Conditions;
using Parlot.Fluent;

namespace Eunomia.Controller.Rules.Language;

/// <summary>The tokens of conditions.</summary>
internal static class Tokens
{
    private static readonly string[] Keywords = ["and", "or", "not"];
    private static readonly string[] Symbols = ["==", "=", "!=", "<=", "<", ">=", ">"];

    /// <summary>A macro's name, or a list's.</summary>
    public static readonly Parser<Located<string>> Name = new Token<string>(TakeName);

    /// <summary>A dotted name.</summary>
    public static readonly Parser<Located<string>> Field = new Token<string>(TakeField);

    /// <summary>A name right before a parenthesis, with it.</summary>
    public static readonly Parser<Located<string>> Function = new Token<string>(TakeFunction);

    public static readonly Parser<Located<string>> Quoted = new Token<string>(QuotedText.Take);

    public static readonly Parser<Located<string>> Bare = new Token<string>(TakeBare);

    public static readonly Parser<Located<string>> Number = new Token<string>(TakeNumber);

    /// <summary>What stands in brackets, with them.</summary>
    public static readonly Parser<Located<string>> Argument = new Token<string>(TakeArgument, isAttached: true);

    /// <summary><c>oneof</c> and so on, where values follow.</summary>
    public static readonly Parser<Located<string>> Quantifier = new Token<string>(TakeQuantifier);

    /// <summary>Nothing more.</summary>
    public static readonly Parser<Located<string>> End = new Token<string>(context => context.Scanner.Cursor.Eof ? "" : null);

    public static Parser<Located<string>> Keyword(string word) => new Token<string>(context => TakeWord(context) == word ? word : null);

    public static Parser<Located<string>> Symbol(char c) => new Token<string>(context => context.TakeChar(c) ? "" : null);

    /// <summary>An operator of a kind.</summary>
    public static Parser<Located<string>> Operator(Func<ComparisonOperator, bool> isMeant) =>
        new Token<string>(context => TakeOperator(context) is { } text && ComparisonOperators.Find(text) is { } found && isMeant(found) ? text : null);

    public static string? TakeOperator(ConditionContext context)
    {
        string? symbol = Array.Find(Symbols, text => context.Scanner.Cursor.Match(text));
        if (symbol is not null)
        {
            context.Scanner.Cursor.Advance(symbol.Length);
            return symbol;
        }
        string word = TakeWord(context);
        bool ends = context.Scanner.Cursor.Eof || !context.Next(ConditionWords.IsBare);
        return word.Length > 0 && ends ? word : null;
    }

    private static string TakeWord(ConditionContext context) => context.Next(ConditionWords.IsNameStart) ? context.Take(ConditionWords.IsName) : "";

    private static string? TakeName(ConditionContext context)
    {
        string name = TakeWord(context);
        if (name.Length == 0 || Keywords.Contains(name))
        {
            return null;
        }
        context.LastName = (name, context.Offset);
        return name;
    }

    private static string? TakeField(ConditionContext context)
    {
        string name = TakeWord(context);
        int parts = name.Length > 0 ? 1 : 0;
        while (parts > 0 && context.Next('.') && ConditionWords.IsNameStart(context.Peek(1)))
        {
            context.TakeChar('.');
            name += $".{TakeWord(context)}";
            parts++;
        }
        return parts > 1 ? name : null;
    }

    private static string? TakeFunction(ConditionContext context)
    {
        int begin = context.Offset;
        string name = TakeWord(context);
        if (name.Length == 0 || Keywords.Contains(name) || !context.TakeChar('('))
        {
            return null;
        }
        if (Transformer.Find(name) is null)
        {
            string[] names = [.. Transformer.All.Select(function => function.Name)];
            ConditionContext.Fail(
                begin, $"there is no function '{name}'{Core.Spelling.MayBe(name, names)}; allowed: {string.Join(", ", names)}");
        }
        return name;
    }

    private static string? TakeBare(ConditionContext context) => context.Take(ConditionWords.IsBare) is { Length: > 0 } word ? word : null;

    private static string? TakeNumber(ConditionContext context)
    {
        var number = new StringBuilder();
        if (context.Next('+') || context.Next('-'))
        {
            number.Append(context.Take(c => c is '+' or '-'));
        }
        number.Append(context.Take(ConditionWords.IsBare));
        string text = number.ToString();
        return ConditionWords.IsNumber(text) || IsHex(text) ? text : null;
    }

    private static bool IsHex(string text) =>
        text.Length > 2 && text[0] == '0' && text[1] is 'x' or 'X' && text.Skip(2).All(char.IsAsciiHexDigit);

    private static string? TakeArgument(ConditionContext context)
    {
        if (!context.TakeChar('['))
        {
            return null;
        }
        string? argument = QuotedText.Take(context) ?? context.Take(ConditionWords.IsArgument);
        if (argument.Length == 0 && !context.Next(']'))
        {
            context.FailExpecting("a field's argument, with quotes if it has blanks,");
        }
        if (!context.TakeChar(']'))
        {
            context.FailExpecting("']' behind a field's argument");
        }
        return argument;
    }

    private static string? TakeQuantifier(ConditionContext context)
    {
        string word = TakeWord(context);
        if (ComparisonOperators.FindQuantifier(word) == ListQuantifier.None || !(context.Next(ConditionWords.IsBlank) || context.Next('(')))
        {
            return null;
        }
        int end = context.Offset;
        context.SkipBlanks();
        bool follows = context.Next('(') || TakeName(context) is not null;
        context.Scanner.Cursor.ResetPosition(new Parlot.TextPosition(end, 1, 1));
        return follows ? word : null;
    }
}
