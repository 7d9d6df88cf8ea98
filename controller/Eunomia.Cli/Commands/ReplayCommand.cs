using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol.Capture.V1;

namespace Eunomia.Cli.Commands;

/// <summary><c>eunomiactl replay FILE.eun</c>: a capture shown as <c>run</c> would have shown it. Needs no privilege.</summary>
internal sealed class ReplayCommand(CommandContext context, ReplaySettings settings)
{
    public static Command Create(CommandContext context)
    {
        var command = new Command(
            "replay",
            "Show the events of a capture as 'run' would have shown them, with the account at the end. Needs neither "
            + "privilege nor a collector; the machine may be another one.");
        var options = new ReplayOptions();
        options.AddTo(command);
        command.SetAction(parsed => new ReplayCommand(context, options.Read(parsed)).Run());
        return command;
    }

    private int Run()
    {
        try
        {
            using CaptureReader reader = CaptureReader.Open(OpenCapture(), settings.Capture == "-" ? "stdin" : settings.Capture);
            using OutputFile file = settings.File is { } path ? OutputFile.Create(path) : context.OpenStdout();
            return RunAsync(reader, file).GetAwaiter().GetResult();
        }
        catch (CaptureException error)
        {
            throw new CommandException(error.Message);
        }
    }

    private async Task<int> RunAsync(CaptureReader reader, OutputFile file)
    {
        CaptureHeader header = reader.Header;
        using var stop = new RunStop(null, context.Time, context.Stop, file.Failed);
        using EventOutput output = EventOutput.Create(
            settings.Format, file, header.Hostname, context.Terminal, header.RawPaths);
        EventFilter filter = CreateFilter(header);
        var options = new SessionOptions { Filters = [filter], Ancestors = settings.Ancestors, Hostname = header.Hostname };
        SessionResult result = await new CaptureReplay(reader, options, output, settings.Speed, context.Time)
            .RunAsync(stop.Token);
        file.Flush();
        return Report(result, filter.Kinds, reader, file);
    }

    private int Report(SessionResult result, EventKindSet events, CaptureReader reader, OutputFile file)
    {
        if (file.ReaderIsGone)
        {
            return ExitCodes.ReaderGone;
        }
        LedgerText.Write(result.Ledger, events, context.Error);
        if (file.Failure != 0)
        {
            throw file.FailureException();
        }
        if (reader.IsCut)
        {
            context.Error.WriteLine($"{Application.Name}: {reader.Name} is cut off; this is what it holds up to there");
        }
        if (settings.Strict && !result.IsPerfect)
        {
            throw new CommandException("--strict: something was missed, see the lines above");
        }
        return ExitCodes.Success;
    }

    private Stream OpenCapture()
    {
        try
        {
            return settings.Capture == "-" ? Console.OpenStandardInput() : File.OpenRead(settings.Capture);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot read {settings.Capture}: {error.Message}");
        }
    }

    private EventFilter CreateFilter(CaptureHeader header)
    {
        EventKindSet recorded = Recorded(header);
        EventKindSet missing = settings.Events.Except(recorded).Except(EventKinds.Common);
        if (!missing.IsEmpty)
        {
            throw UsageErrors.ToException($"--events: {missing} was not recorded; there is {recorded}", "replay");
        }
        bool own = settings.Containers.Count + settings.Pids.Count > 0;
        return new EventFilter(
            settings.Events.IsEmpty ? recorded : settings.Events,
            own ? settings.Containers : [.. header.Containers.Select(Selector).OfType<ContainerSelector>()],
            own ? [.. settings.Pids.Select(pid => (uint)pid)] : [.. header.Pids]);
    }

    // A kind that this version does not know has no events here either.
    private static EventKindSet Recorded(CaptureHeader header) => header.Events.Aggregate(
        default(EventKindSet), (kinds, name) => EventKinds.TryGet(name, out EventKind kind) ? kinds.With(kind) : kinds);

    private static ContainerSelector? Selector(string text) =>
        ContainerSelector.TryParse(text, out ContainerSelector? selector, out _) ? selector : null;
}
