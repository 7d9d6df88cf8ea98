using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// Does a regular expression fit all of it, as RE2's FullMatch wants it? In time that grows with the text only, whatever the
/// expression.
/// </summary>
internal sealed class RegexPredicate : TextPredicate
{
    private const int OnStack = 512;
    private readonly Regex[] _expressions;

    internal RegexPredicate(string[] expressions) => _expressions = Array.ConvertAll(
        expressions, text => new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    internal override int Cost => 300;

    internal override bool Matches(ReadOnlySpan<byte> text)
    {
        char[]? rented = text.Length > OnStack ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        Span<char> room = rented ?? stackalloc char[OnStack];
        ReadOnlySpan<char> chars = room[..Encoding.UTF8.GetChars(text, room)];
        bool matches = false;
        foreach (Regex expression in _expressions)
        {
            matches = matches || expression.IsMatch(chars);
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return matches;
    }
}
