namespace Eunomia.Controller.Rules;

/// <summary>How a scalar is written.</summary>
internal enum ScalarStyle
{
    /// <summary>As it is; line ends and what follows them may have become blanks.</summary>
    Plain,

    /// <summary>With <c>|</c> or <c>&gt;</c>, from the next line on.</summary>
    Block,

    /// <summary>In YAML's single quotes: two stand for one.</summary>
    SingleQuoted,

    /// <summary>In double quotes, with escapes.</summary>
    Escaped,

    /// <summary>In TOML's single quotes: everything as it is.</summary>
    Literal,
}

/// <summary>Finds out where the characters of a scalar's value stand, by reading value and file side by side.</summary>
internal sealed class ScalarAlignment(string raw, int begin, int end, ScalarStyle style)
{
    private readonly int _end = Math.Min(end, raw.Length);
    private readonly int _begin = begin;
    private int _at = begin;

    /// <summary>An offset for each character, and one for what follows.</summary>
    public int[] Align(string value)
    {
        var offsets = new int[value.Length + 1];
        Open();
        for (int i = 0; i < value.Length; i++)
        {
            offsets[i] = Step(value, ref i, offsets);
        }
        offsets[value.Length] = Math.Min(_at, Math.Max(_begin, _end - (style == ScalarStyle.Plain ? 0 : 1)));
        return offsets;
    }

    private void Open()
    {
        if (style == ScalarStyle.Block)
        {
            int line = raw.IndexOf('\n', _at);
            _at = line < 0 ? _end : line + 1;
        }
        else if (style != ScalarStyle.Plain && _at < _end)
        {
            char quote = raw[_at];
            bool isTriple = style != ScalarStyle.SingleQuoted && raw.AsSpan(_at).StartsWith([quote, quote, quote]);
            _at += isTriple ? 3 : 1;
        }
    }

    private int Step(string value, ref int i, int[] offsets)
    {
        char c = value[i];
        SkipTo(c);
        int here = Math.Min(_at, _end);
        if (_at >= _end)
        {
            return here;
        }
        if (style == ScalarStyle.Escaped && raw[_at] == '\\')
        {
            _at += EscapeLength(_at);
            if (char.IsHighSurrogate(c) && i + 1 < value.Length)
            {
                offsets[i++] = here;
            }
        }
        else if (raw[_at] == c)
        {
            _at += style == ScalarStyle.SingleQuoted && c == '\'' ? 2 : 1;
        }
        else if (IsBlank(c) && IsBlank(raw[_at]))
        {
            _at++;
        }
        return here;
    }

    /// <summary>Passes over what no character of the value stands for: indentation, folded lines.</summary>
    private void SkipTo(char c)
    {
        while (_at < _end && raw[_at] != c)
        {
            if (style == ScalarStyle.Escaped && raw[_at] == '\\')
            {
                if (_at + 1 >= _end || !IsBlank(raw[_at + 1]) || raw[_at + 1] == ' ')
                {
                    return;
                }
                _at++; // the line goes on, without what the next one begins with
                while (_at < _end && IsBlank(raw[_at]))
                {
                    _at++;
                }
                continue;
            }
            if (!IsBlank(raw[_at]) || IsBlank(c))
            {
                return;
            }
            _at++;
        }
    }

    private int EscapeLength(int at) => at + 1 >= _end
        ? 1
        : raw[at + 1] switch { 'x' => 4, 'u' => 6, 'U' => 10, _ => 2 };

    private static bool IsBlank(char c) => c is ' ' or '\t' or '\r' or '\n';
}
