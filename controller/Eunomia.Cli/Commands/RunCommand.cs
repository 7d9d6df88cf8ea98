using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Core;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl run TRACKER...</c>: what processes do, as it happens.</summary>
internal sealed class RunCommand(CommandContext context, RunSettings settings)
{
    public static Command Create(CommandContext context) => Create(
        context,
        new RunOptions("run"),
        "Show events as they happen, until stopped. At the end, stderr says for each kind of event how many were "
        + "offered, delivered and lost. As root without a collector, a private one is started and events are read "
        + "as the invoking user, without privilege.");

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
        command.SetAction(parsed => new RunCommand(context, options.Read(parsed)).Run());
        return command;
    }

    private int Run()
    {
        EventFilter filter = CreateFilter();
        CollectorEndpoint? endpoint = CollectorEndpoint.Choose(context.Machine, settings.Collector, serviceAsRoot: false);
        if (endpoint is null)
        {
            return Launcher.Become(context.Machine, context.Arguments);
        }
        Privilege.RequireNone(context.Machine, endpoint);
        using OutputFile file = settings.File is { } path ? OutputFile.Create(path) : context.OpenStdout();
        context.ReserveThreads();
        return RunAsync(endpoint, filter, file).GetAwaiter().GetResult();
    }

    private async Task<int> RunAsync(CollectorEndpoint endpoint, EventFilter filter, OutputFile file)
    {
        using var stop = new RunStop(settings.Time, context.Time, context.Stop, file.Failed);
        try
        {
            using var client = new CollectorClient(endpoint.SocketPath);
            using EventOutput output = settings.Capture
                ? EventOutput.None(file)
                : EventOutput.Create(settings.Format, file, Environment.MachineName, context.Terminal, settings.RawPaths);
            var observer = new RunObserver(context.Error, stop);
            var session = new CollectorSession(client, SessionOptions(filter, file), output, observer, context.Time);
            SessionResult result = await session.RunAsync(stop.Token);
            file.Flush();
            return Report(result, file, endpoint);
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

    private int Report(SessionResult result, OutputFile file, CollectorEndpoint endpoint)
    {
        if (file.ReaderIsGone)
        {
            return ExitCodes.ReaderGone; // as quiet as any program in front of head
        }
        LedgerText.Write(result.Ledger, settings.Events, context.Error);
        if (file.Failure != 0)
        {
            throw file.FailureException();
        }
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

    private EventFilter CreateFilter()
    {
        foreach (int pid in settings.Pids)
        {
            if (!context.Machine.ProcessExists(pid))
            {
                throw new CommandException($"--pid: there is no process {pid}");
            }
        }
        return new EventFilter(settings.Events, settings.Containers, [.. settings.Pids.Select(pid => (uint)pid)]);
    }

    private SessionOptions SessionOptions(EventFilter filter, OutputFile file) => new()
    {
        Filter = filter,
        Ancestors = settings.Ancestors,
        EnvironmentNames = settings.Variables,
        Hostname = Environment.MachineName,
        RawPaths = settings.RawPaths,
        FileIoInterval = settings.FileIoInterval,
        UdpIdle = settings.UdpIdle,
        DnsPorts = settings.DnsPorts,
        Capture = settings.Capture ? new CaptureWriter(file, Application.Version) : null,
    };
}
