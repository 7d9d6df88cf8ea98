using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>A text that stands in a file, quoted, folded or in pieces, and where each of its characters stands there.</summary>
internal sealed class SourceText
{
    private readonly (RawText Raw, int Offset)[] _origins;

    private SourceText(string text, (RawText Raw, int Offset)[] origins) => (Text, _origins) = (text, origins);

    public string Text { get; }

    /// <summary>Where it begins.</summary>
    public SourcePosition Position => At(0);

    /// <summary>A text that no file has in this form: all of it stands at one place.</summary>
    public static SourceText At(RawText raw, int offset, string text) => new(text, [.. Enumerable.Repeat((raw, offset), text.Length + 1)]);

    /// <summary>A text of its own, for one who has no file.</summary>
    public static SourceText Plain(string text, string file = "")
    {
        var raw = new RawText(file, text);
        return new SourceText(text, [.. Enumerable.Range(0, text.Length + 1).Select(offset => (raw, offset))]);
    }

    /// <summary>What a quoted, folded or plain scalar means, which begins at an offset.</summary>
    public static SourceText Of(RawText raw, int begin, int end, string value, ScalarStyle style) =>
        new(value, [.. new ScalarAlignment(raw.Text, begin, end, style).Align(value).Select(offset => (raw, offset))]);

    /// <summary>Where the character at an offset stands.</summary>
    public SourcePosition At(int offset)
    {
        (RawText raw, int at) = _origins[Math.Clamp(offset, 0, _origins.Length - 1)];
        return raw.At(at);
    }

    /// <summary>This, a blank, and the other.</summary>
    public SourceText Append(SourceText other) => new($"{Text} {other.Text}", [.. _origins, .. other._origins]);

    /// <summary>With blanks in place of lines that begin with <c>#</c>, quoted ones apart.</summary>
    public SourceText WithoutComments()
    {
        if (!Text.Contains('#'))
        {
            return this;
        }
        char[] text = Text.ToCharArray();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            if (quote == '\0' && text[i] == '#' && _origins[i].Raw.IsFirstOnLine(_origins[i].Offset))
            {
                int line = At(i).Line;
                while (i < text.Length && At(i).Line == line)
                {
                    text[i++] = ' ';
                }
                i--;
            }
            else if (text[i] == '\\' && quote != '\0')
            {
                i++;
            }
            else if (text[i] is '"' or '\'' && (quote == '\0' || quote == text[i]))
            {
                quote = quote == '\0' ? text[i] : '\0';
            }
        }
        return new SourceText(new string(text), _origins);
    }
}
