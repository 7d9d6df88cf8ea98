using System.Text;

namespace Eunomia.Core.Rules.Conditions;

/// <summary>What characters words of the language are made of, and how quotes are written.</summary>
public static class ConditionWords
{
    /// <summary>What separates words.</summary>
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\b';

    /// <summary>What a value without quotes is made of.</summary>
    public static bool IsBare(char c) => !(IsBlank(c) || char.IsWhiteSpace(c) || c is '(' or ')' or '"' or '\'' or '=' or ',');

    /// <summary>What stands in brackets without quotes.</summary>
    public static bool IsArgument(char c) => !(IsBlank(c) || char.IsWhiteSpace(c) || c is '[' or ']' or '"' or '\'');

    /// <summary>How a name of a macro, or a part of a field's name, begins.</summary>
    public static bool IsNameStart(char c) => char.IsAsciiLetter(c);

    /// <summary>How it goes on.</summary>
    public static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Whether a value needs no quotes.</summary>
    public static bool IsBareWord(string text) =>
        text.Length > 0 && text.All(IsBare) && ComparisonOperators.FindQuantifier(text) == ListQuantifier.None;

    /// <summary>Whether it is a number as functions take it without quotes.</summary>
    public static bool IsNumber(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimStart("+-");
        return digits.Length > 0 && text.Length - digits.Length <= 1 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>In double quotes, with escapes.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\\' => "\\\\",
                '"' => "\\\"",
                < ' ' or '\x7f' => $"\\x{(int)c:x2}",
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }
}
