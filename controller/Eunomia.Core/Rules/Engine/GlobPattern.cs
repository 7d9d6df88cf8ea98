using System.Text;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// A shell pattern over bytes: <c>*</c> any run, also of slashes, <c>?</c> one byte, <c>[a-z]</c> one of these, <c>[!a-z]</c>
/// one of the others; a backslash takes what follows as it is. Takes time in proportion to both lengths at worst.
/// </summary>
internal sealed class GlobPattern
{
    private readonly Token[] _tokens;

    internal GlobPattern(string pattern, bool ignoreCase) => _tokens = Parse(Encoding.UTF8.GetBytes(pattern), ignoreCase);

    private enum Kind : byte
    {
        Byte,
        Any,
        Run,
        Set,
    }

    /// <summary>Whether all of the text fits.</summary>
    internal bool Matches(ReadOnlySpan<byte> text)
    {
        int at = 0;
        int token = 0;
        int runToken = -1;
        int runAt = 0;
        while (at < text.Length)
        {
            if (token < _tokens.Length && _tokens[token].Kind == Kind.Run)
            {
                (runToken, runAt) = (token++, at);
            }
            else if (token < _tokens.Length && _tokens[token].Fits(text[at]))
            {
                token++;
                at++;
            }
            else if (runToken >= 0)
            {
                (token, at) = (runToken + 1, ++runAt);
            }
            else
            {
                return false;
            }
        }

        while (token < _tokens.Length && _tokens[token].Kind == Kind.Run)
        {
            token++;
        }

        return token == _tokens.Length;
    }

    private static Token[] Parse(ReadOnlySpan<byte> pattern, bool ignoreCase)
    {
        var tokens = new List<Token>();
        int at = 0;
        while (at < pattern.Length)
        {
            byte b = pattern[at++];
            switch (b)
            {
                case (byte)'*' when tokens.Count > 0 && tokens[^1].Kind == Kind.Run:
                    break;
                case (byte)'*':
                    tokens.Add(new Token(Kind.Run, 0, null));
                    break;
                case (byte)'?':
                    tokens.Add(new Token(Kind.Any, 0, null));
                    break;
                case (byte)'[' when TryParseSet(pattern, ref at, ignoreCase, out bool[] set):
                    tokens.Add(new Token(Kind.Set, 0, set));
                    break;
                case (byte)'\\' when at < pattern.Length:
                    tokens.Add(One(pattern[at++], ignoreCase));
                    break;
                default:
                    tokens.Add(One(b, ignoreCase));
                    break;
            }
        }

        return [.. tokens];
    }

    private static Token One(byte b, bool ignoreCase)
    {
        if (!ignoreCase || !char.IsAsciiLetter((char)b))
        {
            return new Token(Kind.Byte, b, null);
        }

        bool[] both = new bool[256];
        both[b ^ 0x20] = both[b] = true;
        return new Token(Kind.Set, 0, both);
    }

    /// <summary>A set that is never closed is a bracket and nothing else.</summary>
    private static bool TryParseSet(ReadOnlySpan<byte> pattern, ref int at, bool ignoreCase, out bool[] set)
    {
        set = new bool[256];
        int i = at;
        bool isNegated = i < pattern.Length && pattern[i] is (byte)'!' or (byte)'^';
        i += isNegated ? 1 : 0;
        int first = i;
        while (i < pattern.Length && (pattern[i] != (byte)']' || i == first))
        {
            byte low = pattern[i++];
            byte high = low;
            if (i + 1 < pattern.Length && pattern[i] == (byte)'-' && pattern[i + 1] != (byte)']')
            {
                high = pattern[i + 1];
                i += 2;
            }

            for (int b = low; b <= high; b++)
            {
                set[b] = true;
            }
        }

        if (i >= pattern.Length)
        {
            return false;
        }

        at = i + 1;
        Finish(set, isNegated, ignoreCase);
        return true;
    }

    private static void Finish(bool[] set, bool isNegated, bool ignoreCase)
    {
        for (int b = 'a'; ignoreCase && b <= 'z'; b++)
        {
            set[b] = set[b ^ 0x20] = set[b] || set[b ^ 0x20];
        }

        for (int b = 0; isNegated && b < set.Length; b++)
        {
            set[b] = !set[b];
        }
    }

    private readonly record struct Token(Kind Kind, byte Value, bool[]? Set)
    {
        internal bool Fits(byte b) => Kind switch
        {
            Kind.Byte => b == Value,
            Kind.Any => true,
            Kind.Set => Set![b],
            _ => false,
        };
    }
}
