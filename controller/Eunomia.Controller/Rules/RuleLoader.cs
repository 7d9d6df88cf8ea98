using Eunomia.Controller.Rules.Checks;
using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Resolving;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>
/// Loads rules: texts that are built in first, then files and directories, in the order in which they are added. Later ones may
/// change what earlier ones define.
/// </summary>
public sealed class RuleLoader
{
    private readonly DiagnosticList _diagnostics = new();
    private readonly List<Definition> _definitions = [];
    private readonly List<string> _files = [];
    private readonly FieldSource _fields;

    /// <summary>With the fields that there are.</summary>
    public RuleLoader()
        : this(FieldSource.Catalog)
    {
    }

    internal RuleLoader(FieldSource fields) => _fields = fields;

    /// <summary>The files that were read, directories taken apart.</summary>
    public IReadOnlyList<string> Files => _files;

    internal IReadOnlyList<Definition> Definitions => _definitions;

    internal DiagnosticList Diagnostics => _diagnostics;

    /// <summary>A file, or all .toml, .yaml and .yml of a directory in the order of their names.</summary>
    public RuleLoader Add(string path)
    {
        foreach (string file in Expand(path))
        {
            _files.Add(file);
            _definitions.AddRange(RuleFile.Read(file, _diagnostics));
        }
        return this;
    }

    /// <summary>A text that stands in a file of this name.</summary>
    public RuleLoader AddText(string name, string text)
    {
        _files.Add(name);
        _definitions.AddRange(RuleFile.ReadText(name, text, _diagnostics));
        return this;
    }

    /// <summary>What came of it.</summary>
    public LoadedRules Load() => Load(isChecked: false);

    /// <summary>The same, with everything that is odd: <c>rules check</c>.</summary>
    public LoadedRules Check() => Load(isChecked: true);

    private LoadedRules Load(bool isChecked)
    {
        var collector = new RuleCollector(_diagnostics);
        collector.Add(_definitions);
        var resolver = new RuleResolver(collector, _fields, _diagnostics);
        RuleSet set = resolver.Resolve();
        if (isChecked)
        {
            new RuleLint(collector, _fields, _diagnostics).Run(set, resolver.Written);
        }
        RuleDiagnostic[] sorted =
        [
            .. _diagnostics.All.OrderBy(diagnostic => _files.IndexOf(diagnostic.Position.File))
                .ThenBy(diagnostic => diagnostic.Position.Line)
                .ThenBy(diagnostic => diagnostic.Position.Column),
        ];
        return new LoadedRules(set, sorted);
    }

    private string[] Expand(string path)
    {
        try
        {
            string[] files = [.. RuleFile.Expand(path)];
            if (files.Length == 0)
            {
                _diagnostics.Warn(new SourcePosition(path, 0, 0), "", "this directory has no .toml, .yaml or .yml");
            }
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _diagnostics.Error(new SourcePosition(path, 0, 0), "", $"cannot be read: {error.Message}");
            return [];
        }
    }
}
