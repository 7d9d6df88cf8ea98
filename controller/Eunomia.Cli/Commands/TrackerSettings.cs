using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Cli.Commands;

/// <summary>Which events go where: the whole of a command line, or one [[tracker]] of a session's file.</summary>
internal sealed record TrackerSettings
{
    public EventKindSet Events { get; init; }

    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];

    public IReadOnlyList<int> Pids { get; init; } = [];

    public SyscallSelection Syscalls { get; init; } = SyscallSelection.Everything;

    /// <summary>Null means as long as the session.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Null means what suits the output: text, or JSON where a table of system calls cannot be live.</summary>
    public OutputFormat? Format { get; init; }

    /// <summary>Null means stdout.</summary>
    public string? File { get; init; }

    /// <summary>Whether samples are among its events, and nothing that a profile cannot show.</summary>
    public bool IsProfile => Events.Contains(EventKind.PerfSample) && Events.Except(EventKinds.PerfTracker).IsEmpty;

    public EventFilter ToFilter() => new(Events, Containers, [.. Pids.Select(pid => (uint)pid)], Syscalls);
}
