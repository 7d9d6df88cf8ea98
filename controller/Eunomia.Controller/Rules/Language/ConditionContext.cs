using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Parlot;
using Parlot.Fluent;

namespace Eunomia.Controller.Rules.Language;

/// <summary>One text on its way through the grammar.</summary>
internal sealed class ConditionContext(SourceText source) : ParseContext(new Scanner(source.Text), disableLoopDetection: true)
{
    private const int Deepest = 100;

    private int _depth;

    /// <summary>The last word that was taken for a macro, and where it ended: it may have been meant for a field.</summary>
    public (string Name, int End) LastName { get; set; } = ("", -1);

    private Cursor Cursor => Scanner.Cursor;

    public int Offset => Cursor.Offset;

    public static ConditionContext Of(ParseContext context) => (ConditionContext)context;

    public SourcePosition At(int offset) => source.At(offset);

    public void SkipBlanks()
    {
        while (!Cursor.Eof && ConditionWords.IsBlank(Cursor.Current))
        {
            Cursor.Advance();
        }
    }

    public string Take(Func<char, bool> belongs)
    {
        int begin = Cursor.Offset;
        while (!Cursor.Eof && belongs(Cursor.Current))
        {
            Cursor.Advance();
        }
        return Scanner.Buffer[begin..Cursor.Offset];
    }

    public bool TakeChar(char c)
    {
        bool isThere = Next(c);
        if (isThere)
        {
            Cursor.Advance();
        }
        return isThere;
    }

    public bool Next(char c) => !Cursor.Eof && Cursor.Current == c;

    public bool Next(Func<char, bool> belongs) => !Cursor.Eof && belongs(Cursor.Current);

    /// <summary>The character a number of places further; 0 behind the end.</summary>
    public char Peek(int distance) => Cursor.Offset + distance < Scanner.Buffer.Length ? Scanner.Buffer[Cursor.Offset + distance] : '\0';

    public void Enter()
    {
        if (++_depth > Deepest)
        {
            Fail(Offset, $"is nested deeper than {Deepest}; put parts of it into macros");
        }
    }

    public void Leave() => _depth--;

    [DoesNotReturn]
    public static void Fail(int offset, string message) => throw new ParseException(message, new TextPosition(offset, 1, 1));

    /// <summary>Says what stands here in place of what should.</summary>
    [DoesNotReturn]
    public void FailExpecting(string expected)
    {
        SkipBlanks();
        string found = Found();
        Fail(Offset, $"found {found} where {expected} should be{Hints.For(this, found)}");
    }

    /// <summary>The next word, for a message.</summary>
    private string Found()
    {
        const int longest = 40;
        if (Cursor.Eof)
        {
            return "the end";
        }
        ReadOnlySpan<char> rest = Cursor.Span;
        int length = 0;
        while (length < rest.Length && ConditionWords.IsBare(rest[length]))
        {
            length++;
        }
        string word = rest[..Math.Clamp(length, 1, longest)].ToString();
        return $"'{string.Concat(word.Select(c => char.IsControl(c) ? '?' : c))}'";
    }
}
