using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Events;

/// <summary><c>struct eu_actor</c>: who did it, as far as a process can change that without an exec, and by which call.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ActorLayout
{
    public uint Uid;
    public uint Gid;
    public uint Vpid;

    /// <summary>Number of the call, see <see cref="SyscallId.Of"/>.</summary>
    public ushort Syscall;

    /// <summary>1 + <see cref="Syscalls.SyscallAbi"/>; 0 when it comes from no call.</summary>
    public byte SyscallAbi;

    /// <summary>Of socketcall and ipc of 32-bit programs: which one.</summary>
    public byte SyscallPart;

    /// <summary>Name of the thread.</summary>
    public TaskComm Comm;
}

/// <summary><c>struct eu_file_open</c>; tail: path, raw, base.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FileOpenLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>O_*, as passed.</summary>
    public ulong OpenFlags;

    /// <summary>RESOLVE_* of openat2.</summary>
    public ulong Resolve;

    /// <summary>0 when it failed, like <see cref="Dev"/> and <see cref="FileMode"/>.</summary>
    public ulong Inode;

    /// <summary>Major &lt;&lt; 20 | minor.</summary>
    public uint Dev;

    /// <summary>As passed, where O_CREAT or O_TMPFILE makes it count.</summary>
    public uint Mode;

    /// <summary>Type and permissions, as st_mode.</summary>
    public uint FileMode;

    /// <summary>Descriptor, or -errno.</summary>
    public int Result;
    public FileTraits FileFlags;
    public ushort PathLen;
    public ushort RawLen;
    public ushort BaseLen;
    public Reserved3 Reserved;
}

/// <summary><c>struct eu_file_io</c>: what went through one descriptor of one process; tail: path.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FileIoLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>0 when the open was not watched.</summary>
    public ulong OpenedNs;
    public ulong BytesRead;
    public ulong BytesWritten;
    public ulong Inode;
    public uint Reads;
    public uint Writes;
    public uint Dev;
    public uint FileMode;
    public int Fd;

    /// <summary>Of close: 0 or -errno.</summary>
    public int Result;
    public FileTraits FileFlags;
    public ushort PathLen;
    public ushort Reserved;
}

/// <summary><c>struct eu_file_change</c>; tail: path, raw, base, new_raw, new_base.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FileChangeLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;
    public ulong Length;

    /// <summary>AT_* or RENAME_*, as passed.</summary>
    public uint Flags;
    public uint Mode;

    /// <summary><see cref="RecordAbi.IdUnset"/> = left as it is, like <see cref="Group"/>.</summary>
    public uint Owner;
    public uint Group;

    /// <summary>0 or -errno.</summary>
    public int Result;

    /// <summary>Of calls that take one in place of a path, else -1.</summary>
    public int Fd;
    public ushort PathLen;
    public ushort RawLen;
    public ushort BaseLen;
    public ushort NewRawLen;
    public ushort NewBaseLen;
    public ushort Reserved;

    /// <summary>mknod: major &lt;&lt; 20 | minor.</summary>
    public uint Dev;
}

/// <summary><c>struct eu_tcp</c>; the header and the actor are those of the process that began it. No tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TcpLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;
    public AddressBytes LocalAddr;
    public AddressBytes PeerAddr;
    public ulong LatencyNs;

    /// <summary>0 when the beginning was not watched.</summary>
    public ulong DurationNs;
    public ulong BytesSent;
    public ulong BytesReceived;
    public uint Retransmits;
    public uint Backlog;
    public uint Netns;

    /// <summary>0 or -errno; of accept: descriptor, or -errno.</summary>
    public int Result;
    public ushort LocalPort;
    public ushort PeerPort;

    /// <summary><see cref="RecordAbi.AfInet"/> or <see cref="RecordAbi.AfInet6"/>.</summary>
    public ushort Family;
    public TcpDirection Direction;
}

/// <summary>Room for an address in network order.</summary>
[InlineArray(RecordAbi.AddressLength)]
public struct AddressBytes
{
    private byte _first;

    /// <summary>The bytes that an address of this family has; none for a family that is not known.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Of(ushort family)
    {
        ReadOnlySpan<byte> all = this;
        return family switch
        {
            RecordAbi.AfInet => all[..4],
            RecordAbi.AfInet6 => all,
            _ => default,
        };
    }
}
