namespace Eunomia.Core.Rules.Alerts;

/// <summary>A process in an alert. What is not known is null.</summary>
/// <param name="Pid">In the host's pid namespace.</param>
/// <param name="StartUnixNs">When it began.</param>
public sealed record AlertProcess(uint Pid, long StartUnixNs)
{
    /// <summary>When it began, CLOCK_BOOTTIME, for naming it to the collector; 0 when nobody said. No output tells it.</summary>
    public ulong StartNs { get; init; }

    /// <summary>In its own pid namespace.</summary>
    public uint? Vpid { get; init; }

    /// <summary>Task name.</summary>
    public string? Name { get; init; }

    /// <summary>Path of what it runs.</summary>
    public string? Exe { get; init; }

    /// <summary>Arguments.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Real user.</summary>
    public uint? Uid { get; init; }
}
