using System.Globalization;
using System.Text;

namespace Eunomia.Controller.Rules.Language;

/// <summary>
/// Texts in quotes of either kind, with the escapes <c>\b \f \n \r \t \\ \/ \xNN</c> and that of the quote itself. A backslash
/// before a blank stands for itself, and the blank is lost: rules were written for that.
/// </summary>
internal static class QuotedText
{
    /// <summary>The text; null when no quote stands here.</summary>
    public static string? Take(ConditionContext context)
    {
        if (!context.Next('"') && !context.Next('\''))
        {
            return null;
        }
        int begin = context.Offset;
        char quote = context.Scanner.Cursor.Current;
        context.TakeChar(quote);
        var text = new StringBuilder();
        while (!context.Scanner.Cursor.Eof)
        {
            if (context.TakeChar(quote))
            {
                return text.ToString();
            }
            char c = context.Scanner.Cursor.Current;
            if (c == '\\')
            {
                TakeEscape(context, quote, text);
            }
            else
            {
                text.Append(c);
                context.TakeChar(c);
            }
        }
        ConditionContext.Fail(begin, $"the text that begins here has no end; put a {quote} behind it");
        return null;
    }

    private static void TakeEscape(ConditionContext context, char quote, StringBuilder text)
    {
        char c = context.Peek(1);
        if (c == 'x')
        {
            TakeBytes(context, text);
            return;
        }
        if (c is '"' or '\'' && c != quote)
        {
            ConditionContext.Fail(context.Offset, $"\\{c} is not possible between {quote} and {quote}; write {c} alone");
        }
        char? meant = c switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            ' ' or '\\' => '\\',
            '/' or '"' or '\'' => c,
            _ => null,
        };
        if (meant is not { } known)
        {
            ConditionContext.Fail(
                context.Offset, $"there is no escape '\\{(char.IsControl(c) ? ' ' : c)}'; allowed: \\\\ \\{quote} \\/ \\b \\f \\n \\r \\t \\xNN, and \\\\ is a backslash");
            return;
        }
        text.Append(known);
        Advance(context, 2);
    }

    /// <summary>Bytes in hexadecimal; those that follow one another are one UTF-8 text.</summary>
    private static void TakeBytes(ConditionContext context, StringBuilder text)
    {
        int begin = context.Offset;
        List<byte> bytes = [];
        while (context.Next('\\') && context.Peek(1) == 'x')
        {
            ReadOnlySpan<char> digits = [context.Peek(2), context.Peek(3)];
            if (!byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                ConditionContext.Fail(context.Offset, "\\x wants two hexadecimal digits: \\x1b");
            }
            bytes.Add(value);
            Advance(context, 4);
        }
        try
        {
            text.Append(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]));
        }
        catch (DecoderFallbackException)
        {
            ConditionContext.Fail(begin, "these bytes are no UTF-8 text; compare bytes with bcontains or bstartswith, in hexadecimal");
        }
    }

    private static void Advance(ConditionContext context, int count)
    {
        for (int i = 0; i < count; i++)
        {
            context.Scanner.Cursor.Advance();
        }
    }
}
