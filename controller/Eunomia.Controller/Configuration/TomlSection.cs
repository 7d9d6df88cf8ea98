using System.Globalization;
using Eunomia.Core;
using Tomlyn.Syntax;

namespace Eunomia.Controller.Configuration;

/// <summary>A key with its value, and where both stand.</summary>
internal sealed record TomlEntry(string Key, ConfigPosition KeyPosition, ValueSyntax Value, ConfigPosition ValuePosition);

/// <summary>
/// A table of a document, with the values behind its keys taken out as types; each problem becomes an error, and the key
/// counts as missing. Keys that nobody asked for are errors too.
/// </summary>
internal sealed class TomlSection(string name, ConfigPosition position, List<ConfigError> errors)
{
    private readonly Dictionary<string, TomlEntry> _entries = [];
    private readonly List<string> _known = [];

    /// <summary>Where it begins.</summary>
    public ConfigPosition Position { get; } = position;

    /// <summary>Tables within it.</summary>
    public Dictionary<string, TomlSection> Sections { get; } = [];

    /// <summary>Where the value of a key stands; null when it is not there.</summary>
    public ConfigPosition? PositionOf(string key) => _entries.TryGetValue(key, out TomlEntry? entry) ? entry.ValuePosition : null;

    public void Add(TomlEntry entry)
    {
        if (!_entries.TryAdd(entry.Key, entry))
        {
            errors.Add(new ConfigError(entry.KeyPosition, $"{entry.Key}: is there twice; take one away"));
        }
    }

    public string? Text(string key) => Take(key, "a string in quotes", value => (value as StringValueSyntax)?.Value);

    /// <summary>A path, seen from the file's own folder: a service has no current directory worth the name. An empty one stays empty.</summary>
    public string? FilePath(string key) => Text(key) is { Length: > 0 } path
        ? Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(Position.File)) ?? "/")
        : Text(key);

    public bool? Flag(string key) => Take<bool?>(key, "true or false", value => (value as BooleanValueSyntax)?.Value);

    /// <summary>A number of seconds within these bounds.</summary>
    public TimeSpan? Seconds(string key, double least, double most) => Number(key, least, most) is { } seconds
        ? TimeSpan.FromSeconds(seconds)
        : null;

    public double? Number(string key, double least, double most) => Take<double?>(
        key,
        FormattableString.Invariant($"a number from {least} to {most}"),
        value => Numeric(value) is { } number && number >= least && number <= most ? number : null);

    /// <summary>Strings; empty when the key is not there.</summary>
    public IReadOnlyList<(string Text, ConfigPosition Position)> Texts(string key) => Items(
        key, "a list of strings: [\"one\", \"two\"]", value => (value as StringValueSyntax)?.Value);

    /// <summary>Whole numbers from 1 on; empty when the key is not there.</summary>
    public IReadOnlyList<(int Number, ConfigPosition Position)> Pids(string key) =>
        [.. Items(key, "a list of process ids: [12, 345]", AsPid).Select(item => (int.Parse(item.Text, System.Globalization.CultureInfo.InvariantCulture), item.Position))];

    /// <summary>Says that a value cannot be.</summary>
    public void Refuse(string key, string reason) => errors.Add(new ConfigError(PositionOf(key) ?? Position, $"{key}: {reason}"));

    /// <summary>Says that one item of a list cannot be.</summary>
    public void Refuse(ConfigPosition position, string key, string reason) => errors.Add(new ConfigError(position, $"{key}: {reason}"));

    /// <summary>A size, "64MiB": a number and KiB, MiB or GiB.</summary>
    public long? Size(string key, long least)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }
        int unit = text.Length > 3 ? Array.IndexOf(["KiB", "MiB", "GiB"], text[^3..]) : -1;
        if (unit >= 0 && int.TryParse(text[..^3], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && ((long)number << (10 * (unit + 1))) is var size && size >= least)
        {
            return size;
        }
        Refuse(key, $"'{text}' is not a size of at least {least >> 10}KiB; write \"512KiB\", \"64MiB\" or \"1GiB\"");
        return null;
    }

    /// <summary>Everything that may be here has been asked for: what is left is a mistake.</summary>
    public void End(params ReadOnlySpan<string> sections)
    {
        string[] allowed = [.. _known, .. sections];
        foreach (TomlEntry entry in _entries.Values.Where(entry => !_known.Contains(entry.Key)))
        {
            errors.Add(new ConfigError(entry.KeyPosition, Unknown(entry.Key, allowed)));
        }
        foreach ((string key, TomlSection section) in Sections)
        {
            if (!sections.Contains(key))
            {
                errors.Add(new ConfigError(section.Position, Unknown(key, allowed)));
            }
        }
    }

    private string Unknown(string key, string[] allowed) =>
        $"unknown key '{key}'{(name.Length > 0 ? $" in {name}" : "")}{Spelling.MayBe(key, allowed)}; allowed: {string.Join(", ", allowed)}";

    private T? Take<T>(string key, string wanted, Func<ValueSyntax, T?> read)
    {
        _known.Add(key);
        if (!_entries.TryGetValue(key, out TomlEntry? entry))
        {
            return default;
        }
        T? value = read(entry.Value);
        if (value is null)
        {
            Refuse(key, $"wants {wanted}");
        }
        return value;
    }

    private List<(string Text, ConfigPosition Position)> Items(string key, string wanted, Func<ValueSyntax, string?> read)
    {
        ArraySyntax? array = Take(key, wanted, value => value as ArraySyntax);
        if (array is null)
        {
            return [];
        }
        List<(string, ConfigPosition)> items = [];
        foreach (ArrayItemSyntax item in array.Items)
        {
            ConfigPosition place = TomlDocument.PositionOf(Position.File, item);
            if (item.Value is { } value && read(value) is { } text)
            {
                items.Add((text, place));
            }
            else
            {
                errors.Add(new ConfigError(place, $"{key}: wants {wanted}"));
            }
        }
        return items;
    }

    private static string? AsPid(ValueSyntax value) => value is IntegerValueSyntax { Value: > 0 and <= int.MaxValue } number
        ? number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)
        : null;

    private static double? Numeric(ValueSyntax value) => value switch
    {
        IntegerValueSyntax whole => whole.Value,
        FloatValueSyntax real => real.Value,
        _ => null,
    };
}
