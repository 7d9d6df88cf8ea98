using System.CommandLine;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl run TRACKER</c>.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "run",
            "Show events as they happen, until stopped. As root without a collector, a private one is started and "
            + "events are read as the invoking user, without privilege.");
        command.Subcommands.Add(RunProcessCommand.Create(context));
        return command;
    }
}
