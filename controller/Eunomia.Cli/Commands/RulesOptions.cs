using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Core.Rules;

namespace Eunomia.Cli.Commands;

/// <summary>What the commands below <c>rules</c> take.</summary>
internal sealed class RulesOptions
{
    public Option<string[]> Rules { get; } = new("--rules")
    {
        HelpName = "FILE|DIR",
        Description = "Rules from this file, ours (.toml) or Falco's (.yaml, .yml), or from all such files of a directory in the "
            + "order of their names. May be given several times; later ones may change earlier ones.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<string[]> Tags { get; } = new("--tag")
    {
        HelpName = "TAG",
        Description = "Only rules with this tag. May be given several times: one of them is enough. Default: all.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<RulePriority?> Priority { get; } = new Option<RulePriority?>("--priority")
    {
        HelpName = "PRIORITY",
        Description = "Only rules of this priority and worse ones, from emergency, the worst, to debug. Default: all.",
        CustomParser = OptionParsers.Priority,
    }.Offering(OptionParsers.PriorityNames);

    public Option<OutputFormat> Format { get; } = CommonOptions.Format("rules are written: columns for people, or one JSON object per line");

    public Argument<string[]> Files { get; } = new("FILE")
    {
        Description = "Rule files, or directories of such.",
        Arity = ArgumentArity.OneOrMore,
    };

    public Option<bool> Strict { get; } = new("--strict") { Description = "Exit with status 1 for warnings, too." };

    public Argument<string> Rule { get; } = new("RULE") { Description = "The rule's name." };

    public Argument<string> Source { get; } = new("FILE") { Description = "The rule file: Falco's (.yaml, .yml), or ours (.toml)." };

    public Option<string?> Target { get; } = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "Write to this file instead of stdout.",
    };
}
