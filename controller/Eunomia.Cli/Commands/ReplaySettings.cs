using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What the user asked of <c>replay</c>; what was left out is as it was recorded.</summary>
internal sealed record ReplaySettings
{
    public required string Capture { get; init; }

    public OutputFormat Format { get; init; }

    /// <summary>Null means stdout.</summary>
    public string? File { get; init; }

    /// <summary>Null means as fast as it goes.</summary>
    public double? Speed { get; init; }

    /// <summary>Empty means those recorded.</summary>
    public EventKindSet Events { get; init; }

    public required IReadOnlyList<ContainerSelector> Containers { get; init; }

    public required IReadOnlyList<int> Pids { get; init; }

    public bool Ancestors { get; init; }

    public bool Strict { get; init; }
}
