using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What the user asked of <c>run</c>, or of <c>record</c>.</summary>
internal sealed record RunSettings
{
    public string? Collector { get; init; }

    public OutputFormat Format { get; init; }

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

    public TimeSpan FileIoInterval { get; init; }

    public TimeSpan UdpIdle { get; init; }

    public IReadOnlyList<int> DnsPorts { get; init; } = [];

    /// <summary>Whether a capture is written, in place of events.</summary>
    public bool Capture { get; init; }
}
