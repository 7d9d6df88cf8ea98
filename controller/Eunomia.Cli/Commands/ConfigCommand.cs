using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Controller.Configuration;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl config check|show FILE</c>: a session's file, looked at without watching anything.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("config", "Look at a session's file: what is wrong with it, or what it means.");
        command.Subcommands.Add(Create(
            "check",
            "Say everything that is wrong with a session's file, a line each, with exit status 2; or that nothing is.",
            path => Check(context, path)));
        command.Subcommands.Add(Create(
            "show",
            "Show what is in force with a session's file, defaults included, and where each value comes from.",
            path => Show(context, path)));
        return command;
    }

    private static Command Create(string name, string description, Func<string, int> run)
    {
        var file = new Argument<string>("FILE") { Description = "The file, as run --config takes it." };
        var command = new Command(name, description);
        command.Arguments.Add(file);
        command.SetAction(parsed => run(parsed.GetRequiredValue(file)));
        return command;
    }

    private static int Check(CommandContext context, string path)
    {
        try
        {
            SessionConfig config = SessionConfigReader.ReadFile(path);
            context.Out.WriteLine($"{path}: ok, {config.Trackers.Count} {(config.Trackers.Count == 1 ? "tracker" : "trackers")}");
            return ExitCodes.Success;
        }
        catch (ConfigException failure)
        {
            foreach (ConfigError error in failure.Errors)
            {
                context.Error.WriteLine($"{Application.Name}: {error}");
            }
            return ExitCodes.Usage;
        }
    }

    private static int Show(CommandContext context, string path)
    {
        context.Out.Write(ConfigText.Describe(ConfigSettings.Read(path)));
        return ExitCodes.Success;
    }
}
