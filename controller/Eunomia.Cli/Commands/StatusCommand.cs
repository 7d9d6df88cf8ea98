using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
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
            + "full, degraded, off, or idle because nobody listens. Where a daemon runs, show it too: its rules, outputs, streams "
            + "and gaps.");
        Option<string?> daemon = CommonOptions.Daemon();
        command.Options.Add(format);
        command.Options.Add(strict);
        command.Options.Add(daemon);
        command.Options.Add(collector);
        command.SetAction(parsed =>
            AskDaemon(context, parsed.GetValue(daemon), parsed.GetValue(collector), parsed.GetValue(format), parsed.GetValue(strict))
            ?? Run(context, parsed.GetValue(collector), parsed.GetValue(format), parsed.GetValue(strict)));
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

    /// <summary>Null where no daemon runs.</summary>
    private static int? AskDaemon(CommandContext context, string? daemon, string? collector, OutputFormat format, bool strict)
    {
        if (DaemonEndpoint.Choose(context.Machine, daemon, collector) is not { } endpoint)
        {
            return null;
        }
        try
        {
            using var client = new DaemonClient(endpoint.SocketPath);
            Protocol.V1.GetStatusResponse status = client.GetStatusAsync(context.Stop).GetAwaiter().GetResult();
            DaemonStatusWriter.Write(status, endpoint.SocketPath, format, context.Out);
            bool impaired = status.CollectorState != Protocol.V1.CollectorState.Attached || status.Trackers.Any(
                tracker => tracker.State is Protocol.V1.TrackerState.Degraded or Protocol.V1.TrackerState.Off);
            return strict && impaired
                ? throw new CommandException("--strict: a tracker is degraded or off, or there is no collector, see above")
                : ExitCodes.Success;
        }
        catch (ApiException error) when (error.IsMissing && !endpoint.IsNamed)
        {
            return null; // it left its socket behind
        }
        catch (ApiException error)
        {
            throw DaemonAdvice.ToException(error);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("stopped before the daemon answered");
        }
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
