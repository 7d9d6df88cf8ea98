using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What a sample's record says beside the process.</summary>
public sealed record PerfSampleSpec
{
    public ulong WeightNs { get; init; } = 20_408_163;

    public IReadOnlyList<ulong> Kernel { get; init; } = [];

    public IReadOnlyList<ulong> User { get; init; } = [];

    public Truncation Truncated { get; init; }
}

/// <summary>What a process used.</summary>
public sealed record PerfCountersSpec
{
    public ulong CpuNs { get; init; }

    public ulong VoluntarySwitches { get; init; }

    public ulong InvoluntarySwitches { get; init; }

    public ulong MinorFaults { get; init; }

    public ulong MajorFaults { get; init; }

    public ulong Migrations { get; init; }

    public IReadOnlyDictionary<PerfCounter, ulong> Counts { get; init; } = new Dictionary<PerfCounter, ulong>();

    public bool IsFinal { get; init; }
}
