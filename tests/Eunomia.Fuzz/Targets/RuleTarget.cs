using System.Text;
using System.Text.RegularExpressions;
using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Files;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Fuzz.Mutation;

namespace Eunomia.Fuzz.Targets;

/// <summary>A rule file of a format: it is loaded and checked, and what is converted means the same.</summary>
internal sealed partial class RuleTarget(string name, string extension, string seed) : IFuzzTarget
{
    public string Name => name;

    public static RuleTarget Toml { get; } = new("rules-toml", ".toml", RuleSeeds.Toml);

    public static RuleTarget Yaml { get; } = new("rules-yaml", ".yaml", RuleSeeds.Yaml);

    /// <summary>A message without what it quotes.</summary>
    public static string Shape(string message) => Quoted().Replace(message, "");

    public IEnumerable<byte[]> Seeds() => [Encoding.UTF8.GetBytes(seed)];

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other) => RuleSeeds.Mutate(mutator, input, other);

    public void Run(byte[] input, ShapeSet shapes)
    {
        string text = Encoding.UTF8.GetString(input);
        LoadedRules loaded = new RuleLoader().AddText("r" + extension, text).Check();
        int lines = 1 + text.Count(c => c == '\n');
        foreach (RuleDiagnostic diagnostic in loaded.Diagnostics)
        {
            SourcePosition at = diagnostic.Position;
            FindingException.Unless(at.File == "r" + extension && at.Line <= lines && !diagnostic.Message.Contains('\n'), $"stands nowhere: {diagnostic}");
            shapes.Add(ShapeSet.Mix(ShapeSet.Empty, Encoding.UTF8.GetBytes(Shape(diagnostic.Message))));
        }
        foreach (Condition condition in Conditions(loaded))
        {
            bool isResolved = !ConditionWalk.All(condition).Any(part => part is NameReference or Comparison { Quantifier: not ListQuantifier.None });
            FindingException.Unless(isResolved, $"is not resolved: {ConditionPrinter.Print(condition)}");
        }
        Convert(text, loaded);
    }

    private void Convert(string text, LoadedRules loaded)
    {
        var diagnostics = new DiagnosticList();
        IReadOnlyList<Definition> definitions = RuleFile.ReadText("r" + extension, text, diagnostics);
        if (diagnostics.Errors > 0)
        {
            return;
        }
        string toml = RuleToml.Write(definitions);
        LoadedRules made = new RuleLoader().AddText("r.toml", toml).Load();
        bool isSame = Conditions(loaded).SequenceEqual(Conditions(made))
            && loaded.Set.Rules.Select(rule => (rule.Name, rule.Output, rule.Description)).SequenceEqual(made.Set.Rules.Select(rule => (rule.Name, rule.Output, rule.Description)));
        FindingException.Unless(isSame, $"is converted to something else:\n{toml}\n{string.Join('\n', made.Diagnostics)}");
    }

    private static IEnumerable<Condition> Conditions(LoadedRules loaded) =>
        loaded.Set.Rules.Select(rule => rule.Condition).Concat(loaded.Set.Sequences.SelectMany(sequence => sequence.Steps));

    [GeneratedRegex("'[^']*'|\\d+")]
    private static partial Regex Quoted();
}
