using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>What a machine may count (<c>enum eu_perf_counter</c>).</summary>
public enum PerfCounter
{
    /// <summary>Cycles of the CPU.</summary>
    CpuCycles = 0,

    /// <summary>Instructions that were carried out.</summary>
    Instructions = 1,

    /// <summary>Accesses to the last level of cache.</summary>
    CacheReferences = 2,

    /// <summary>Those that it could not answer.</summary>
    CacheMisses = 3,

    /// <summary>Branches.</summary>
    Branches = 4,

    /// <summary>Those that were predicted wrongly.</summary>
    BranchMisses = 5,

    /// <summary>Nanoseconds; every machine has it.</summary>
    CpuClock = 6,
}

/// <summary><c>struct eu_perf_sample</c>; tail: the kernel's stack, the process's own.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PerfSampleLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>CPU time that it stands for.</summary>
    public ulong WeightNs;

    /// <summary>Bytes.</summary>
    public ushort KernelLen;
    public ushort UserLen;
    public uint Reserved;
}

/// <summary><c>struct eu_perf_counters</c>; without a tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PerfCountersLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>As the scheduler accounts it.</summary>
    public ulong CpuNs;
    public ulong VoluntarySwitches;
    public ulong InvoluntarySwitches;
    public ulong MinorFaults;
    public ulong MajorFaults;
    public ulong Migrations;

    /// <summary>By <see cref="PerfCounter"/>.</summary>
    public PerfCounts Counters;

    /// <summary>A bit for each counter that counts here.</summary>
    public uint Available;

    /// <summary>1: the process is over.</summary>
    public uint Final;
}

/// <summary>What was counted, by <see cref="PerfCounter"/>.</summary>
[InlineArray(RecordAbi.PerfCounterSlots)]
public struct PerfCounts
{
    private ulong _first;
}
