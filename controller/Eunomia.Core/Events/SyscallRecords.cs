using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>What one process did with one system call since the last record of both.</summary>
public readonly ref struct SyscallRecord
{
    private readonly ref readonly SyscallLayout _fixed;

    internal SyscallRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<SyscallLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly SyscallLayout Fields => ref _fixed;

    /// <summary>Whether these are the calls of processes that there was no room for in the kernel: nobody's.</summary>
    public bool IsOverflow => (_fixed.Flags & SyscallTraits.Overflow) != 0;
}

/// <summary>A call that returned. Strings are bytes as the process had them when it returned.</summary>
public readonly ref struct SyscallCallRecord
{
    private readonly ref readonly SyscallCallLayout _fixed;
    private readonly ReadOnlySpan<byte> _tail;

    internal SyscallCallRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<SyscallCallLayout>(bytes);
        _tail = bytes[Unsafe.SizeOf<SyscallCallLayout>()..];
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly SyscallCallLayout Fields => ref _fixed;

    /// <summary>A socket address as the kernel has them; empty when no argument points to one.</summary>
    public ReadOnlySpan<byte> Address => _tail.Slice(_fixed.TextLen[0] + _fixed.TextLen[1], _fixed.AddressLen);

    /// <summary>A string that an argument points to.</summary>
    /// <param name="index">0 for the first of them, 1 for the second.</param>
    public ReadOnlySpan<byte> Text(int index) => index switch
    {
        0 => _tail[.._fixed.TextLen[0]],
        1 => _tail.Slice(_fixed.TextLen[0], _fixed.TextLen[1]),
        _ => default,
    };

    internal static bool Fits(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<SyscallCallLayout>())
        {
            return false;
        }

        ref readonly SyscallCallLayout call = ref MemoryMarshal.AsRef<SyscallCallLayout>(record);
        int tail = call.TextLen[0] + call.TextLen[1] + call.AddressLen;
        return tail <= record.Length - Unsafe.SizeOf<SyscallCallLayout>();
    }
}
