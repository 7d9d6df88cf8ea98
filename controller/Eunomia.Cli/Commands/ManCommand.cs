using System.CommandLine;
using Eunomia.Cli.Shell;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl man [PAGE]</c>: the manual pages, for whoever packages the program.</summary>
internal static class ManCommand
{
    public static Command Create(CommandContext context, RootCommand root)
    {
        var name = new Argument<string?>("PAGE") { Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("man", "Print the manual page of that name, or without one the names of all.") { Hidden = true };
        command.Arguments.Add(name);
        command.SetAction(parsed => Write(context.Out, root, parsed.GetValue(name)));
        return command;
    }

    private static void Write(TextWriter output, RootCommand root, string? name)
    {
        if (name is null)
        {
            output.WriteLine(string.Join('\n', ManPage.Names(root)));
        }
        else if (!ManPage.TryWrite(output, root, name))
        {
            throw UsageErrors.ToException($"no page '{name}'; there are {string.Join(", ", ManPage.Names(root))}", "man");
        }
    }
}
