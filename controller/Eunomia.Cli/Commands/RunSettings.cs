using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What the user asked of <c>run</c>, or of <c>record</c>.</summary>
internal sealed record RunSettings
{
    public string? Collector { get; init; }

    public string? Daemon { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<TrackerSettings> Trackers { get; init; }

    /// <summary>Null means until stopped.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>After how many events it ends; null means never.</summary>
    public long? MostEvents { get; init; }

    public IReadOnlyList<string> Variables { get; init; } = [];

    public bool Ancestors { get; init; }

    public bool Strict { get; init; }

    public bool RawPaths { get; init; }

    /// <summary>How often is told what is only counted; null means what suits the output.</summary>
    public TimeSpan? Interval { get; init; }

    public bool Latency { get; init; }

    public bool Refused { get; init; }

    /// <summary>The order of the live table; null means by count, or that there is none.</summary>
    public SyscallOrder? Order { get; init; }

    /// <summary>Ticks per second and CPU; null means the default.</summary>
    public int? Frequency { get; init; }

    public TimeSpan? UdpIdle { get; init; }

    public IReadOnlyList<int> DnsPorts { get; init; } = [];

    /// <summary>Whether a capture is written, in place of events.</summary>
    public bool Capture { get; init; }

    /// <summary>All kinds that are wanted.</summary>
    public EventKindSet Events => Trackers.Aggregate(default(EventKindSet), (kinds, tracker) => kinds.Union(tracker.Events));

    /// <summary>Whether all that is shown is a profile.</summary>
    public bool IsProfile => !Capture && Trackers.Count == 1 && Trackers[0].IsProfile;

    /// <summary>Whether all that is shown is what a table of system calls can show.</summary>
    public bool IsSyscallTable => !Capture && Trackers.Count == 1 && Events == EventKinds.SyscallTracker;
}
