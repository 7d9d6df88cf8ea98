using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>
/// <c>struct eu_event_header</c>: 64 bytes in front of every record. Ids are those of the initial namespaces, namespaces
/// are inode numbers, times are nanoseconds of CLOCK_BOOTTIME. Field names are the C names in Pascal case; a test
/// compares every offset.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct RecordHeader
{
    public ulong TsNs;

    /// <summary>Per CPU, counts every offered record; 0 in snapshot records.</summary>
    public ulong Seq;
    public ulong CgroupKey;

    /// <summary>Start of the process: with <see cref="Tgid"/> the process key.</summary>
    public ulong StartNs;
    public uint Tgid;
    public uint Tid;
    public uint Ppid;
    public uint Pidns;

    /// <summary>0 when the task was already too far gone to have one.</summary>
    public uint Mntns;
    public EventKind Kind;

    /// <summary>Bytes of the whole record.</summary>
    public ushort Size;
    public ushort Cpu;
    public RecordTraits Flags;
    public Truncation Truncated;
}

/// <summary>A NUL-padded task name.</summary>
[InlineArray(RecordAbi.CommLength)]
public struct TaskComm
{
    private byte _first;

    /// <summary>The name without its padding.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Text
    {
        get
        {
            ReadOnlySpan<byte> all = this;
            int end = all.IndexOf((byte)0);
            return end < 0 ? all : all[..end];
        }
    }
}

/// <summary><c>struct eu_fork</c>; the header describes the new process.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ForkLayout
{
    public RecordHeader Hdr;
    public ulong ParentStartNs;

    /// <summary>The thread that called fork or clone.</summary>
    public uint ParentTid;
    public uint Vpid;
    public uint Uid;
    public uint Gid;
    public TaskComm Comm;
}

/// <summary><c>struct eu_exec</c>; tail: exe, filename, cwd, args, env.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ExecLayout
{
    public RecordHeader Hdr;
    public ulong CapEffective;
    public ulong CapPermitted;
    public ulong CapInheritable;
    public ulong ExeInode;

    /// <summary>Of the inode, nanoseconds of Unix time; 0 when not known, like the next.</summary>
    public ulong ExeCtimeNs;
    public ulong ExeMtimeNs;

    /// <summary>Major &lt;&lt; 20 | minor.</summary>
    public uint ExeDev;

    /// <summary>Inode number of the user namespace.</summary>
    public uint Userns;
    public uint Uid;
    public uint Gid;
    public uint Euid;
    public uint Egid;
    public uint Loginuid;
    public uint AuditSession;
    public uint Sid;
    public uint Pgid;

    /// <summary>Device number, major &lt;&lt; 20 | minor; 0 = none.</summary>
    public uint Tty;
    public uint Vpid;

    /// <summary>Session leader in the process's own pid namespace; 0: it is not of there.</summary>
    public uint Vsid;

    /// <summary>Process group leader in the process's own pid namespace; 0: it is not of there.</summary>
    public uint Vpgid;
    public uint Argc;
    public ExeTraits ExeFlags;
    public TaskComm Comm;
    public ushort ExeLen;
    public ushort FilenameLen;
    public ushort CwdLen;
    public ushort ArgsLen;
    public ushort EnvLen;

    /// <summary>As in <see cref="ActorLayout"/>, like the next.</summary>
    public ushort Syscall;
    public byte SyscallAbi;
    public byte Reserved;

    /// <summary>Type and permissions, as st_mode.</summary>
    public ushort ExeMode;
}

/// <summary><c>struct eu_exit</c>; the last thread of the process is gone.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ExitLayout
{
    public RecordHeader Hdr;
    public ulong DurationNs;
    public ulong CpuNs;
    public uint ExitCode;
    public uint Signal;
    public uint Vpid;
    public uint Uid;
    public uint Gid;
    public ExitTraits ExitFlags;
    public TaskComm Comm;
}

/// <summary><c>struct eu_cgroup</c>; the header describes who made or removed it; tail: path.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CgroupLayout
{
    public RecordHeader Hdr;
    public ulong Key;
    public ulong ParentKey;

    /// <summary>0 = v2, else the v1 pids hierarchy.</summary>
    public uint Hierarchy;
    public uint Level;
    public ushort PathLen;
    public Reserved3 Reserved;
}

/// <summary>Three 16-bit words without meaning yet.</summary>
[InlineArray(3)]
public struct Reserved3
{
    private ushort _first;
}
