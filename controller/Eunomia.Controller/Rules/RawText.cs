using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>A file as it is, and where its lines begin.</summary>
internal sealed class RawText
{
    private readonly List<int> _lines = [0];

    public RawText(string file, string text)
    {
        (File, Text) = (file, text);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lines.Add(i + 1);
            }
        }
    }

    public string File { get; }

    public string Text { get; }

    public SourcePosition At(int offset)
    {
        int line = _lines.BinarySearch(offset);
        line = line < 0 ? ~line - 1 : line;
        return new SourcePosition(File, line + 1, offset - _lines[line] + 1);
    }

    /// <summary>Whether nothing but blanks stands before it on its line.</summary>
    public bool IsFirstOnLine(int offset)
    {
        int begin = offset;
        while (begin > 0 && Text[begin - 1] is ' ' or '\t')
        {
            begin--;
        }
        return begin == 0 || Text[begin - 1] == '\n';
    }
}
