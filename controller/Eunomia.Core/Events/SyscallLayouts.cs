using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Events;

/// <summary><c>struct eu_syscall</c>: what one process did with one system call since the last record of both. No tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SyscallLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>Calls that returned.</summary>
    public ulong Count;

    /// <summary>Of them: those that returned an error.</summary>
    public ulong Errors;

    /// <summary>Of them: those that a seccomp filter answered; 0 when that is not looked at.</summary>
    public ulong Refused;

    /// <summary>Of those that were seen to begin; 0 when times are not taken.</summary>
    public ulong LatencyTotalNs;
    public ulong LatencyMaxNs;

    /// <summary><see cref="SyscallNames.Unknown"/> for one that no kernel has.</summary>
    public ushort Number;
    public SyscallAbi Abi;
    public SyscallTraits Flags;
    public SyscallErrnos Errnos;

    /// <summary>[0]: below 128 ns; [i]: from 2^(i+6) ns to twice that; the last one: and everything above.</summary>
    public SyscallBuckets Latency;
}

/// <summary><c>struct eu_syscall_errno</c>: how often a call returned this error.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SyscallErrno
{
    /// <summary>0: none.</summary>
    public uint Number;
    public uint Count;
}

/// <summary>Room for error numbers; what finds none is in the errors only.</summary>
[InlineArray(RecordAbi.SyscallErrnos)]
public struct SyscallErrnos
{
    private SyscallErrno _first;
}

/// <summary>A histogram of latencies.</summary>
[InlineArray(RecordAbi.SyscallBuckets)]
public struct SyscallBuckets
{
    private uint _first;
}

/// <summary><c>struct eu_syscall_call</c>: a call that returned; tail: its strings and its socket address.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SyscallCallLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>As in the registers.</summary>
    public SyscallArguments Args;
    public long Result;

    /// <summary>0 when it is not known.</summary>
    public ulong LatencyNs;
    public ushort Number;
    public SyscallAbi Abi;

    /// <summary>Not 0: a seccomp filter answered.</summary>
    public ushort Refused;
    public SyscallTextLengths TextLen;
    public ushort AddressLen;
    public Reserved2 Reserved;
}

/// <summary>The six arguments of a call.</summary>
[InlineArray(RecordAbi.SyscallArguments)]
public struct SyscallArguments
{
    private ulong _first;
}

/// <summary>Lengths of the strings in a call's tail.</summary>
[InlineArray(RecordAbi.SyscallTexts)]
public struct SyscallTextLengths
{
    private ushort _first;
}
