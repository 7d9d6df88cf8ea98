using System.Text;
using Eunomia.Core;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>Reads the definitions of a file, ours or Falco's: its name says which.</summary>
internal static class RuleFile
{
    private const long Largest = 8 << 20;
    private static readonly string[] Extensions = [".toml", ".yaml", ".yml"];
    private static readonly string[] Tables = ["list", "macro", "rule", "sequence"];

    /// <summary>The files that a path means: itself, or those of a directory, in the order of their names.</summary>
    public static IEnumerable<string> Expand(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path).Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal)
        : [path];

    /// <summary>What a file defines; nothing when it cannot be read, which is told.</summary>
    public static IReadOnlyList<Definition> Read(string path, DiagnosticList diagnostics)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > Largest)
            {
                diagnostics.Error(new SourcePosition(path, 0, 0), "", $"is larger than {Largest} bytes");
                return [];
            }
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return ReadText(path, reader.ReadToEnd(), diagnostics);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            diagnostics.Error(new SourcePosition(path, 0, 0), "", $"cannot be read: {error.Message}");
            return [];
        }
    }

    /// <summary>What a text defines that stands in a file of this name.</summary>
    public static IReadOnlyList<Definition> ReadText(string path, string text, DiagnosticList diagnostics)
    {
        var raw = new RawText(path, text);
        try
        {
            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".toml":
                    return Toml(raw, diagnostics);
                case ".yaml" or ".yml":
                    return Yaml(raw, diagnostics);
                default:
                    diagnostics.Error(new SourcePosition(path, 0, 0), "", "is no rule file: its name must end in .toml, .yaml or .yml");
                    return [];
            }
        }
        catch (FileSyntaxException error)
        {
            diagnostics.Error(error.Position, "", error.Message);
            return [];
        }
    }

    private static List<Definition> Toml(RawText raw, DiagnosticList diagnostics)
    {
        var reader = new DefinitionReader(DefinitionKeys.Toml, diagnostics);
        List<Definition> definitions = [];
        foreach ((string name, MapNode table) in TomlTree.Parse(raw, Tables, diagnostics))
        {
            Definition? definition = name switch
            {
                "list" => reader.ReadList(table),
                "macro" => reader.ReadMacro(table),
                "rule" => reader.ReadRule(table),
                _ => reader.ReadSequence(table),
            };
            definitions.AddRange(definition is null ? [] : [definition]);
        }
        return definitions;
    }

    private static List<Definition> Yaml(RawText raw, DiagnosticList diagnostics)
    {
        var reader = new DefinitionReader(DefinitionKeys.Yaml, diagnostics);
        List<Definition> definitions = [];
        foreach (FileNode document in YamlTree.Parse(raw))
        {
            if (document is ScalarNode { IsNull: true })
            {
                continue; // a file of comments
            }
            if (document is not ListNode items)
            {
                diagnostics.Error(document.Position, "", $"wants a list of rules, macros and lists, each with '- ' before it, and this is {document.Kind}");
                continue;
            }
            foreach (FileNode item in items.Items)
            {
                Definition? definition = Item(item, reader, diagnostics);
                definitions.AddRange(definition is null ? [] : [definition]);
            }
        }
        return definitions;
    }

    private static Definition? Item(FileNode item, DefinitionReader reader, DiagnosticList diagnostics)
    {
        if (item is not MapNode map)
        {
            diagnostics.Error(item.Position, "", $"wants a rule, a macro or a list, and this is {item.Kind}");
            return null;
        }
        string[] keys = [.. map.Entries.Select(entry => entry.Key.Text)];
        if (keys.Contains("required_engine_version"))
        {
            return null; // what is not known is told where it stands
        }
        if (keys.Contains("required_plugin_versions"))
        {
            FalcoPlugins.Check(map, diagnostics);
            return null;
        }
        if (keys.Contains("list"))
        {
            return reader.ReadList(map);
        }
        if (keys.Contains("macro"))
        {
            return reader.ReadMacro(map);
        }
        if (keys.Contains("rule"))
        {
            return reader.ReadRule(map);
        }
        string[] allowed = ["rule", "macro", "list", "required_engine_version", "required_plugin_versions"];
        string first = keys.FirstOrDefault() ?? "";
        diagnostics.Warn(item.Position, "", $"unknown entry '{first}'{Spelling.MayBe(first, allowed)}; allowed: {string.Join(", ", allowed)}");
        return null;
    }
}
