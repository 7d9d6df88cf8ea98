using Eunomia.Core.Events;

namespace Eunomia.Core.Profiling;

/// <summary>One place of one process, and how often it was there.</summary>
public sealed class StackSamples
{
    internal StackSamples(ProfiledProcess process, ulong[] kernel, ulong[] user, bool isOther) =>
        (Process, Kernel, User, IsOther) = (process, kernel, user, isOther);

    /// <summary>Whose.</summary>
    public ProfiledProcess Process { get; }

    /// <summary>Addresses in the kernel, innermost first.</summary>
    public IReadOnlyList<ulong> Kernel { get; }

    /// <summary>Addresses of its own, innermost first.</summary>
    public IReadOnlyList<ulong> User { get; }

    /// <summary>Whether it stands for all those of its process that there was no room for.</summary>
    public bool IsOther { get; }

    /// <summary>Samples.</summary>
    public ulong Count { get; private set; }

    /// <summary>Samples since <see cref="BeginInterval"/>.</summary>
    public ulong Recent { get; private set; }

    /// <summary>CPU time of those.</summary>
    public ulong RecentNs { get; private set; }

    /// <summary>CPU time of the last sample.</summary>
    public ulong WeightNs { get; private set; }

    /// <summary>When the last one was taken, Unix time.</summary>
    public long TimeUnixNs { get; private set; }

    /// <summary>What of it is not complete.</summary>
    public Truncation Truncated { get; private set; }

    internal bool Is(ReadOnlySpan<ulong> kernel, ReadOnlySpan<ulong> user) =>
        kernel.SequenceEqual((ulong[])Kernel) && user.SequenceEqual((ulong[])User);

    internal void Add(in EventView e, ulong weightNs)
    {
        Count++;
        Recent++;
        RecentNs += weightNs;
        WeightNs = weightNs;
        TimeUnixNs = e.TimeUnixNs;
        Truncated |= e.Truncated;
    }

    /// <summary>From now on <see cref="Recent"/> counts anew.</summary>
    public void BeginInterval() => (Recent, RecentNs) = (0, 0);
}
