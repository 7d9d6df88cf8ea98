using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>Where a process was.</summary>
public readonly ref struct PerfSampleRecord
{
    private readonly ref readonly PerfSampleLayout _fixed;

    internal PerfSampleRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<PerfSampleLayout>(bytes);
        ReadOnlySpan<byte> tail = bytes[Unsafe.SizeOf<PerfSampleLayout>()..];
        Kernel = MemoryMarshal.Cast<byte, ulong>(tail[.._fixed.KernelLen]);
        User = MemoryMarshal.Cast<byte, ulong>(tail.Slice(_fixed.KernelLen, _fixed.UserLen));
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly PerfSampleLayout Fields => ref _fixed;

    /// <summary>Addresses of the kernel's stack, innermost first; empty when it ran its own code.</summary>
    public ReadOnlySpan<ulong> Kernel { get; }

    /// <summary>Addresses of its own stack, innermost first.</summary>
    public ReadOnlySpan<ulong> User { get; }

    internal static bool Fits(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<PerfSampleLayout>())
        {
            return false;
        }

        ref readonly PerfSampleLayout sample = ref MemoryMarshal.AsRef<PerfSampleLayout>(record);
        return IsStack(sample.KernelLen) && IsStack(sample.UserLen)
            && sample.KernelLen + sample.UserLen <= record.Length - Unsafe.SizeOf<PerfSampleLayout>();
    }

    private static bool IsStack(int length) => length % sizeof(ulong) == 0 && length <= RecordAbi.PerfFrames * sizeof(ulong);
}

/// <summary>What a process used.</summary>
public readonly ref struct PerfCountersRecord
{
    private readonly ref readonly PerfCountersLayout _fixed;

    internal PerfCountersRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<PerfCountersLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly PerfCountersLayout Fields => ref _fixed;

    /// <summary>What was counted, or null when that does not count here.</summary>
    public ulong? Count(PerfCounter counter) => (_fixed.Available & (1u << (int)counter)) != 0 ? _fixed.Counters[(int)counter] : null;
}
