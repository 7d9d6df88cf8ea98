using Eunomia.Cli.Output;
using Eunomia.Controller.Configuration;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>A session's file as settings of a run.</summary>
internal static class ConfigSettings
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="CommandException">Something in it is wrong; the first thing is named.</exception>
    public static SessionConfig Read(string path)
    {
        try
        {
            return SessionConfigReader.ReadFile(path);
        }
        catch (ConfigException error)
        {
            string more = error.Errors.Count > 1 ? $" (and {error.Errors.Count - 1} more: see '{Application.Name} config check')" : "";
            throw new CommandException($"{error.Message}{more}", ExitCodes.Usage);
        }
    }

    /// <param name="config">The file.</param>
    /// <param name="only">Those of its trackers that are wanted, and others by their name alone; empty means all of its own.</param>
    public static RunSettings ToSettings(SessionConfig config, IReadOnlyList<Tracker> only)
    {
        List<TrackerConfig> trackers = only.Count == 0
            ? [.. config.Trackers]
            : [.. only.SelectMany(wanted => Find(config, wanted))];
        return new RunSettings
        {
            Trackers = [.. trackers.Select(tracker => ToSettings(tracker, config))],
            Time = config.Duration,
            MostEvents = config.MostEvents,
            Variables = config.Environment,
            Ancestors = config.Ancestors,
            Strict = config.Strict ?? false,
            RawPaths = config.Paths == "raw",
            Interval = config.Interval,
            Latency = trackers.Exists(tracker => tracker.Latency),
            Refused = trackers.Exists(tracker => tracker.Refused),
            Frequency = trackers.Max(tracker => tracker.Frequency),
        };
    }

    public static OutputFormat? Format(string? word) => word switch
    {
        "text" => OutputFormat.Text,
        "json" => OutputFormat.Json,
        "folded" => OutputFormat.Folded,
        "svg" => OutputFormat.Svg,
        _ => null,
    };

    private static TrackerSettings ToSettings(TrackerConfig tracker, SessionConfig config) => new()
    {
        Events = Kinds(tracker),
        Containers = tracker.Containers,
        Pids = tracker.Pids,
        Syscalls = tracker.Syscalls,
        Duration = tracker.Duration,
        Format = Format(tracker.Format ?? config.Format),
        File = tracker.Output ?? config.Output,
    };

    private static EventKindSet Kinds(TrackerConfig tracker)
    {
        EventKindSet kinds = tracker.Events.IsEmpty ? tracker.Tracker.Kinds : tracker.Events;
        return tracker.Stream && tracker.Events.IsEmpty
            ? kinds.Except(EventKinds.SyscallTracker).With(EventKind.SyscallCall)
            : kinds;
    }

    private static TrackerConfig[] Find(SessionConfig config, Tracker wanted)
    {
        TrackerConfig[] own = [.. config.Trackers.Where(tracker => tracker.Tracker == wanted)];
        return own.Length > 0 ? own : [new TrackerConfig { Tracker = wanted }];
    }
}
