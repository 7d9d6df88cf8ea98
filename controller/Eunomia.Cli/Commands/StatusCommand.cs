using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl status</c>: what the collector is, what it can see, and what it has lost.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> collector = CommonOptions.Collector();
        Option<OutputFormat> format = CommonOptions.Format("the answer is written: for people, or one JSON object");
        var strict = new Option<bool>("--strict")
        {
            Description = "Exit with status 1 when a tracker is degraded or off.",
        };
        var command = new Command(
            "status",
            "Show the collector's version, kernel, record ABI, rings and ledger, and for each tracker whether it is "
            + "full, degraded, off, or idle because nobody listens.");
        command.Options.Add(format);
        command.Options.Add(strict);
        command.Options.Add(collector);
        command.SetAction(parsed => Run(
            context, parsed.GetValue(collector), parsed.GetValue(format), parsed.GetValue(strict)));
        return command;
    }

    private static int Run(CommandContext context, string? collector, OutputFormat format, bool strict)
    {
        CollectorEndpoint? endpoint = CollectorEndpoint.Choose(context.Machine, collector, serviceAsRoot: true);
        if (endpoint is null)
        {
            return Launcher.Become(context.Machine, context.Arguments);
        }
        if (endpoint.Origin == CollectorOrigin.Launcher)
        {
            Privilege.RequireNone(context.Machine, endpoint);
        }
        GetStatusResponse status = Ask(endpoint, context.Stop);
        StatusWriter.Write(status, endpoint.SocketPath, format, context.Out);
        if (status.AbiVersion != RecordAbi.Version)
        {
            throw FaultAdvice.ToException(CollectorException.OtherAbi(endpoint.SocketPath, status), endpoint);
        }
        bool impaired = status.Families.Any(family => family.State is FamilyState.Degraded or FamilyState.Off);
        return strict && impaired
            ? throw new CommandException("--strict: a tracker is degraded or off, see above")
            : ExitCodes.Success;
    }

    private static GetStatusResponse Ask(CollectorEndpoint endpoint, CancellationToken stop)
    {
        try
        {
            using var client = new CollectorClient(endpoint.SocketPath);
            return client.GetStatusAsync(stop).GetAwaiter().GetResult();
        }
        catch (CollectorException error)
        {
            throw FaultAdvice.ToException(error, endpoint);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("stopped before the collector answered");
        }
    }
}
