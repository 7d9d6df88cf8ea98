using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Eunomia.Controller.Configuration;

/// <summary>A TOML file as sections that know where everything stands.</summary>
internal sealed class TomlDocument
{
    private readonly string _file;
    private readonly List<ConfigError> _errors = [];

    private TomlDocument(string file)
    {
        _file = file;
        Root = new TomlSection("", new ConfigPosition(file, 1, 1), _errors);
    }

    /// <summary>Keys in front of the first table, and the tables [name].</summary>
    public TomlSection Root { get; }

    /// <summary>The tables [[name]], in order.</summary>
    public List<(string Name, TomlSection Section)> Lists { get; } = [];

    /// <summary>What was found to be wrong so far; sections add to it.</summary>
    public List<ConfigError> Errors => _errors;

    public static TomlDocument Parse(string text, string file)
    {
        var document = new TomlDocument(file);
        DocumentSyntax syntax = SyntaxParser.Parse(text, file);
        foreach (DiagnosticMessage message in syntax.Diagnostics)
        {
            document._errors.Add(new ConfigError(Position(file, message.Span.Start), message.Message));
        }
        if (document._errors.Count == 0)
        {
            document.Read(syntax);
        }
        return document;
    }

    public static ConfigPosition PositionOf(string file, SyntaxNode node) => Position(file, node.Span.Start);

    private void Read(DocumentSyntax syntax)
    {
        AddAll(Root, syntax.KeyValues);
        foreach (TableSyntaxBase table in syntax.Tables)
        {
            string[] path = table.Name is { } key ? Path(key) : [];
            AddAll(Open(path, table is TableArraySyntax, PositionOf(_file, table)), table.Items);
        }
    }

    // [a.b] stands within the last [[a]], if there is one.
    private TomlSection Open(string[] path, bool isList, ConfigPosition position)
    {
        if (isList && path.Length == 1)
        {
            var item = new TomlSection($"[[{path[0]}]]", position, _errors);
            Lists.Add((path[0], item));
            return item;
        }
        TomlSection at = Root;
        for (int i = 0; i < path.Length; i++)
        {
            int list = i == 0 ? Lists.FindLastIndex(entry => entry.Name == path[0]) : -1;
            at = list >= 0 ? Lists[list].Section : Child(at, path[i], $"[{string.Join('.', path[..(i + 1)])}]", position);
        }
        return at;
    }

    private TomlSection Child(TomlSection parent, string key, string name, ConfigPosition position)
    {
        if (!parent.Sections.TryGetValue(key, out TomlSection? child))
        {
            parent.Sections[key] = child = new TomlSection(name, position, _errors);
        }
        return child;
    }

    private void AddAll(TomlSection section, SyntaxList<KeyValueSyntax> entries)
    {
        foreach (KeyValueSyntax entry in entries)
        {
            Add(section, entry);
        }
    }

    private void Add(TomlSection section, KeyValueSyntax entry)
    {
        if (entry is not { Key: { } key, Value: { } value })
        {
            return;
        }
        string[] path = Path(key);
        ConfigPosition position = PositionOf(_file, key);
        foreach (string step in path[..^1])
        {
            section = Child(section, step, step, position);
        }
        if (value is InlineTableSyntax table)
        {
            TomlSection inner = Child(section, path[^1], path[^1], position);
            foreach (InlineTableItemSyntax item in table.Items)
            {
                Add(inner, item.KeyValue!);
            }
            return;
        }
        section.Add(new TomlEntry(path[^1], position, value, PositionOf(_file, value)));
    }

    private static string[] Path(KeySyntax key) =>
        [Text(key.Key), .. key.DotKeys.Select(item => Text(item.Key))];

    private static string Text(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax quoted => quoted.Value ?? "",
        _ => "",
    };

    private static ConfigPosition Position(string file, TextPosition position) => new(file, position.Line + 1, position.Column + 1);
}
