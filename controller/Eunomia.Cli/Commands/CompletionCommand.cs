using System.CommandLine;
using Eunomia.Cli.Shell;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl completion SHELL</c>, and <c>complete</c>, which the printed script calls.</summary>
internal static class CompletionCommand
{
    public static Command Create(CommandContext context)
    {
        var shell = new Argument<string>("SHELL")
        {
            HelpName = "SHELL",
            Description = string.Join(", ", CompletionScripts.All.Keys),
            CompletionSources = { CompletionScripts.All.Keys.ToArray() },
            CustomParser = OptionParsers.Shell,
        };
        var command = new Command(
            "completion",
            "Print what makes a shell complete the commands, options and values of eunomiactl. "
            + $"For bash: 'source <({Application.Name} completion bash)'; the script itself says where it may be kept.");
        command.Arguments.Add(shell);
        command.SetAction(parsed => context.Out.WriteLine(CompletionScripts.All[parsed.GetValue(shell) ?? ""]));
        return command;
    }

    public static Command CreateHelper(CommandContext context, RootCommand root)
    {
        var words = new Argument<string[]>("WORD") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("complete", "Print what may stand where the last word is.") { Hidden = true };
        command.Arguments.Add(words);
        command.SetAction(parsed => Write(context.Out, Completion.Of(root, parsed.GetValue(words) ?? [])));
        return command;
    }

    private static void Write(TextWriter output, Completion completion)
    {
        foreach (Candidate candidate in completion.Candidates())
        {
            output.WriteLine($"{candidate.Value}\t{candidate.Meaning}");
        }
        if (completion.WantsFiles)
        {
            output.WriteLine(CompletionScripts.Files);
        }
    }
}
