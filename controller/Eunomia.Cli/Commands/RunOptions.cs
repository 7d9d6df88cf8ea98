using System.CommandLine;
using System.CommandLine.Completions;
using Eunomia.Cli.Output;
using Eunomia.Controller.Configuration;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What <c>run</c> and <c>record</c> take, the help texts, and how it becomes settings.</summary>
internal sealed class RunOptions(string command)
{
    private readonly Argument<Tracker[]> _trackers = new("TRACKER")
    {
        HelpName = "TRACKER",
        Description = "What to show, one or more of:\n"
            + string.Join('\n', Tracker.All.Select(tracker => $"{tracker.Name,-10}  {tracker.Summary}")),
        CustomParser = OptionParsers.Trackers,
        Arity = ArgumentArity.ZeroOrMore,
        CompletionSources =
        {
            _ => Tracker.All.Select(tracker => new CompletionItem(tracker.Name, documentation: tracker.Summary)),
        },
    };

    private readonly Option<ContainerSelector[]> _containers = new("--container", "-c")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Only this container: its id, its name, or the beginning of its id. May be given several times, "
            + "and may name a container that does not exist yet.",
        CustomParser = OptionParsers.Containers,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int[]> _pids = new("--pid", "-p")
    {
        HelpName = "PID",
        Description = "Only this process and its descendants. May be given several times; together with --container, "
            + "what matches either is shown.",
        CustomParser = OptionParsers.Pids,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<TimeSpan?> _time = new("--time", "-T")
    {
        HelpName = "SECONDS",
        Description = "End by itself this many seconds (1.5 is possible) after events began to be seen. "
            + "Default: until Ctrl-C or SIGTERM.",
        CustomParser = OptionParsers.Time,
    };

    private readonly Option<OutputFormat> _format = new Option<OutputFormat>("--fmt")
    {
        HelpName = "text|json|folded|svg",
        Description = "How events are written: columns for people, or one JSON object per line; perf alone also as one "
            + "line per stack for flame graph tools, or as a flame graph, at the end. Default: text; json for syscall or "
            + "perf alone, not to a terminal; what -o's name ends in, .folded or .svg.",
        CustomParser = OptionParsers.RunFormat,
    }.Offering("text", "json", "folded", "svg");

    private readonly Option<string?> _daemon = CommonOptions.Daemon();

    private readonly Option<string?> _file = CommonOptions.File();

    private readonly Option<string?> _capture = new("--output", "-o")
    {
        HelpName = "FILE.eun",
        Description = "The capture to write, emptied first.",
        Required = true,
    };

    private readonly Option<EventKindSet> _events = new("--events")
    {
        HelpName = "KIND,...",
        Description = $"Only these kinds of {string.Join(", ", EventKinds.All.Select(EventKinds.Name))}. Kinds of "
            + "containers and cgroups go with any tracker. Default: all kinds of the trackers; cgroup kinds only when "
            + "named.",
        CustomParser = OptionParsers.Events,
        CompletionSources = { EventKinds.All.Select(EventKinds.Name).ToArray() },
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<PathStyle> _paths = new Option<PathStyle>("--paths")
    {
        HelpName = "raw|resolved",
        Description = "How files are named: as the process named them, or where they are in its root. Default: resolved.",
        CustomParser = OptionParsers.Paths,
    }.Offering("raw", "resolved");

    private readonly Option<TimeSpan?> _interval = new("--interval")
    {
        HelpName = "SECONDS",
        Description = "How often is told what is only counted: file.io, syscall, ipc.traffic, perf.counters and the like; and how often samples are. Default: 10, and 1 for a live table.",
        CustomParser = OptionParsers.Interval,
    };

    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "FILE.toml",
        Description = "What to watch, for how long and where to write it, from a file: see deploy/session.toml. Trackers "
            + "named here are those of the file that run; options given here win over the file.",
    };

    private readonly SyscallOptions _syscall = new();

    private readonly Option<TimeSpan?> _udpIdle = new("--udp-idle")
    {
        HelpName = "SECONDS",
        Description = "How long no datagram goes between a socket and a peer before udp.close says so. Default: 30.",
        CustomParser = OptionParsers.Interval,
    };

    private readonly Option<int?> _frequency = new("--freq")
    {
        HelpName = "HZ",
        Description = "How often per second perf looks where each CPU is; 1 to 1000. Default: 49.",
        CustomParser = OptionParsers.Frequency,
    };

    private readonly Option<int[]> _dnsPorts = new("--dns-port")
    {
        HelpName = "PORT,...",
        Description = "Ports whose messages the dns tracker reads; at most 8. Default: 53.",
        CustomParser = OptionParsers.Ports,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _fields = CommonOptions.Fields();

    private readonly Option<string[]> _variables = new("--env")
    {
        HelpName = "NAME,...",
        Description = "Environment variables to show in exec events; at most 16 names of at most 31 bytes.",
        CustomParser = OptionParsers.Variables,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Exit with status 1 when anything was missed: an event lost, a gap, or a tracker that could not "
            + "see everything.",
    };

    private readonly Option<string?> _collector = CommonOptions.Collector();

    /// <summary>The command's name.</summary>
    public string Command { get; } = command;

    private bool IsRecord => Command == "record";

    public void AddTo(Command target)
    {
        Option[] all = IsRecord
            ? [_containers, _pids, _time, _capture, _events, _paths, _interval, _udpIdle, _dnsPorts, _frequency, .. _syscall.OfRecord, _variables, _strict, _collector]
            : [_config, _containers, _pids, _time, _format, _file, _events, _paths, _interval, _udpIdle, _dnsPorts, _frequency, .. _syscall.All, _fields, _variables, _strict, _daemon, _collector];
        target.Arguments.Add(_trackers);
        foreach (Option option in all)
        {
            target.Options.Add(option);
        }
    }

    public RunSettings Read(ParseResult parsed)
    {
        Tracker[] trackers = parsed.GetValue(_trackers) ?? [];
        if (parsed.GetValue(_config) is { } config)
        {
            return Override(parsed, ConfigSettings.ToSettings(ReadConfig(parsed, config), trackers));
        }
        EventKindSet chosen = parsed.GetValue(_events);
        string? error = (trackers.Length == 0 ? $"say which of these is wanted: {string.Join(", ", Tracker.All)}" : null)
            ?? FindMissing(trackers, chosen)
            ?? (parsed.GetResult(_paths) is not null ? WithoutFiles(trackers) : null)
            ?? (parsed.GetResult(_interval) is not null ? WithoutCounts(Events(parsed, trackers, chosen)) : null)
            ?? (trackers.Contains(Tracker.Syscall) ? null : WithoutSyscalls(parsed, trackers))
            ?? (parsed.GetResult(_udpIdle) is not null ? WithoutTracker(trackers, Tracker.Udp, "--udp-idle: no UDP flows") : null)
            ?? (parsed.GetResult(_frequency) is not null ? WithoutSamples(trackers, Events(parsed, trackers, chosen)) : null)
            ?? (parsed.GetResult(_dnsPorts) is not null ? WithoutTracker(trackers, Tracker.Dns, "--dns-port: no DNS messages") : null);
        if (error is not null)
        {
            throw UsageErrors.ToException(error, Command);
        }
        var settings = new RunSettings
        {
            Capture = IsRecord,
            Trackers = [new TrackerSettings { Events = Events(parsed, trackers, chosen), Syscalls = _syscall.Selection(parsed) }],
        };
        return _syscall.Read(parsed, Override(parsed, settings));
    }

    /// <summary>What the command line says, over what was there.</summary>
    private RunSettings Override(ParseResult parsed, RunSettings settings) => settings with
    {
        Collector = parsed.GetValue(_collector),
        Daemon = IsRecord ? null : parsed.GetValue(_daemon),
        Trackers = [.. settings.Trackers.Select(tracker => Override(parsed, tracker))],
        Time = parsed.GetValue(_time) ?? settings.Time,
        Interval = parsed.GetValue(_interval) ?? settings.Interval,
        Variables = Given(parsed, _variables) ?? settings.Variables,
        Ancestors = settings.Ancestors || (parsed.GetValue(_fields) ?? []).Contains(OptionParsers.AncestorsField),
        Strict = settings.Strict || parsed.GetValue(_strict),
        RawPaths = parsed.GetResult(_paths) is not null ? parsed.GetValue(_paths) == PathStyle.Raw : settings.RawPaths,
        Frequency = parsed.GetValue(_frequency) ?? settings.Frequency,
        UdpIdle = parsed.GetValue(_udpIdle) ?? settings.UdpIdle,
        DnsPorts = Given(parsed, _dnsPorts) ?? settings.DnsPorts,
    };

    private TrackerSettings Override(ParseResult parsed, TrackerSettings tracker) => tracker with
    {
        Containers = Given(parsed, _containers) ?? tracker.Containers,
        Pids = Given(parsed, _pids) ?? tracker.Pids,
        Duration = parsed.GetValue(_time) is null ? tracker.Duration : null,
        Format = parsed.GetResult(_format) is { Implicit: false } ? parsed.GetValue(_format) : tracker.Format,
        File = parsed.GetValue(IsRecord ? _capture : _file) ?? tracker.File,
    };

    // A list that was not given is empty, which is not the same as null.
    private static T[]? Given<T>(ParseResult parsed, Option<T[]> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    // What a tracker shows is a matter of its own table in the file.
    private SessionConfig ReadConfig(ParseResult parsed, string path)
    {
        string? given = parsed.GetResult(_events) is not null ? _events.Name : _syscall.FindGiven(parsed);
        return given is null
            ? ConfigSettings.Read(path)
            : throw UsageErrors.ToException($"{given}: not together with --config; say it in the file's [[tracker]]", Command);
    }

    private EventKindSet Events(ParseResult parsed, Tracker[] trackers, EventKindSet chosen) =>
        chosen.IsEmpty ? _syscall.Adjust(parsed, Union(trackers)) : chosen;

    private static EventKindSet Union(Tracker[] trackers) =>
        trackers.Aggregate(default(EventKindSet), (kinds, tracker) => kinds.Union(tracker.Kinds));

    private static EventKindSet Shown(Tracker[] trackers) =>
        trackers.Aggregate(default(EventKindSet), (kinds, tracker) => kinds.Union(tracker.AllKinds));

    /// <summary>Kinds that none of the trackers has, and the command that would have them; null when there are none.</summary>
    private string? FindMissing(Tracker[] trackers, EventKindSet chosen)
    {
        EventKindSet missing = chosen.Except(Shown(trackers)).Except(EventKinds.Common);
        IEnumerable<Tracker> more = Tracker.All.Where(tracker => !tracker.AllKinds.Intersect(missing).IsEmpty);
        return missing.IsEmpty
            ? null
            : $"--events: {missing} is not shown by '{Run(trackers)}'; say '{Run(trackers.Concat(more))}'";
    }

    private string? WithoutFiles(Tracker[] trackers) => WithoutTracker(trackers, Tracker.Files, "--paths: no files");

    private string? WithoutTracker(Tracker[] trackers, Tracker wanted, string what) => trackers.Contains(wanted)
        ? null
        : $"{what} in '{Run(trackers)}'; say '{Run(trackers.Append(wanted))}'";

    private static string? WithoutCounts(EventKindSet events) => events.Intersect(EventKinds.Counted.With(EventKind.PerfSample)).IsEmpty
        ? $"--interval: nothing is shown that is only counted ({EventKinds.Counted})"
        : null;

    private string? WithoutSamples(Tracker[] trackers, EventKindSet events) => WithoutTracker(trackers, Tracker.Perf, "--freq: no samples")
        ?? (events.Contains(EventKind.PerfSample) ? null : $"--freq: --events leaves out the samples; add {EventKinds.Name(EventKind.PerfSample)}");

    private string? WithoutSyscalls(ParseResult parsed, Tracker[] trackers) => _syscall.FindGiven(parsed) is { } option
        ? $"{option}: no system calls in '{Run(trackers)}'; say '{Run(trackers.Append(Tracker.Syscall))}'"
        : null;

    private string Run(IEnumerable<Tracker> trackers) => $"{Command} {string.Join(' ', trackers)}";
}
