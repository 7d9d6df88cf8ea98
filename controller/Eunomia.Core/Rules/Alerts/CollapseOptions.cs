namespace Eunomia.Core.Rules.Alerts;

/// <summary>How repeats become one.</summary>
public sealed record CollapseOptions
{
    /// <summary>How long repeats are counted before they are told; zero: every alert comes by itself.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many different alerts are remembered; beyond, the oldest ones are told early.</summary>
    public int Capacity { get; init; } = 1024;

    /// <summary>How many different values one rule may tell in one container within a window; beyond, they are counted together.</summary>
    public int DistinctValues { get; init; } = 32;
}
