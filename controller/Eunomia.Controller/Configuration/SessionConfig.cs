using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Controller.Configuration;

/// <summary>A whole session as its file describes it; what it does not say is null or empty.</summary>
public sealed record SessionConfig
{
    /// <summary>The file, as it was named.</summary>
    public required string File { get; init; }

    /// <summary>"text", "json"; of perf also "folded", "svg".</summary>
    public string? Format { get; init; }

    /// <summary>Where events go.</summary>
    public string? Output { get; init; }

    /// <summary>"raw" or "resolved".</summary>
    public string? Paths { get; init; }

    /// <summary>How often is told what is only counted.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whether events carry the ancestors of their process.</summary>
    public bool Ancestors { get; init; }

    /// <summary>Environment variables shown in exec events.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>When the session ends by itself.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>After how many events the session ends by itself.</summary>
    public long? MostEvents { get; init; }

    /// <summary>Whether anything that was missed is a failure.</summary>
    public bool? Strict { get; init; }

    /// <summary>What is watched, at least one.</summary>
    public required IReadOnlyList<TrackerConfig> Trackers { get; init; }

    /// <summary>Where each key stands that the file has: "limits.duration", "tracker[0].pids".</summary>
    public required IReadOnlyDictionary<string, ConfigPosition> Origins { get; init; }
}

/// <summary>One tracker of a session.</summary>
public sealed record TrackerConfig
{
    /// <summary>Which.</summary>
    public required Tracker Tracker { get; init; }

    /// <summary>Only these containers.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];

    /// <summary>Only these processes and their descendants.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>Only these kinds; empty means those that the tracker shows by default.</summary>
    public EventKindSet Events { get; init; }

    /// <summary>Only these system calls.</summary>
    public SyscallSelection Syscalls { get; init; } = SyscallSelection.Everything;

    /// <summary>Each system call instead of their number.</summary>
    public bool Stream { get; init; }

    /// <summary>Measure how long system calls take.</summary>
    public bool Latency { get; init; }

    /// <summary>Tell the system calls apart that a seccomp filter answered.</summary>
    public bool Refused { get; init; }

    /// <summary>Of perf: ticks per second and CPU.</summary>
    public int? Frequency { get; init; }

    /// <summary>When this tracker ends; the session goes on.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>"text", "json"; of perf also "folded", "svg".</summary>
    public string? Format { get; init; }

    /// <summary>Where its events go.</summary>
    public string? Output { get; init; }
}
