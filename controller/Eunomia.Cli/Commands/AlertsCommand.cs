using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Hosting;
using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl alerts</c>: what the daemon's rules have told.</summary>
internal sealed class AlertsCommand
{
    private readonly CommandContext _context;
    private readonly AlertJson _json = new();
    private readonly AlertText _text;

    private readonly Option<bool> _follow = new("--follow", "-f")
    {
        Description = "Then go on with each new one, until Ctrl-C or SIGTERM.",
    };

    private readonly Option<TimeSpan?> _since = new("--since")
    {
        HelpName = "TIME",
        Description = "Only those of the last 30s, 10m, 2h or 7d.",
        CustomParser = OptionParsers.Age,
    };

    private readonly Option<RulePriority?> _priority = new Option<RulePriority?>("--priority")
    {
        HelpName = "PRIORITY",
        Description = "Only those that are at least as bad as emergency, alert, critical, error, warning, notice, informational or debug.",
        CustomParser = OptionParsers.Priority,
    }.Offering(OptionParsers.PriorityNames);

    private readonly Option<ContainerSelector[]> _containers = new("--container", "-c")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Only those of this container. May be repeated.",
        CustomParser = OptionParsers.Containers,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _rules = new("--rule")
    {
        HelpName = "NAME",
        Description = "Only those of this rule. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format("alerts are written");
    private readonly Option<string?> _daemon = CommonOptions.Daemon();

    private AlertsCommand(CommandContext context)
    {
        _context = context;
        _text = new AlertText(new AlertTextOptions(context.Terminal.Colour, TimeZoneInfo.Local));
    }

    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "alerts",
            "Show what the daemon's rules have told: the last 1000 alerts, also of its earlier runs as far as its alert file has them. "
            + "Needs no root, only membership of group "
            + $"{ApiAccess.ReadersName}.");
        var alerts = new AlertsCommand(context);
        Option[] all =
            [alerts._follow, alerts._since, alerts._priority, alerts._containers, alerts._rules, alerts._format, alerts._daemon];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
        command.SetAction(alerts.Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        DaemonEndpoint endpoint = DaemonEndpoint.Require(_context.Machine, parsed.GetValue(_daemon));
        AlertFilter filter = Filter(parsed);
        OutputFormat format = parsed.GetValue(_format);
        using OutputFile file = _context.OpenStdout();
        try
        {
            using var client = new DaemonClient(endpoint.SocketPath);
            Task<int> run = parsed.GetValue(_follow) ? FollowAsync(client, filter, format, file) : ListAsync(client, filter, format, file);
            return run.GetAwaiter().GetResult();
        }
        catch (ApiException error)
        {
            throw DaemonAdvice.ToException(error);
        }
    }

    private AlertFilter Filter(ParseResult parsed) => new()
    {
        SinceUnixNs = parsed.GetValue(_since) is { } age ? (_context.Time.GetUtcNow() - age - DateTimeOffset.UnixEpoch).Ticks * 100 : 0,
        LeastPriority = parsed.GetValue(_priority) ?? RulePriority.Debug,
        Containers = parsed.GetValue(_containers) ?? [],
        Rules = parsed.GetValue(_rules) ?? [],
    };

    private async Task<int> ListAsync(DaemonClient client, AlertFilter filter, OutputFormat format, OutputFile file)
    {
        try
        {
            (IReadOnlyList<Alert> alerts, ulong forgotten) = await client.ListAlertsAsync(filter, _context.Stop);
            if (forgotten > 0)
            {
                _context.Error.WriteLine($"{Application.Name}: {forgotten} older alerts are kept no more");
            }
            Write(alerts, format, file);
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("stopped before the daemon answered");
        }
        return End(file);
    }

    private async Task<int> FollowAsync(DaemonClient client, AlertFilter filter, OutputFormat format, OutputFile file)
    {
        _context.ReserveThreads();
        using var stop = new RunStop(null, _context.Time, _context.Stop, file.Failed);
        ulong lost = 0;
        try
        {
            await client.FollowAlertsAsync(
                filter,
                newOnly: false,
                (alerts, lostSoFar) =>
                {
                    Write(alerts, format, file);
                    if (lostSoFar > lost)
                    {
                        _context.Error.WriteLine($"{Application.Name}: {lostSoFar - lost} alerts were lost here, this was too slow for them");
                        lost = lostSoFar;
                    }
                },
                stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return End(file);
        }
        return _context.Stop.IsCancellationRequested ? End(file) : throw new CommandException($"the daemon at {client.SocketPath} has ended");
    }

    private void Write(IReadOnlyList<Alert> alerts, OutputFormat format, OutputFile file)
    {
        foreach (Alert alert in alerts)
        {
            if (format == OutputFormat.Json)
            {
                _json.Write(alert, file);
            }
            else
            {
                _text.Write(alert, file);
            }
        }
        file.Flush();
    }

    private static int End(OutputFile file) => file.ReaderIsGone ? ExitCodes.ReaderGone
        : file.Failure != 0 ? throw file.FailureException()
        : ExitCodes.Success;
}
