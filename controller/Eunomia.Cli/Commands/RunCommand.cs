using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Syscalls;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl run TRACKER...</c>: what processes do, as it happens.</summary>
internal sealed class RunCommand(CommandContext context, RunSettings settings)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultUdpIdle = TimeSpan.FromSeconds(30);
    private const int DefaultFrequency = 49;
    private static readonly TimeSpan LiveInterval = TimeSpan.FromSeconds(1);

    public static Command Create(CommandContext context) => Create(
        context,
        new RunOptions("run"),
        "Show events as they happen, until stopped. At the end, stderr says for each kind of event how many were "
        + "offered, delivered and lost. Where a daemon runs, it is asked, which needs no root. Else, as root without a collector, a "
        + "private one is started and events are read as the invoking user, without privilege.");

    /// <summary><c>eunomiactl record TRACKER... -o FILE</c>: the same, written down raw for <c>replay</c>.</summary>
    public static Command CreateRecord(CommandContext context) => Create(
        context,
        new RunOptions("record"),
        "Write what the kernel tells into a capture, until stopped: 'replay' shows it as 'run' would have, on any "
        + "machine and without privilege. A capture holds arguments and paths as they were.");

    private static Command Create(CommandContext context, RunOptions options, string description)
    {
        var command = new Command(options.Command, description);
        options.AddTo(command);
        command.SetAction(parsed => new RunCommand(context, RunOutputs.Settle(context, options.Read(parsed))).Run());
        return command;
    }

    private int Run()
    {
        if (settings.Order is not null && !RunOutputs.IsLiveSyscalls(context, settings))
        {
            throw UsageErrors.ToException("--sort: there is no table to sort; it is for 'run syscall' alone, as text on a terminal", "run");
        }
        CheckPids();
        if (AskDaemon() is { } status)
        {
            return status;
        }
        CollectorEndpoint? endpoint = CollectorEndpoint.Choose(context.Machine, settings.Collector, serviceAsRoot: false);
        if (endpoint is null)
        {
            return Launcher.Become(context.Machine, context.Arguments);
        }
        Privilege.RequireNone(context.Machine, endpoint);
        using var limits = new RunLimits(settings.MostEvents, context.Time);
        using var outputs = new RunOutputs(context, settings, limits, Interval());
        context.ReserveThreads();
        return RunAsync(endpoint, outputs, limits).GetAwaiter().GetResult();
    }

    /// <summary>Runs as a client of the daemon; null where there is none, or root wants what only a collector of its own can do.</summary>
    private int? AskDaemon()
    {
        if (DaemonEndpoint.Choose(context.Machine, settings.Daemon, settings.Collector) is not { } endpoint)
        {
            return null;
        }
        bool isRoot = context.Machine.UserId == 0;
        if (DaemonRun.Hindrance(settings) is { } hindrance)
        {
            return isRoot && !endpoint.IsNamed ? null : throw new CommandException(
                $"{hindrance}: not through the daemon at {endpoint.SocketPath}; run with sudo for a private collector"
                + (endpoint.IsNamed ? $", without --daemon and {DaemonEndpoint.Variable}" : ""));
        }
        if (isRoot && !endpoint.IsNamed && settings.Trackers.Any(tracker => tracker.File is not null))
        {
            return null; // files are written without root's rights, which needs the launcher
        }
        try
        {
            context.ReserveThreads();
            using var run = new DaemonRun(context, settings, endpoint);
            return run.RunAsync().GetAwaiter().GetResult();
        }
        catch (ApiException error) when (error.IsMissing && !endpoint.IsNamed)
        {
            return null; // it left its socket behind
        }
        catch (ApiException error)
        {
            throw DaemonAdvice.ToException(error);
        }
    }

    private async Task<int> RunAsync(CollectorEndpoint endpoint, RunOutputs outputs, RunLimits limits)
    {
        using var stop = new RunStop(Duration(), context.Time, context.Stop, outputs.Failed, limits.Reached);
        try
        {
            using var client = new CollectorClient(endpoint.SocketPath);
            outputs.UseSymbols(client);
            var observer = new RunObserver(context.Error, stop, limits.StartTime);
            var session = new CollectorSession(client, SessionOptions(outputs), outputs.PerTracker, observer, context.Time);
            SessionResult result = await session.RunAsync(stop.Token);
            await outputs.FinishAsync();
            outputs.Flush();
            return Report(result, outputs, endpoint);
        }
        catch (CollectorException error)
        {
            throw FaultAdvice.ToException(error, endpoint);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCodes.Success; // stopped before anything was attached
        }
    }

    private int Report(SessionResult result, RunOutputs outputs, CollectorEndpoint endpoint)
    {
        if (outputs.ReaderIsGone)
        {
            return ExitCodes.ReaderGone; // as quiet as any program in front of head
        }
        LedgerText.Write(result.Ledger, settings.Events, context.Error);
        outputs.ThrowIfFailed();
        if (result.Failure is { } failure)
        {
            throw FaultAdvice.ToException(failure, endpoint);
        }
        if (settings.Strict && !result.IsPerfect)
        {
            throw new CommandException("--strict: something was missed, see the lines above");
        }
        return ExitCodes.Success;
    }

    private void CheckPids()
    {
        foreach (int pid in settings.Trackers.SelectMany(tracker => tracker.Pids))
        {
            if (!context.Machine.ProcessExists(pid))
            {
                throw new CommandException($"--pid: there is no process {pid}");
            }
        }
    }

    // A session whose trackers all end by themselves ends with the last one.
    private TimeSpan? Duration() =>
        settings.Time ?? (settings.Trackers.All(tracker => tracker.Duration is not null)
            ? settings.Trackers.Max(tracker => tracker.Duration)
            : null);

    // What is counted is told when a tracker ends, too: its duration is a multiple of the interval.
    private TimeSpan Interval()
    {
        TimeSpan interval = settings.Interval ?? (RunOutputs.IsLive(context, settings) ? LiveInterval : DefaultInterval);
        TimeSpan shortest = settings.Trackers.Min(tracker => tracker.Duration) ?? interval;
        return shortest / Math.Ceiling(shortest / interval);
    }

    private SessionOptions SessionOptions(RunOutputs outputs) => new()
    {
        Filters = [.. settings.Trackers.Select(tracker => tracker.ToFilter())],
        Ancestors = settings.Ancestors,
        EnvironmentNames = settings.Variables,
        Hostname = Environment.MachineName,
        RawPaths = settings.RawPaths,
        Interval = Interval(),
        PerfFrequency = settings.Frequency ?? DefaultFrequency,
        UdpIdle = settings.UdpIdle ?? DefaultUdpIdle,
        DnsPorts = settings.DnsPorts,
        Syscalls = settings.Trackers.Select(tracker => tracker.ToFilter())
            .Where(filter => !filter.Kinds.Intersect(Core.Events.Tracker.Syscall.AllKinds).IsEmpty)
            .Select(filter => filter.Syscalls)
            .DefaultIfEmpty(SyscallSelection.Everything)
            .Aggregate((all, more) => all.Union(more)),
        SyscallLatency = settings.Latency,
        SyscallRefused = settings.Refused,
        Accounts = settings.Capture, // whoever replays it may want them
        Capture = settings.Capture ? outputs.CreateCapture() : null,
    };
}
