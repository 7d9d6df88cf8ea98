using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Files;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Tests.Rules;

public sealed class RuleConverterTests
{
    private const string Everything =
        """
        - list: l
          items: [a, '"q"', "b c", 'back\slash', x]
        - list: l
          append: true
          items: [z]
        - macro: m
          condition: evt.type=open
        - macro: m
          condition: >
            or evt.type
              in (close, "quo\"ted")
          override: {condition: append}
        - rule: R
          desc: |
            One "line".
              Another\one.

            A third, which goes on and on and on and on and on and on and on and on and on and on and on and on  and ends.
          condition: m and proc.name in (l)
          output: "%proc.name\ttab"
          priority: info
          tags: [t, u]
          capture: true
          warn_evttypes: false
          exceptions:
          - {name: e, fields: [proc.name, fd.name], comps: [in, startswith], values: [[[a, l], /x], [b, /y]]}
          - {name: f, fields: proc.pname, comps: in, values: [p]}
        - rule: R
          exceptions: [{name: f, values: [q]}]
          priority: ERROR
          capture: false
          capture_duration: 10
          override: {exceptions: append, priority: replace, capture: replace, capture_duration: replace}
        - rule: S
          desc: d
          condition: evt.type=open
          output: o
          priority: DEBUG
        - rule: S
          enabled: false
        - rule: A
          desc: d
          condition: ka.verb=x
          output: o
          priority: DEBUG
          source: k8s_audit
        """;

    [Fact]
    public void Convert_Yaml_MeansTheSameInToml()
    {
        var diagnostics = new DiagnosticList();
        string toml = RuleToml.Write(RuleFile.ReadText("r.yaml", Everything, diagnostics));
        Assert.Equal(0, diagnostics.Errors);
        LoadedRules loaded = RuleKit.Yaml(Everything);
        Assert.Equal(["R", "S"], loaded.Set.Rules.Select(rule => rule.Name));
        AssertSame(loaded, RuleKit.Toml(toml));
    }

    [Fact]
    public void Convert_Toml_MeansTheSame()
    {
        const string text =
            """
            [[rule]]
            name = "a \"name\""
            condition = 'evt.type = open and proc.name = "x\\y"'
            fix = "f"
            actions = ["kill", "deny"]
            [[sequence]]
            name = "s"
            steps = ["evt.type = open", "evt.type = close"]
            within = "1m"
            by = "container"
            same = ["fd.name", "proc.aname[2]"]
            """;
        var diagnostics = new DiagnosticList();
        string again = RuleToml.Write(RuleFile.ReadText("r.toml", text, diagnostics));
        AssertSame(RuleKit.Toml(text), RuleKit.Toml(again));
        Assert.Equal(again, RuleToml.Write(RuleFile.ReadText("r.toml", again, diagnostics)));
    }

    [Fact]
    public void Convert_ReplacementCharacter_IsReadAgain()
    {
        const string text = "- rule: R\n  desc: \ufffd\n  condition: proc.name = a\ufffdb\n  output: \ufffd\n  priority: DEBUG\n";
        string toml = RuleToml.Write(RuleFile.ReadText("r.yaml", text, new DiagnosticList()));
        AssertSame(RuleKit.Yaml(text), RuleKit.Toml(toml));
    }

    internal static void AssertSame(LoadedRules wanted, LoadedRules made)
    {
        Assert.True(!made.HasErrors, string.Join('\n', made.Said()));
        Assert.Equal(wanted.Set.Rules.Select(Text), made.Set.Rules.Select(Text));
        Assert.Equal(wanted.Set.Rules.Select(rule => rule.Condition), made.Set.Rules.Select(rule => rule.Condition));
        Assert.Equal(wanted.Set.Sequences.Select(Text), made.Set.Sequences.Select(Text));
        Assert.Equal(wanted.Set.Sequences.SelectMany(sequence => sequence.Steps), made.Set.Sequences.SelectMany(sequence => sequence.Steps));
    }

    private static string Text(Rule rule) => string.Join(
        " | ", rule.Name, rule.Output, rule.Priority, rule.Description, rule.Fix, string.Join(',', rule.Tags), rule.Actions, rule.Enabled);

    private static string Text(SequenceRule sequence) =>
        $"{Text(sequence.Rule)} | {sequence.Within} | {sequence.By} | {string.Join(' ', sequence.Same.Select(field => $"{field.Name}[{field.Argument}]"))}";
}
