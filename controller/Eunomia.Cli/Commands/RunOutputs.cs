using Eunomia.Cli.Output;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Output;

namespace Eunomia.Cli.Commands;

/// <summary>
/// Where the events of a run go: trackers that name the same file in the same format share it, so that their events stand
/// in one order.
/// </summary>
internal sealed class RunOutputs : IDisposable
{
    private readonly List<(string? Path, OutputFile File)> _files = [];
    private readonly List<EventOutput> _outputs = [];
    private readonly CancellationTokenSource _failed = new();

    /// <summary>Opens everything that the settings name.</summary>
    /// <exception cref="CommandException">A file cannot be written.</exception>
    public RunOutputs(CommandContext context, RunSettings settings, RunLimits limits)
    {
        Dictionary<(string?, OutputFormat), EventOutput> known = [];
        foreach (TrackerSettings tracker in settings.Trackers)
        {
            OutputFile file = Open(context, tracker.File);
            var format = (tracker.File, FormatOf(context, settings, tracker));
            if (!known.TryGetValue(format, out EventOutput? output))
            {
                known[format] = output = Create(context, settings, tracker, file);
                _outputs.Add(output);
            }
            PerTracker.Add(limits.Apply(output, tracker.Duration));
        }
    }

    /// <summary>For each tracker, in their order.</summary>
    public List<IEventOutput> PerTracker { get; } = [];

    /// <summary>Cancelled when anything cannot be written.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Whether the program that read our output has gone, as <c>head</c> does.</summary>
    public bool ReaderIsGone => _files.Exists(entry => entry.File.ReaderIsGone);

    /// <summary>Where a capture is written.</summary>
    public CaptureWriter CreateCapture() => new(_files[0].File, Application.Version);

    public void Flush() => _files.ForEach(entry => entry.File.Flush());

    /// <exception cref="CommandException">Something could not be written.</exception>
    public void ThrowIfFailed()
    {
        if (_files.Find(entry => entry.File.Failure != 0).File is { } file)
        {
            throw file.FailureException();
        }
    }

    public void Dispose()
    {
        _outputs.ForEach(output => output.Dispose());
        _files.ForEach(entry => entry.File.Dispose());
        _failed.Dispose();
    }

    /// <summary>A table of system calls that is drawn anew all the time.</summary>
    public static bool IsLive(CommandContext context, RunSettings settings) =>
        settings.IsSyscallTable && settings.Trackers[0] is { Format: null or OutputFormat.Text, File: null } && context.Terminal.Width > 0;

    private static OutputFormat FormatOf(CommandContext context, RunSettings settings, TrackerSettings tracker)
    {
        bool isTerminal = tracker.File is null && context.Terminal.Width > 0;
        return tracker.Format ?? (settings.IsSyscallTable && !isTerminal ? OutputFormat.Json : OutputFormat.Text);
    }

    private static EventOutput Create(CommandContext context, RunSettings settings, TrackerSettings tracker, OutputFile file)
    {
        if (settings.Capture)
        {
            return EventOutput.None(file);
        }
        Terminal terminal = tracker.File is null ? context.Terminal : Terminal.None;
        return IsLive(context, settings)
            ? new SyscallTableOutput(
                file, new SyscallTableOptions(settings.Latency, settings.Refused, settings.Order ?? SyscallOrder.Count), terminal, context.Time)
            : EventOutput.Create(FormatOf(context, settings, tracker), file, Environment.MachineName, terminal, settings.RawPaths);
    }

    private OutputFile Open(CommandContext context, string? path)
    {
        if (_files.Find(entry => entry.Path == path).File is { } known)
        {
            return known;
        }
        OutputFile file = path is null ? context.OpenStdout() : OutputFile.Create(path);
        _files.Add((path, file));
        file.Failed.UnsafeRegister(source => (source as CancellationTokenSource)?.Cancel(), _failed);
        return file;
    }
}
