using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Protocol.V1;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl rules reload</c>: has the daemon read its rules again.</summary>
internal static class RulesReloadCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> daemon = CommonOptions.Daemon();
        var command = new Command(
            "reload",
            "Have the daemon read its configuration and rules again, as SIGHUP does. Where anything is wrong with them nothing changes, "
            + $"and the exit status is 1. For root and members of group {ApiAccess.AdministratorsName}.");
        command.Options.Add(daemon);
        command.SetAction(parsed => Run(context, parsed.GetValue(daemon)));
        return command;
    }

    private static int Run(CommandContext context, string? socket)
    {
        try
        {
            using var client = new DaemonClient(DaemonEndpoint.Require(context.Machine, socket).SocketPath);
            ReloadResponse answer = client.ReloadAsync(context.Stop).GetAwaiter().GetResult();
            foreach (string line in answer.Warnings.Concat(answer.Errors))
            {
                context.Error.WriteLine($"{Application.Name}: {line}");
            }
            return answer.Errors.Count == 0 ? ExitCodes.Success : throw new CommandException("nothing was reloaded, see the lines above");
        }
        catch (ApiException error)
        {
            throw DaemonAdvice.ToException(error);
        }
    }
}
