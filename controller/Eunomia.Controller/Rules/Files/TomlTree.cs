using Eunomia.Core;
using Eunomia.Core.Rules;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Eunomia.Controller.Rules.Files;

/// <summary>The tables <c>[[name]]</c> of a TOML file, in order, with what stands within them.</summary>
internal sealed class TomlTree
{
    private const int Deepest = 32;

    private readonly RawText _raw;
    private readonly DiagnosticList _diagnostics;
    private readonly List<(string Name, Table Table)> _tables = [];

    private TomlTree(RawText raw, DiagnosticList diagnostics) => (_raw, _diagnostics) = (raw, diagnostics);

    /// <summary>What the tables are; what is not in one of these is told.</summary>
    /// <exception cref="FileSyntaxException">It is no TOML.</exception>
    public static IReadOnlyList<(string Name, MapNode Table)> Parse(RawText raw, string[] names, DiagnosticList diagnostics)
    {
        DocumentSyntax syntax = Syntax(raw);
        if (syntax.Diagnostics.FirstOrDefault() is { } wrong)
        {
            throw new FileSyntaxException(raw.At(Offset(raw, wrong.Span.Start)), wrong.Message);
        }
        var tree = new TomlTree(raw, diagnostics);
        tree.Read(syntax, names);
        return [.. tree._tables.Select(table => (table.Name, table.Table.ToNode()))];
    }

    // The lexer fails on an escape whose character is none, in place of saying so.
    private static DocumentSyntax Syntax(RawText raw)
    {
        try
        {
            return SyntaxParser.Parse(raw.Text, raw.File);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            throw new FileSyntaxException(raw.At(0), "is no TOML: a text in quotes has an escape that cannot be read");
        }
    }

    private void Read(DocumentSyntax syntax, string[] names)
    {
        foreach (KeyValueSyntax entry in syntax.KeyValues)
        {
            _diagnostics.Error(At(entry), "", $"unknown key '{string.Join('.', Path(entry.Key))}'; all keys stand in tables: {Allowed(names)}");
        }
        foreach (TableSyntaxBase table in syntax.Tables)
        {
            string[] path = Path(table.Name);
            if (Open(path, table, names) is { } open)
            {
                foreach (KeyValueSyntax entry in table.Items)
                {
                    Add(open, entry, 0);
                }
            }
        }
    }

    private Table? Open(string[] path, TableSyntaxBase syntax, string[] names)
    {
        SourcePosition position = At(syntax);
        bool isItem = syntax is TableArraySyntax;
        if (path.Length == 0 || !names.Contains(path[0]) || (path.Length == 1 && !isItem))
        {
            string name = path.Length > 0 ? path[0] : "";
            string hint = names.Contains(name) ? $", write [[{name}]]" : Spelling.MayBe(name, names);
            _diagnostics.Error(position, "", $"unknown table [{string.Join('.', path)}]{hint}; allowed: {Allowed(names)}");
            return null;
        }
        if (path.Length == 1)
        {
            _tables.Add((path[0], new Table(position)));
            return _tables[^1].Table;
        }
        int owner = _tables.FindLastIndex(table => table.Name == path[0]);
        if (owner < 0)
        {
            _diagnostics.Error(position, "", $"[{string.Join('.', path)}] belongs to a [[{path[0]}]], and none stands before it");
            return null;
        }
        Table at = _tables[owner].Table;
        foreach (string step in path[1..^1])
        {
            at = at.Inner(Key(syntax, step), position);
        }
        return isItem ? at.AddItem(Key(syntax, path[^1]), position) : at.Inner(Key(syntax, path[^1]), position);
    }

    private void Add(Table table, KeyValueSyntax entry, int depth)
    {
        if (entry.Value is not { } value || entry.Key is not { } key)
        {
            return;
        }
        string[] path = Path(key);
        foreach (string step in path[..^1])
        {
            table = table.Inner(Key(key, step), At(key));
        }
        table.Add(Key(key, path[^1]), Node(value, depth + 1));
    }

    private FileNode Node(ValueSyntax value, int depth)
    {
        if (depth > Deepest)
        {
            throw new FileSyntaxException(At(value), $"is nested deeper than {Deepest}");
        }
        switch (value)
        {
            case StringValueSyntax text:
                return new ScalarNode(Text(text), ScalarKind.Text);
            case BooleanValueSyntax flag:
                return new ScalarNode(SourceText.At(_raw, Offset(_raw, value.Span.Start), flag.Value ? "true" : "false"), ScalarKind.Boolean);
            case ArraySyntax array:
                return new ListNode(At(array), [.. array.Items.Where(item => item.Value is not null).Select(item => Node(item.Value!, depth + 1))]);
            case InlineTableSyntax inline:
                var table = new Table(At(inline));
                foreach (InlineTableItemSyntax item in inline.Items)
                {
                    Add(table, item.KeyValue!, depth);
                }
                return table.ToNode();
            default:
                (int begin, int end) = (Offset(_raw, value.Span.Start), Offset(_raw, value.Span.End) + 1);
                string number = _raw.Text[begin..Math.Clamp(end, begin, _raw.Text.Length)];
                return new ScalarNode(SourceText.Of(_raw, begin, end, number, ScalarStyle.Plain), ScalarKind.Other);
        }
    }

    private SourceText Text(StringValueSyntax text)
    {
        (int begin, int end) = (Offset(_raw, text.Span.Start), Offset(_raw, text.Span.End) + 1);
        bool isLiteral = begin < _raw.Text.Length && _raw.Text[begin] == '\'';
        return SourceText.Of(_raw, begin, end, text.Value ?? "", isLiteral ? ScalarStyle.Literal : ScalarStyle.Escaped);
    }

    private SourceText Key(SyntaxNode place, string name) => SourceText.At(_raw, Offset(_raw, place.Span.Start), name);

    private SourcePosition At(SyntaxNode node) => _raw.At(Offset(_raw, node.Span.Start));

    private static int Offset(RawText raw, TextPosition position) => Math.Clamp(position.Offset, 0, raw.Text.Length);

    private static string Allowed(string[] names) => string.Join(", ", names.Select(name => $"[[{name}]]"));

    private static string[] Path(KeySyntax? key) => key is null ? [] : [Name(key.Key), .. key.DotKeys.Select(item => Name(item.Key))];

    private static string Name(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax quoted => quoted.Value ?? "",
        _ => "",
    };

    /// <summary>A table while it grows.</summary>
    private sealed class Table(SourcePosition position)
    {
        private readonly List<(SourceText Key, object Value)> _entries = [];

        public void Add(SourceText key, FileNode value) => _entries.Add((key, value));

        public Table Inner(SourceText key, SourcePosition at)
        {
            if (_entries.Find(entry => entry.Key.Text == key.Text).Value is Table inner)
            {
                return inner;
            }
            var made = new Table(at);
            _entries.Add((key, made));
            return made;
        }

        public Table AddItem(SourceText key, SourcePosition at)
        {
            if (_entries.Find(entry => entry.Key.Text == key.Text).Value is not List<Table> items)
            {
                items = [];
                _entries.Add((key, items));
            }
            items.Add(new Table(at));
            return items[^1];
        }

        public MapNode ToNode() => new(position, [.. _entries.Select(entry => (entry.Key, Finished(entry.Value)))]);

        private static FileNode Finished(object value) => value switch
        {
            Table table => table.ToNode(),
            List<Table> items => new ListNode(items[0].ToNode().Position, [.. items.Select(item => item.ToNode())]),
            _ => (FileNode)value,
        };
    }
}
