using Eunomia.Cli.Output;
using Eunomia.Core;

namespace Eunomia.Cli.Commands;

/// <summary>What the user asked of <c>containers</c>.</summary>
internal sealed record ContainersSettings
{
    public string? Collector { get; init; }

    public string? Daemon { get; init; }

    public OutputFormat Format { get; init; }

    public bool Watch { get; init; }

    /// <summary>Null means until stopped; only while watching.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>Only the container of this process.</summary>
    public int? Pid { get; init; }

    /// <summary>Only this container.</summary>
    public ContainerSelector? Id { get; init; }
}
