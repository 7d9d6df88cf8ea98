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

    /// <summary>CPU time of those.</summary>
    public ulong CpuNs { get; private set; }

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
        CpuNs += weightNs;
        WeightNs = weightNs;
        TimeUnixNs = e.TimeUnixNs;
        Truncated |= e.Truncated;
    }
}
