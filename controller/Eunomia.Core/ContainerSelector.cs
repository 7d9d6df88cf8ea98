using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Containers;

namespace Eunomia.Core;

/// <summary>
/// What a user writes after <c>-c</c>: a full id, the start of an id (3 hex digits or more), a name, or the start of a
/// name. A container that fits in any of these ways is selected.
/// </summary>
public sealed record ContainerSelector
{
    private const int ShortestPrefix = 3;
    private readonly bool _isHex;

    private ContainerSelector(string text)
    {
        Text = text;
        _isHex = Hex.Is(text);
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Whether it could be a name; a whole id could not.</summary>
    internal bool MayBeName => !_isHex || Text.Length < Hex.IdLength;

    /// <summary>Reads one selector.</summary>
    /// <param name="text">As the user wrote it; one leading slash, as docker shows names, is left out.</param>
    /// <param name="selector">The selector.</param>
    /// <param name="error">One line that says what is wrong.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out ContainerSelector? selector, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim();
        trimmed = trimmed.StartsWith('/') ? trimmed[1..] : trimmed;
        (selector, error) = (null, null);
        if (trimmed.Length == 0)
        {
            error = "a container is an id, the start of an id, a name or the start of a name, not empty";
        }
        else if (trimmed.AsSpan().ContainsAny(' ', '/') || trimmed.Any(char.IsControl))
        {
            error = $"'{trimmed}' cannot be a container's id or name";
        }
        else
        {
            selector = new ContainerSelector(trimmed);
        }

        return error is null;
    }

    /// <summary>Whether a container is selected, as far as it is known.</summary>
    public bool Matches(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return MatchesId(container.Id) || MatchesName(container);
    }

    internal bool MatchesId(string id)
    {
        bool isHexId = id.Length == Hex.IdLength && Hex.Is(id);
        return id == Text
            || ((!isHexId || (_isHex && Text.Length >= ShortestPrefix)) && id.StartsWith(Text, StringComparison.Ordinal));
    }

    internal bool MatchesName(Container container) =>
        container.Name is { } name && name.StartsWith(Text, StringComparison.Ordinal);
}
