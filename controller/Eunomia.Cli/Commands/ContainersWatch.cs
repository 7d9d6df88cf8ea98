using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl containers --watch</c>: the table, then what changes.</summary>
internal sealed class ContainersWatch(
    CommandContext context, ContainersSettings settings, CollectorClient client, CollectorEndpoint endpoint, OutputFile file)
{
    private static readonly EventKindSet Kinds = EventKindSet.Of(
        EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit, EventKind.CgroupRmdir);

    public async Task<int> RunAsync()
    {
        context.ReserveThreads();
        using var stop = new RunStop(settings.Time, context.Time, context.Stop, file.Failed);
        var output = new ContainerWatchOutput(settings.Format, file, context.Terminal, context.Time);
        var observer = new Observer(new RunObserver(context.Error, stop), output);
        var options = new SessionOptions
        {
            Filters = [new EventFilter(Kinds)],
            Hostname = "",
        };
        var session = new CollectorSession(client, options, [output], observer, context.Time);
        try
        {
            SessionResult result = await session.RunAsync(stop.Token);
            output.Complete();
            return Report(result);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            return ExitCodes.Success; // stopped before anything was attached
        }
    }

    private int Report(SessionResult result)
    {
        if (file.ReaderIsGone)
        {
            return ExitCodes.ReaderGone;
        }
        if (result.Ledger.Rows.Any(row => row.Lost > 0) || result.Ledger.Gaps.Count > 0)
        {
            context.Error.WriteLine($"{Application.Name}: records were lost, so a change of a container may be missing");
        }
        if (file.Failure != 0)
        {
            throw file.FailureException();
        }
        return result.Failure is { } failure ? throw FaultAdvice.ToException(failure, endpoint) : ExitCodes.Success;
    }

    private sealed class Observer(RunObserver inner, ContainerWatchOutput output) : ISessionObserver
    {
        public void Ready()
        {
            output.Ready();
            inner.Ready();
        }

        public void Notice(string text) => inner.Notice(text);
    }
}
