using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Protocol.V1;
using Google.Protobuf;

namespace Eunomia.Cli.Commands;

/// <summary><c>run</c> as a client of the daemon: it watches already, and sends what is wanted, as lines.</summary>
internal sealed class DaemonRun(CommandContext context, RunSettings settings, DaemonEndpoint endpoint) : IDisposable
{
    private readonly Dictionary<string, OutputFile> _files = [];
    private readonly HashSet<OutputFile> _headed = [];
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _enough = new();
    private readonly DaemonAccount _account = new();
    private long _left = settings.MostEvents ?? long.MaxValue;
    private int _attached;

    /// <summary>What of a run only a collector of its own can do; null when there is nothing.</summary>
    public static string? Hindrance(RunSettings settings) =>
        settings.Capture ? "a capture"
        : settings.Trackers.Any(tracker => !tracker.Events.Intersect(EventKinds.PerfTracker).IsEmpty) ? "the tracker perf"
        : settings.Variables.Count > 0 ? "--env"
        : settings.Ancestors ? "--fields ancestors"
        : settings.RawPaths ? "--paths raw"
        : settings.Interval is not null ? "--interval"
        : settings.Latency ? "--latency"
        : settings.Refused ? "--refused"
        : settings.Frequency is not null ? "--freq"
        : settings.UdpIdle is not null ? "--udp-idle"
        : settings.DnsPorts.Count > 0 ? "--dns-port"
        : settings.Order is not null ? "--sort"
        : null;

    /// <summary>Runs until stopped.</summary>
    /// <exception cref="ApiException">There is no daemon, or it refuses.</exception>
    public async Task<int> RunAsync()
    {
        using var client = new DaemonClient(endpoint.SocketPath);
        OutputFile[] files = [.. settings.Trackers.Select(Open)];
        using var stop = new RunStop(Duration(), context.Time, [context.Stop, _enough.Token, .. files.Distinct().Select(file => file.Failed)]);
        Task<bool>[] streams = [.. settings.Trackers.Select((tracker, i) => FollowAsync(client, tracker, files[i], stop))];
        bool[] asked;
        try
        {
            asked = await Task.WhenAll(streams);
        }
        catch (ApiException error) when (_attached == settings.Trackers.Count)
        {
            Report();
            throw DaemonAdvice.ToException(error);
        }
        return Report() is { } code ? code
            : asked.All(ended => ended) ? ExitCodes.Success
            : throw new CommandException($"the daemon at {endpoint.SocketPath} has ended");
    }

    public void Dispose()
    {
        foreach (OutputFile file in _files.Values)
        {
            file.Dispose();
        }
        _enough.Dispose();
    }

    /// <returns>Whether it ended because we wanted it.</returns>
    private async Task<bool> FollowAsync(DaemonClient client, TrackerSettings tracker, OutputFile file, RunStop stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        bool isText = IsText(tracker);
        bool isFirst = true;
        object stream = new();
        try
        {
            await client.FollowEventsAsync(
                Request(tracker, isText),
                batch =>
                {
                    Take(stream, tracker, file, batch, isText);
                    if (isFirst && tracker.Duration is { } duration)
                    {
                        over.CancelAfter(duration);
                    }
                    if (isFirst && Interlocked.Increment(ref _attached) == settings.Trackers.Count)
                    {
                        context.Error.WriteLine("ready");
                        stop.StartTime();
                    }
                    isFirst = false;
                },
                over.Token);
            return stop.Token.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (over.Token.IsCancellationRequested)
        {
            return true;
        }
    }

    private void Take(object stream, TrackerSettings tracker, OutputFile file, EventBatch batch, bool isText)
    {
        lock (_lock)
        {
            if (isText && _headed.Add(file))
            {
                new TextEventWriter(Style(tracker)).WriteHeader(file);
            }
            foreach (Event e in batch.Events)
            {
                Write(file, isText ? e.Text : e.Json);
            }
            file.Flush();
            if (_account.Take(stream, batch))
            {
                context.Error.WriteLine($"{Application.Name}: the daemon lost sight for a moment; what happened meanwhile is not known");
            }
        }
    }

    private void Write(OutputFile file, ByteString line)
    {
        if (_left <= 0)
        {
            return;
        }
        System.Buffers.BuffersExtensions.Write(file, line.Span);
        System.Buffers.BuffersExtensions.Write(file, "\n"u8);
        if (--_left == 0)
        {
            _enough.Cancel();
        }
    }

    private StreamEventsRequest Request(TrackerSettings tracker, bool isText)
    {
        var request = new StreamEventsRequest { Scope = new Scope() };
        request.Kinds.AddRange(EventKinds.All.Where(tracker.Events.Contains).Select(EventKinds.Name));
        request.Scope.Containers.AddRange(tracker.Containers.Select(selector => selector.Text));
        request.Scope.Pids.AddRange(tracker.Pids.Select(pid => (uint)pid));
        request.Syscalls.AddRange(tracker.Syscalls.Names);
        if (isText)
        {
            TextOptions style = Style(tracker);
            request.Text = new TextStyle { Width = (uint)style.Width, Color = style.Color, TimeZone = TimeZoneInfo.Local.HasIanaId ? TimeZoneInfo.Local.Id : "" };
        }
        return request;
    }

    private TextOptions Style(TrackerSettings tracker)
    {
        Terminal terminal = tracker.File is null ? context.Terminal : Terminal.None;
        return new TextOptions(terminal.Width, terminal.Colour, TimeZoneInfo.Local);
    }

    // As RunOutputs has it, but that a table of system calls comes as lines.
    private bool IsText(TrackerSettings tracker)
    {
        bool isTerminal = tracker.File is null && context.Terminal.Width > 0;
        return tracker.Format is { } format ? format == OutputFormat.Text : !settings.IsSyscallTable || isTerminal;
    }

    private TimeSpan? Duration() => settings.Time ?? (settings.Trackers.All(tracker => tracker.Duration is not null)
        ? settings.Trackers.Max(tracker => tracker.Duration)
        : null);

    private OutputFile Open(TrackerSettings tracker)
    {
        string key = tracker.File ?? "";
        if (!_files.TryGetValue(key, out OutputFile? file))
        {
            _files[key] = file = tracker.File is { } path ? OutputFile.Create(path) : context.OpenStdout();
        }
        return file;
    }

    /// <summary>What the end says on stderr; the exit status, where that is not for the caller to find.</summary>
    private int? Report()
    {
        if (_files.Values.Any(file => file.ReaderIsGone))
        {
            return ExitCodes.ReaderGone;
        }
        _account.Write(settings.Events, context.Error);
        if (_files.Values.FirstOrDefault(file => file.Failure != 0) is { } failed)
        {
            throw failed.FailureException();
        }
        return settings.Strict && !_account.IsPerfect
            ? throw new CommandException("--strict: something was missed, see the lines above")
            : null;
    }
}
