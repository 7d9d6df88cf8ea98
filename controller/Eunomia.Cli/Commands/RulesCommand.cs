using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Controller.Rules;
using Eunomia.Core;
using Eunomia.Core.Rules;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl rules list|check|explain|convert|test|reload</c>.</summary>
internal sealed class RulesCommand(CommandContext context)
{
    private readonly RulesOptions _options = new();

    public static Command Create(CommandContext context)
    {
        var command = new Command("rules", "Look at rules: which there are, what is wrong with a file, what a rule means, what it would have told; convert Falco's; have the daemon read its own again.");
        var rules = new RulesCommand(context);
        command.Subcommands.Add(rules.CreateList());
        command.Subcommands.Add(rules.CreateCheck());
        command.Subcommands.Add(rules.CreateExplain());
        command.Subcommands.Add(rules.CreateConvert());
        command.Subcommands.Add(RulesTestCommand.Create(context));
        command.Subcommands.Add(RulesReloadCommand.Create(context));
        return command;
    }

    private Command CreateList()
    {
        var command = new Command("list", "List the rules that can be used. What cannot is said on stderr, with exit status 1.");
        Option[] options = [_options.Rules, _options.Tags, _options.Priority, _options.Format];
        foreach (Option option in options)
        {
            command.Options.Add(option);
        }
        command.SetAction(parsed => List(
            parsed.GetValue(_options.Rules) ?? [], parsed.GetValue(_options.Tags) ?? [], parsed.GetValue(_options.Priority), parsed.GetValue(_options.Format)));
        return command;
    }

    private Command CreateCheck()
    {
        var command = new Command(
            "check",
            "Say everything that is wrong or odd with rule files, a line each, also what never fires, is not used or costs much. "
            + "Exit status 1 when something cannot be used. Files are read in this order, and later ones may change earlier ones.");
        command.Arguments.Add(_options.Files);
        command.Options.Add(_options.Strict);
        command.SetAction(parsed => Check(parsed.GetRequiredValue(_options.Files), parsed.GetValue(_options.Strict)));
        return command;
    }

    private Command CreateExplain()
    {
        var command = new Command(
            "explain", "Say of a rule what it is for, when it fires, with everything filled in, what it looks at and where it stands.");
        command.Arguments.Add(_options.Rule);
        command.Options.Add(_options.Rules);
        command.SetAction(parsed => Explain(parsed.GetRequiredValue(_options.Rule), parsed.GetValue(_options.Rules) ?? []));
        return command;
    }

    private Command CreateConvert()
    {
        var command = new Command("convert", "Write a rule file as TOML that means the same. Comments are not kept.");
        command.Arguments.Add(_options.Source);
        command.Options.Add(_options.Target);
        command.SetAction(parsed => Convert(parsed.GetRequiredValue(_options.Source), parsed.GetValue(_options.Target)));
        return command;
    }

    private int List(string[] paths, string[] tags, RulePriority? priority, OutputFormat format)
    {
        LoadedRules loaded = Load(paths);
        Rule[] rules =
        [
            .. RulesText.All(loaded.Set)
                .Where(rule => tags.Length == 0 || rule.Tags.Intersect(tags).Any())
                .Where(rule => priority is not { } least || rule.Priority <= least),
        ];
        context.Out.Write(format == OutputFormat.Json ? RulesJson.List(rules, loaded.Set) : RulesText.List(rules));
        return Tell(loaded);
    }

    private int Check(string[] paths, bool strict)
    {
        var loader = new RuleLoader();
        foreach (string path in paths)
        {
            loader.Add(path);
        }
        LoadedRules loaded = loader.Check();
        foreach (RuleDiagnostic diagnostic in loaded.Diagnostics)
        {
            context.Out.WriteLine(diagnostic);
        }
        context.Out.WriteLine(RulesText.Summary(loaded, loader.Files.Count));
        bool isWarned = loaded.Diagnostics.Any(diagnostic => diagnostic.Severity == RuleSeverity.Warning);
        return loaded.HasErrors || (strict && isWarned) ? ExitCodes.Failure : ExitCodes.Success;
    }

    private int Explain(string name, string[] paths)
    {
        LoadedRules loaded = Load(paths);
        Rule[] all = [.. RulesText.All(loaded.Set)];
        Rule? rule = Array.Find(all, rule => rule.Name == name) ?? Array.Find(all, rule => rule.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (rule is null)
        {
            RuleDiagnostic? wrong = loaded.Diagnostics.FirstOrDefault(
                diagnostic => diagnostic.Severity != RuleSeverity.Warning && diagnostic.Subject.EndsWith($" '{name}'", StringComparison.Ordinal));
            throw new CommandException(wrong is not null
                ? wrong.ToString()
                : $"there is no rule '{name}'{Spelling.MayBe(name, all.Select(rule => rule.Name))}; see '{Application.Name} rules list'");
        }
        context.Out.Write(RulesText.Explain(rule, loaded));
        return ExitCodes.Success;
    }

    private int Convert(string source, string? target)
    {
        string? text = RuleConverter.Convert(source, out IReadOnlyList<RuleDiagnostic> diagnostics);
        foreach (RuleDiagnostic diagnostic in diagnostics)
        {
            context.Error.WriteLine($"{Application.Name}: {diagnostic}");
        }
        if (text is null)
        {
            return ExitCodes.Failure;
        }
        if (target is null)
        {
            context.Out.Write(text);
            return ExitCodes.Success;
        }
        try
        {
            File.WriteAllText(target, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write {target}: {error.Message}");
        }
        return ExitCodes.Success;
    }

    private static LoadedRules Load(string[] paths)
    {
        var loader = new RuleLoader();
        if (paths.Length == 0)
        {
            loader.AddDefaults();
        }
        foreach (string path in paths)
        {
            loader.Add(path);
        }
        return loader.Load();
    }

    private int Tell(LoadedRules loaded)
    {
        foreach (RuleDiagnostic diagnostic in loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == RuleSeverity.Error))
        {
            context.Error.WriteLine($"{Application.Name}: {diagnostic}");
        }
        return loaded.HasErrors ? ExitCodes.Failure : ExitCodes.Success;
    }
}
