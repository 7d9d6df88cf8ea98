using System.Text;
using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Checks;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Cli.Output;

/// <summary>Rules for people.</summary>
internal static class RulesText
{
    private static readonly string[] Joins = ["process", "process tree", "container"];

    /// <summary>Names of priorities, the worst first.</summary>
    public static string[] Priorities => Commands.OptionParsers.PriorityNames;

    /// <summary>Rules, then what is known of sequences as rules.</summary>
    public static IEnumerable<Rule> All(RuleSet set) => set.Rules.Concat(set.Sequences.Select(sequence => sequence.Rule));

    public static string Priority(Rule rule) => Priorities[(int)rule.Priority];

    /// <summary>A line for each.</summary>
    public static string List(IReadOnlyList<Rule> rules)
    {
        var text = new StringBuilder();
        int width = rules.Select(rule => rule.Name.Length).Append("RULE".Length).Max();
        text.AppendLine($"{"PRIORITY",-13}  {"ENABLED",-7}  {"RULE".PadRight(width)}  TAGS");
        foreach (Rule rule in rules)
        {
            string line = $"{Priority(rule),-13}  {(rule.Enabled ? "yes" : "no"),-7}  {rule.Name.PadRight(width)}  {string.Join(' ', rule.Tags)}";
            text.AppendLine(line.TrimEnd());
        }
        return text.ToString();
    }

    /// <summary>What came of a check.</summary>
    public static string Summary(LoadedRules loaded, int files)
    {
        string counts = string.Join(", ", Enum.GetValues<RuleSeverity>().Select(severity =>
        {
            int count = loaded.Diagnostics.Count(diagnostic => diagnostic.Severity == severity);
            return Count(count, severity == RuleSeverity.Info ? "note" : severity.ToString().ToLowerInvariant());
        }));
        string sequences = loaded.Set.Sequences.Count > 0 ? $" and {Count(loaded.Set.Sequences.Count, "sequence")}" : "";
        return $"{Count(files, "file")}: {Count(loaded.Set.Rules.Count, "rule")}{sequences} to use; {counts}";
    }

    /// <summary>Everything about one.</summary>
    public static string Explain(Rule rule, LoadedRules loaded)
    {
        SequenceRule? sequence = loaded.Set.Sequences.FirstOrDefault(candidate => ReferenceEquals(candidate.Rule, rule));
        var text = new StringBuilder();
        text.AppendLine(rule.Name);
        if (rule.Description.Length > 0)
        {
            text.AppendLine().AppendLine(rule.Description);
        }
        text.AppendLine();
        Line(text, "priority", Priority(rule));
        Line(text, "enabled", rule.Enabled ? "yes" : "no");
        Line(text, "tags", string.Join(' ', rule.Tags));
        Line(text, "actions", string.Join(' ', rule.Actions.ToNames()));
        Line(text, "defined at", rule.Position.ToString());
        Line(text, "fix", rule.Fix);
        Line(text, "output", rule.Output);
        Condition[] conditions = sequence is null ? [rule.Condition] : [.. sequence.Steps];
        Line(text, "events", string.Join(", ", conditions.Select(Events).Distinct()));
        Line(text, "cost", $"up to {conditions.Max(RuleFacts.Cost)} simple comparisons for such an event");
        if (sequence is not null)
        {
            Line(text, "joined by", $"{Joins[(int)sequence.By]}, within {sequence.Within.TotalSeconds} s");
            Line(text, "same", string.Join(' ', sequence.Same.Select(ConditionPrinter.Print)));
        }
        for (int i = 0; i < conditions.Length; i++)
        {
            text.AppendLine().AppendLine(sequence is null ? "fires when" : i == 0 ? "fires when first" : "and then");
            text.AppendLine(Indented(ConditionPrinter.PrintResolved(conditions[i])));
        }
        Fields(text, conditions);
        foreach (RuleDiagnostic diagnostic in loaded.Diagnostics.Where(diagnostic => diagnostic.Subject.EndsWith($" '{rule.Name}'", StringComparison.Ordinal)))
        {
            text.AppendLine().AppendLine(diagnostic.ToString());
        }
        return text.ToString();
    }

    private static string Events(Condition condition) => RuleFacts.Events(condition) is { } events
        ? string.Join(' ', events.Order(StringComparer.Ordinal))
        : "all";

    private static void Fields(StringBuilder text, Condition[] conditions)
    {
        string[] names = [.. conditions.SelectMany(ConditionWalk.Fields).Select(field => field.Name).Distinct().Order(StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            return;
        }
        text.AppendLine().AppendLine("looks at");
        int width = names.Max(name => name.Length);
        foreach (string name in names)
        {
            FieldInfo? field = FieldCatalog.Find(name);
            string reason = field?.Unobservable is { } why ? $" (no value on this host: {why})" : "";
            text.AppendLine($"    {name.PadRight(width)}  {field?.Summary}{reason}".TrimEnd());
        }
    }

    private static void Line(StringBuilder text, string name, string value)
    {
        if (value.Length > 0)
        {
            text.AppendLine($"{name + ":",-12}{value.ReplaceLineEndings(" ")}");
        }
    }

    private static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => $"    {line}"));

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
