using System.CommandLine;
using System.CommandLine.Completions;
using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What <c>run</c> and <c>record</c> take, the help texts, and how it becomes settings.</summary>
internal sealed class RunOptions(string command)
{
    private static readonly TimeSpan DefaultIoInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultUdpIdle = TimeSpan.FromSeconds(30);

    private readonly Argument<Tracker[]> _trackers = new("TRACKER")
    {
        HelpName = "TRACKER",
        Description = "What to show, one or more of:\n"
            + string.Join('\n', Tracker.All.Select(tracker => $"{tracker.Name,-10}  {tracker.Summary}")),
        CustomParser = OptionParsers.Trackers,
        Arity = ArgumentArity.OneOrMore,
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

    private readonly Option<OutputFormat> _format =
        CommonOptions.Format("events are written: columns for people, or one JSON object per line");

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

    private readonly Option<TimeSpan?> _ioInterval = new("--io-interval")
    {
        HelpName = "SECONDS",
        Description = "How often file.io tells how much went through each file that is still open. Default: 10.",
        CustomParser = OptionParsers.Interval,
    };

    private readonly Option<TimeSpan?> _udpIdle = new("--udp-idle")
    {
        HelpName = "SECONDS",
        Description = "How long no datagram goes between a socket and a peer before udp.close says so. Default: 30.",
        CustomParser = OptionParsers.Interval,
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
            ? [_containers, _pids, _time, _capture, _events, _paths, _ioInterval, _udpIdle, _dnsPorts, _variables, _strict, _collector]
            : [_containers, _pids, _time, _format, _file, _events, _paths, _ioInterval, _udpIdle, _dnsPorts, _fields, _variables, _strict, _collector];
        target.Arguments.Add(_trackers);
        foreach (Option option in all)
        {
            target.Options.Add(option);
        }
    }

    public RunSettings Read(ParseResult parsed)
    {
        Tracker[] trackers = parsed.GetValue(_trackers) ?? [];
        EventKindSet chosen = parsed.GetValue(_events);
        string? error = FindMissing(trackers, chosen)
            ?? (parsed.GetResult(_paths) is not null ? WithoutFiles(trackers) : null)
            ?? (parsed.GetResult(_ioInterval) is not null ? WithoutIo(Events(trackers, chosen)) : null)
            ?? (parsed.GetResult(_udpIdle) is not null ? WithoutTracker(trackers, Tracker.Udp, "--udp-idle: no UDP flows") : null)
            ?? (parsed.GetResult(_dnsPorts) is not null ? WithoutTracker(trackers, Tracker.Dns, "--dns-port: no DNS messages") : null);
        if (error is not null)
        {
            throw UsageErrors.ToException(error, Command);
        }
        return Read(parsed, Events(trackers, chosen));
    }

    private RunSettings Read(ParseResult parsed, EventKindSet events) => new()
    {
        Collector = parsed.GetValue(_collector),
        Format = parsed.GetValue(_format),
        File = parsed.GetValue(IsRecord ? _capture : _file),
        Capture = IsRecord,
        Time = parsed.GetValue(_time),
        Containers = parsed.GetValue(_containers) ?? [],
        Pids = parsed.GetValue(_pids) ?? [],
        Events = events,
        Variables = parsed.GetValue(_variables) ?? [],
        Ancestors = (parsed.GetValue(_fields) ?? []).Contains(OptionParsers.AncestorsField),
        Strict = parsed.GetValue(_strict),
        RawPaths = parsed.GetValue(_paths) == PathStyle.Raw,
        FileIoInterval = parsed.GetValue(_ioInterval) ?? DefaultIoInterval,
        UdpIdle = parsed.GetValue(_udpIdle) ?? DefaultUdpIdle,
        DnsPorts = parsed.GetValue(_dnsPorts) ?? [],
    };

    private static EventKindSet Events(Tracker[] trackers, EventKindSet chosen) =>
        chosen.IsEmpty ? Union(trackers) : chosen;

    private static EventKindSet Union(Tracker[] trackers) =>
        trackers.Aggregate(default(EventKindSet), (kinds, tracker) => kinds.Union(tracker.Kinds));

    /// <summary>Kinds that none of the trackers has, and the command that would have them; null when there are none.</summary>
    private string? FindMissing(Tracker[] trackers, EventKindSet chosen)
    {
        EventKindSet missing = chosen.Except(Union(trackers)).Except(EventKinds.Common);
        IEnumerable<Tracker> more = Tracker.All.Where(tracker => !tracker.Kinds.Intersect(missing).IsEmpty);
        return missing.IsEmpty
            ? null
            : $"--events: {missing} is not shown by '{Run(trackers)}'; say '{Run(trackers.Concat(more))}'";
    }

    private string? WithoutFiles(Tracker[] trackers) => WithoutTracker(trackers, Tracker.Files, "--paths: no files");

    private string? WithoutTracker(Tracker[] trackers, Tracker wanted, string what) => trackers.Contains(wanted)
        ? null
        : $"{what} in '{Run(trackers)}'; say '{Run(trackers.Append(wanted))}'";

    private static string? WithoutIo(EventKindSet events) => events.Contains(EventKind.FileIo)
        ? null
        : "--io-interval: no file.io is shown; it comes from the files tracker, unless --events leaves it out";

    private string Run(IEnumerable<Tracker> trackers) => $"{Command} {string.Join(' ', trackers)}";
}
