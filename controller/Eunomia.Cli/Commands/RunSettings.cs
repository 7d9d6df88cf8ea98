using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Cli.Commands;

/// <summary>What the user asked of <c>run</c>, or of <c>record</c>.</summary>
internal sealed record RunSettings
{
    public string? Collector { get; init; }

    /// <summary>Null means what suits the output: text, or JSON where a table of system calls cannot be live.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>Null means stdout.</summary>
    public string? File { get; init; }

    /// <summary>Null means until stopped.</summary>
    public TimeSpan? Time { get; init; }

    public required IReadOnlyList<ContainerSelector> Containers { get; init; }

    public required IReadOnlyList<int> Pids { get; init; }

    public EventKindSet Events { get; init; }

    public required IReadOnlyList<string> Variables { get; init; }

    public bool Ancestors { get; init; }

    public bool Strict { get; init; }

    public bool RawPaths { get; init; }

    /// <summary>How often is told what is only counted; null means what suits the output.</summary>
    public TimeSpan? Interval { get; init; }

    public SyscallSelection Syscalls { get; init; } = SyscallSelection.Everything;

    public bool Latency { get; init; }

    public bool Refused { get; init; }

    /// <summary>The order of the live table.</summary>
    public SyscallOrder Order { get; init; }

    /// <summary>Whether all that is shown is what a table of system calls can show.</summary>
    public bool IsSyscallTable => !Capture && Events == EventKinds.SyscallTracker;

    /// <summary>Whether a capture is written, in place of events.</summary>
    public bool Capture { get; init; }
}
