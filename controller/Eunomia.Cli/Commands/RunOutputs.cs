using Eunomia.Cli.Output;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Profiling;

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
    public RunOutputs(CommandContext context, RunSettings settings, RunLimits limits, TimeSpan interval)
    {
        Dictionary<(string?, OutputFormat), EventOutput> known = [];
        foreach (TrackerSettings tracker in settings.Trackers)
        {
            OutputFile file = Open(context, tracker.File);
            var format = (tracker.File, FormatOf(context, settings, tracker));
            if (!known.TryGetValue(format, out EventOutput? output))
            {
                known[format] = output = Create(context, settings, tracker, file, interval);
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

    /// <summary>Who tells what stands at the addresses of samples.</summary>
    public void UseSymbols(ISymbolSource source) => _outputs.ForEach(output => output.UseSymbols(source));

    /// <summary>Writes what is only written at the end.</summary>
    public async Task FinishAsync()
    {
        foreach (EventOutput output in _outputs)
        {
            await output.FinishAsync();
        }
    }

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

    /// <summary>
    /// Refuses a picture of a profile where there is more than a profile to show, or other things go there too. For a picture
    /// nothing is counted that does not stand in it.
    /// </summary>
    /// <exception cref="CommandException">It cannot be drawn.</exception>
    public static RunSettings Settle(CommandContext context, RunSettings settings)
    {
        if (settings.Capture)
        {
            return settings;
        }
        Check(context, settings);
        return settings with
        {
            Trackers = [.. settings.Trackers.Select(tracker => IsPicture(FormatOf(context, settings, tracker))
                ? tracker with { Events = EventKindSet.Of(EventKind.PerfSample) }
                : tracker)],
        };
    }

    private static bool IsPicture(OutputFormat format) => format is OutputFormat.Folded or OutputFormat.Svg;

    private static void Check(CommandContext context, RunSettings settings)
    {
        foreach (TrackerSettings tracker in settings.Trackers)
        {
            OutputFormat format = FormatOf(context, settings, tracker);
            if (!IsPicture(format))
            {
                continue;
            }
            string name = format == OutputFormat.Svg ? "svg" : "folded";
            if (!tracker.IsProfile)
            {
                throw UsageErrors.ToException($"--fmt {name}: it shows samples of perf and nothing else; say 'run perf'", "run");
            }
            if (settings.Trackers.Any(other => other.File == tracker.File && FormatOf(context, settings, other) != format))
            {
                throw UsageErrors.ToException($"--fmt {name}: another tracker writes to {tracker.File ?? "stdout"} too; name a file of its own", "run");
            }
        }
    }

    /// <summary>A table that is drawn anew all the time.</summary>
    public static bool IsLive(CommandContext context, RunSettings settings) =>
        IsLiveTable(context, settings, settings.IsSyscallTable || settings.IsProfile);

    /// <summary>One of system calls, which can be sorted.</summary>
    public static bool IsLiveSyscalls(CommandContext context, RunSettings settings) =>
        IsLiveTable(context, settings, settings.IsSyscallTable);

    private static bool IsLiveTable(CommandContext context, RunSettings settings, bool isTable) =>
        isTable && settings.Trackers[0] is { Format: null or OutputFormat.Text, File: null } && context.Terminal.Width > 0;

    private static OutputFormat FormatOf(CommandContext context, RunSettings settings, TrackerSettings tracker)
    {
        bool isTerminal = tracker.File is null && context.Terminal.Width > 0;
        return tracker.Format ?? Path.GetExtension(tracker.File) switch
        {
            ".svg" when tracker.IsProfile => OutputFormat.Svg,
            ".folded" when tracker.IsProfile => OutputFormat.Folded,
            _ => (settings.IsSyscallTable || settings.IsProfile) && !isTerminal ? OutputFormat.Json : OutputFormat.Text,
        };
    }

    private static EventOutput Create(CommandContext context, RunSettings settings, TrackerSettings tracker, OutputFile file, TimeSpan interval)
    {
        if (settings.Capture)
        {
            return EventOutput.None(file);
        }
        Terminal terminal = tracker.File is null ? context.Terminal : Terminal.None;
        OutputFormat format = FormatOf(context, settings, tracker);
        bool hasSamples = settings.Trackers.Any(
            other => other.File == tracker.File && FormatOf(context, settings, other) == format && other.Events.Contains(EventKind.PerfSample));
        if (hasSamples && (format != OutputFormat.Text || settings.IsProfile))
        {
            return ProfileOutput.Create(format, file, terminal, interval, context.Time, settings.RawPaths);
        }
        return IsLiveSyscalls(context, settings)
            ? new SyscallTableOutput(
                file, new SyscallTableOptions(settings.Latency, settings.Refused, settings.Order ?? SyscallOrder.Count), terminal, context.Time)
            : EventOutput.Create(format, file, Environment.MachineName, terminal, settings.RawPaths);
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
