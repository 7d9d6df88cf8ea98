using Eunomia.Core.Rules;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalarStyle = YamlDotNet.Core.ScalarStyle;

namespace Eunomia.Controller.Rules.Files;

/// <summary>
/// The documents of a YAML file. Built from the parser's events, without any type being looked up; so deep and so large, aliases
/// counted as often as they are used.
/// </summary>
internal sealed class YamlTree
{
    private const int Deepest = 32;
    private const int Most = 500_000;

    private readonly RawText _raw;
    private readonly Parser _parser;
    private readonly Dictionary<string, (FileNode Node, int Size)> _anchors = new(StringComparer.Ordinal);
    private int _count;

    private YamlTree(RawText raw)
    {
        _raw = raw;
        _parser = new Parser(new StringReader(raw.Text));
    }

    /// <summary>What the documents are.</summary>
    /// <exception cref="FileSyntaxException">It is no YAML, or too much of it.</exception>
    public static IReadOnlyList<FileNode> Parse(RawText raw)
    {
        var tree = new YamlTree(raw);
        try
        {
            return tree.Documents();
        }
        catch (YamlException error)
        {
            throw new FileSyntaxException(raw.At(Offset(raw, error.Start)), $"is no YAML: {error.Message}");
        }
        catch (InvalidOperationException)
        {
            // What the scanner says of some texts in place of what is wrong with them.
            Mark last = tree._parser.Current?.End ?? Mark.Empty;
            throw new FileSyntaxException(raw.At(Offset(raw, last)), "is no YAML: what follows here cannot be read");
        }
    }

    private List<FileNode> Documents()
    {
        List<FileNode> documents = [];
        Next();
        while (_parser.MoveNext() && _parser.Current is not StreamEnd)
        {
            if (_parser.Current is DocumentStart)
            {
                Next();
                documents.Add(Node(0));
            }
        }
        return documents;
    }

    private void Next()
    {
        if (!_parser.MoveNext())
        {
            throw new FileSyntaxException(_raw.At(_raw.Text.Length), "is no YAML: it ends too early");
        }
    }

    private FileNode Node(int depth)
    {
        ParsingEvent now = _parser.Current!;
        Count(1, now);
        if (depth > Deepest)
        {
            throw new FileSyntaxException(At(now), $"is nested deeper than {Deepest}");
        }
        if (now is AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out (FileNode Node, int Size) anchored))
            {
                throw new FileSyntaxException(At(now), $"there is no anchor '{alias.Value.Value}' before this");
            }
            Count(anchored.Size, now);
            return anchored.Node;
        }
        int before = _count;
        AnchorName anchor = (now as NodeEvent)?.Anchor ?? AnchorName.Empty;
        FileNode node = now switch
        {
            Scalar scalar => Scalar(scalar),
            SequenceStart => Sequence(depth, At(now)),
            MappingStart => Mapping(depth, At(now)),
            _ => throw new FileSyntaxException(At(now), "is no YAML: a value should be here"),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor.Value] = (node, _count - before);
        }
        return node;
    }

    private ListNode Sequence(int depth, SourcePosition position)
    {
        List<FileNode> items = [];
        for (Next(); _parser.Current is not SequenceEnd; Next())
        {
            items.Add(Node(depth + 1));
        }
        return new ListNode(position, items);
    }

    private MapNode Mapping(int depth, SourcePosition position)
    {
        List<(SourceText, FileNode)> entries = [];
        for (Next(); _parser.Current is not MappingEnd; Next())
        {
            FileNode key = Node(depth + 1);
            Next();
            FileNode value = Node(depth + 1);
            entries.Add((key as ScalarNode)?.Text is { } text
                ? (text, value)
                : throw new FileSyntaxException(key.Position, $"a key must be a text, and this is {key.Kind}"));
        }
        return new MapNode(position, entries);
    }

    private ScalarNode Scalar(Scalar scalar)
    {
        (int begin, int end) = (Offset(_raw, scalar.Start), Offset(_raw, scalar.End));
        Rules.ScalarStyle style = scalar.Style switch
        {
            YamlScalarStyle.SingleQuoted => Rules.ScalarStyle.SingleQuoted,
            YamlScalarStyle.DoubleQuoted => Rules.ScalarStyle.Escaped,
            YamlScalarStyle.Literal or YamlScalarStyle.Folded => Rules.ScalarStyle.Block,
            _ => Rules.ScalarStyle.Plain,
        };
        bool isPlain = style == Rules.ScalarStyle.Plain && scalar.Tag.IsEmpty;
        return new ScalarNode(SourceText.Of(_raw, begin, end, scalar.Value, style), isPlain ? ScalarKind.Plain : ScalarKind.Text);
    }

    private void Count(int nodes, ParsingEvent now)
    {
        _count += nodes;
        if (_count > Most)
        {
            throw new FileSyntaxException(At(now), $"has more than {Most} values, aliases counted as often as they are used");
        }
    }

    private SourcePosition At(ParsingEvent now) => _raw.At(Offset(_raw, now.Start));

    private static int Offset(RawText raw, in Mark mark) => (int)Math.Clamp(mark.Index, 0, raw.Text.Length);
}
