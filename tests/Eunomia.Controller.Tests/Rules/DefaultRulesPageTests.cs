using Eunomia.Controller.Rules;
using Eunomia.Core.Rules;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>docs/rules-default.md lists the rules that are built in, and no others.</summary>
public sealed class DefaultRulesPageTests
{
    private static readonly RuleSet Set = new RuleLoader().AddDefaults().Load().Set;

    [Fact]
    public void Page_Tables_AreTheRules()
    {
        string[] page = [.. Rows()];
        string[] rules = [.. Set.Rules.Select(rule => Row(rule, "")), .. Set.Sequences.Select(sequence => Row(sequence.Rule, " (sequence)"))];

        Assert.Equal(rules.Order(StringComparer.Ordinal), page.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Rows() => File.ReadLines(RepositoryFiles.Path("docs", "rules-default.md"))
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| rule |", StringComparison.Ordinal));

    private static string Row(Rule rule, string kind) =>
        $"| {rule.Name}{kind} | {rule.Priority.ToString().ToLowerInvariant()} | {string.Join(' ', rule.Tags.Where(IsTechnique))} | {rule.Description} |";

    private static bool IsTechnique(string tag) => tag.Length > 1 && tag[0] == 'T' && char.IsAsciiDigit(tag[1]);
}
