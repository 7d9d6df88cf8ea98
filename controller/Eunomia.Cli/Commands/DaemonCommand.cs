using System.CommandLine;
using System.Globalization;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Api.Grpc;
using Eunomia.Controller.Configuration;
using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Exports;
using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl daemon</c>: what a person leaves running.</summary>
internal sealed class DaemonCommand(CommandContext context, DaemonSettings settings)
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "daemon",
            "Watch for ever, tell what is dangerous, and answer other commands: 'alerts', 'status', 'containers' and 'run' ask it "
            + "and need no root. Stays in the foreground; systemd is told when it is ready (Type=notify-reload). SIGHUP reads "
            + "configuration and rules again: where anything is wrong with them, nothing changes. A lost collector is looked for "
            + "for ever. At the end, stderr says for each kind of event how many were offered, delivered and lost.");
        var options = new DaemonCommandOptions();
        options.AddTo(command);
        command.SetAction(parsed => new DaemonCommand(context, options.Read(parsed)).Run());
        return command;
    }

    private int Run()
    {
        // As root nothing is read: the file may be anybody's, and what reads it is a lot of code.
        if (CollectorEndpoint.Choose(context.Machine, settings.Collector, serviceAsRoot: false) is null)
        {
            if (settings.Socket is null)
            {
                PrepareFolders();
            }
            return Launcher.Become(
                context.Machine, context.Arguments, settings.Enforcement is null or EnforcementMode.Off ? null : Launcher.Actions, settings.Pins);
        }
        if (settings.Pins is not null && context.Machine.GetVariable(CollectorEndpoint.Variable) is null)
        {
            throw new CommandException("--pin: is for the daemon's own collector; that of a service is started with --pin DIR itself", ExitCodes.Usage);
        }
        DaemonConfig config = settings.Over(Read());
        CollectorEndpoint endpoint = CollectorEndpoint.Choose(context.Machine, settings.Collector ?? Configured(config), serviceAsRoot: false)
            ?? throw new CommandException("there is no collector to connect to");
        Privilege.RequireNone(context.Machine, endpoint);
        CheckPids(config);
        context.ReserveThreads();
        return RunAsync(config, endpoint).GetAwaiter().GetResult();
    }

    // Those of the host's daemon; one with a socket of its own has its places in its file.
    private void PrepareFolders()
    {
        context.Machine.PrepareFolder(Path.GetDirectoryName(DaemonClient.DefaultSocket)!, isHandedOver: true);
        context.Machine.PrepareFolder(Path.GetDirectoryName(AlertOptions.DefaultSpoolFolder)!, isHandedOver: false);
        context.Machine.PrepareFolder(Path.GetDirectoryName(AlertFileOptions.DefaultPath)!, isHandedOver: false);
    }

    private async Task<int> RunAsync(DaemonConfig config, CollectorEndpoint endpoint)
    {
        using var notifier = new ServiceNotifier(
            context.Machine.GetVariable("NOTIFY_SOCKET"), context.Machine.GetVariable("WATCHDOG_USEC"),
            context.Machine.GetVariable("WATCHDOG_PID"), context.Time);
        var log = new ServiceLog(context.Error, Application.Name, context.Machine.GetVariable("JOURNAL_STREAM") is not null);
        var detection = new RuleDetection(Environment.MachineName);
        Load(detection, config, log);
        AlertOptions alerts = Alerts(config, log);
        AlertOutputs? outputs = null;
        try
        {
            await using var daemon = new Daemon(
                Options(config, alerts, endpoint), detection, publish => outputs = Open(alerts, publish, log), () => Reload(detection, config), log, notifier, context.Time);
            using IDisposable hangup = context.OnHangup(() => daemon.Reload());
            var access = new ApiAccess(
                UserNames.OwnUid, UserNames.FindGroup(ApiAccess.ReadersName), UserNames.FindGroup(ApiAccess.AdministratorsName));
            await using ApiServer api = await ApiServer.StartAsync(daemon, access);
            return Report(await daemon.RunAsync(context.Stop), outputs?.Status ?? [], log, endpoint);
        }
        catch (CollectorException error)
        {
            throw FaultAdvice.ToException(error, endpoint);
        }
        catch (ApiException error)
        {
            throw new CommandException(error.Message);
        }
        finally
        {
            if (outputs is not null)
            {
                await outputs.DisposeAsync();
            }
        }
    }

    // At the start a rule that is wrong ends it: a service without its rules would look as if all were well.
    private static void Load(RuleDetection detection, DaemonConfig config, ServiceLog log)
    {
        ReloadResult rules = detection.Reload(config.Rules);
        foreach (string warning in rules.Warnings)
        {
            log.Write(LogPriority.Warning, warning);
        }
        if (rules.Errors is [var first, ..])
        {
            string more = rules.Errors.Count > 1 ? $" (and {rules.Errors.Count - 1} more; see '{Application.Name} rules check')" : "";
            throw new CommandException($"{first}{more}");
        }
    }

    // The alert file is on by itself, but where it cannot be had, only one that was asked for is waited for.
    private static AlertOptions Alerts(DaemonConfig config, ServiceLog log)
    {
        AlertOptions options = config.Alerts;
        if (config.Format is { } format)
        {
            options = options with { Terminal = options.Terminal with { IsJson = format == "json" } };
        }
        if (options.File is { IsUnasked: true } file && AlertFileLock.WhyNot(file.Path) is { } reason)
        {
            log.Write(LogPriority.Warning, $"alerts are not kept in {file.Path}: {reason} Make its folder, or set [alerts.file]");
            options = options with { File = null };
        }
        return options;
    }

    private AlertOutputs Open(AlertOptions options, Action<Alert> publish, ServiceLog log) => AlertOutputs.Start(options, new AlertOutputsContext
    {
        Time = context.Time,
        Observer = new OutputLog(log),
        Stdout = new DescriptorStream(1),
        Text = new AlertTextOptions(context.Terminal.Colour, TimeZoneInfo.Local),
        Follower = publish,
    });

    private static int Report(SessionResult? result, IReadOnlyList<DeliveryStatus> outputs, ServiceLog log, CollectorEndpoint endpoint)
    {
        if (result is null)
        {
            return ExitCodes.Success; // told to end before anything was attached
        }
        using var lines = new StringWriter();
        LedgerText.Write(result.Ledger, default, lines);
        foreach (string line in lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            log.WriteContract(line);
        }
        foreach (DeliveryStatus output in outputs)
        {
            log.WriteContract(string.Create(CultureInfo.InvariantCulture,
                $"output {output.Name.Replace(' ', '_')} offered={output.Received + output.Recovered} delivered={output.Delivered} lost={output.Lost} waiting={output.Waiting}"));
        }
        return result.Failure is { } failure ? throw FaultAdvice.ToException(failure, endpoint) : ExitCodes.Success;
    }

    // The rules last: they are the only part that can fail once the file is understood.
    private ReloadResult Reload(RuleDetection detection, DaemonConfig running)
    {
        DaemonConfig config;
        try
        {
            config = settings.Over(settings.ReadFile(context.Machine));
        }
        catch (ConfigException failure)
        {
            return new ReloadResult([.. failure.Errors.Select(error => error.ToString())], []);
        }
        ReloadResult rules = detection.Reload(config.Rules);
        return rules with
        {
            Warnings = [.. rules.Warnings, .. NeedsRestart(running, config)],
            Enforcement = config.Enforcement ?? EnforcementMode.Off,
        };
    }

    private static IEnumerable<string> NeedsRestart(DaemonConfig running, DaemonConfig config)
    {
        (string Key, bool Differs)[] keys =
        [
            ("collector", running.Collector != config.Collector),
            ("socket", running.Socket != config.Socket),
            ("format", running.Format != config.Format),
            ("captures", running.Captures != config.Captures),
            ("alerts", running.Alerts != config.Alerts),
            ("interval", running.Interval != config.Interval),
            ("containers", !running.Containers.SequenceEqual(config.Containers)),
            ("pids", !running.Pids.SequenceEqual(config.Pids)),
        ];
        return keys.Where(key => key.Differs).Select(key => $"{key.Key}: a change needs a restart, until then it is as before");
    }

    private DaemonConfig Read()
    {
        try
        {
            return settings.ReadFile(context.Machine);
        }
        catch (ConfigException failure)
        {
            string more = failure.Errors.Count > 1 ? $" (and {failure.Errors.Count - 1} more)" : "";
            throw new CommandException($"{failure.Message}{more}", ExitCodes.Usage);
        }
    }

    // The launcher's own collector is the one that is wanted, whatever a file says.
    private string? Configured(DaemonConfig config) =>
        context.Machine.GetVariable(CollectorEndpoint.Variable) is null ? config.Collector : null;

    private void CheckPids(DaemonConfig config)
    {
        foreach (int pid in config.Pids)
        {
            if (!context.Machine.ProcessExists(pid))
            {
                throw new CommandException($"--pid: there is no process {pid}");
            }
        }
    }

    private static DaemonOptions Options(DaemonConfig config, AlertOptions alerts, CollectorEndpoint endpoint)
    {
        var options = new DaemonOptions
        {
            Version = Application.Version,
            Hostname = Environment.MachineName,
            CollectorSocket = endpoint.SocketPath,
            ApiSocket = config.Socket ?? DaemonClient.DefaultSocket,
            Containers = config.Containers,
            Pids = [.. config.Pids.Select(pid => (uint)pid)],
            Enforcement = config.Enforcement ?? EnforcementMode.Off,
            Captures = config.Captures,
            Earlier = alerts.File is { } file ? AlertHistory.Read(file, AlertHub.Kept) : [],
        };
        return config.Interval is { } interval ? options with { Interval = interval } : options;
    }
}
