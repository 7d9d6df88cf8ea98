using Eunomia.Core;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>Takes values out of a table as types. What does not fit is an error; keys that nobody asked for are told at the end.</summary>
internal sealed class MapReader
{
    private readonly MapNode _map;
    private readonly DiagnosticList _diagnostics;
    private readonly List<string> _known = [];
    private readonly Dictionary<string, FileNode> _values = new(StringComparer.Ordinal);

    public MapReader(MapNode map, string subject, DiagnosticList diagnostics)
    {
        (_map, Subject, _diagnostics) = (map, subject, diagnostics);
        foreach ((SourceText key, FileNode value) in map.Entries)
        {
            if (!_values.TryAdd(key.Text, value))
            {
                Refuse(key.Position, $"{key.Text} is there twice; take one away");
            }
        }
    }

    public string Subject { get; set; }

    public SourcePosition Position => _map.Position;

    /// <summary>Whether something was wrong.</summary>
    public bool IsBroken { get; private set; }

    public bool Has(string key) => Find(key) is not null;

    public SourcePosition PositionOf(string key) => _values.TryGetValue(key, out FileNode? value) ? value.Position : _map.Position;

    /// <summary>The value of a key; null when it is not there or is nothing.</summary>
    public FileNode? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }
        return _values.TryGetValue(key, out FileNode? value) && value is not ScalarNode { IsNull: true } ? value : null;
    }

    public SourceText? Text(string key) => Find(key) is { } value ? AsText(value, key) : null;

    public SourceText? Required(string key)
    {
        if (!Has(key))
        {
            Refuse(PositionOf(key), $"{key} is missing");
            return null;
        }
        SourceText? text = Text(key);
        if (text is not null && string.IsNullOrWhiteSpace(text.Text))
        {
            Refuse(text.Position, $"{key} is empty");
            return null;
        }
        return text;
    }

    public bool? Flag(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }
        bool? flag = value is ScalarNode { Form: not ScalarKind.Other } scalar
            ? scalar.Text.Text.ToUpperInvariant() switch
            {
                "TRUE" or "YES" or "ON" or "Y" => true,
                "FALSE" or "NO" or "OFF" or "N" => false,
                _ => null,
            }
            : null;
        if (flag is null || (value is ScalarNode { Form: ScalarKind.Text } && !IsYaml(value)))
        {
            Refuse(value.Position, $"{key}: wants true or false");
        }
        return flag;
    }

    public IReadOnlyList<SourceText>? Texts(string key)
    {
        if (Find(key) is not { } value)
        {
            return null;
        }
        if (value is not ListNode list)
        {
            Refuse(value.Position, $"{key}: wants a list of texts, and this is {value.Kind}");
            return null;
        }
        return [.. list.Items.Select(item => AsText(item, key)).OfType<SourceText>()];
    }

    public SourceText? AsText(FileNode value, string key)
    {
        if (value is ScalarNode scalar)
        {
            return scalar.Text;
        }
        Refuse(value.Position, $"{key}: wants a text, and this is {value.Kind}");
        return null;
    }

    /// <summary>Says that something cannot be.</summary>
    public void Refuse(SourcePosition position, string message)
    {
        IsBroken = true;
        _diagnostics.Error(position, Subject, message);
    }

    /// <summary>Says that something is odd.</summary>
    public void Warn(SourcePosition position, string message) => _diagnostics.Warn(position, Subject, message);

    public void Inform(SourcePosition position, string message) => _diagnostics.Inform(position, Subject, message);

    /// <summary>Everything that may be here has been asked for.</summary>
    public void End(bool isStrict)
    {
        foreach ((SourceText key, _) in _map.Entries.Where(entry => !_known.Contains(entry.Key.Text)))
        {
            string message = $"unknown key '{key.Text}'{Spelling.MayBe(key.Text, _known)}; allowed: {string.Join(", ", _known)}";
            if (isStrict)
            {
                Refuse(key.Position, message);
            }
            else
            {
                Warn(key.Position, message);
            }
        }
    }

    // In YAML "true" in quotes is a flag for those who wrote such files; in TOML it is a mistake.
    private static bool IsYaml(FileNode value) => !value.Position.File.EndsWith(".toml", StringComparison.OrdinalIgnoreCase);
}
