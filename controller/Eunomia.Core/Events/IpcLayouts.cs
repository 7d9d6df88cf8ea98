using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>What processes talk through (<c>enum eu_ipc_type</c>).</summary>
public enum IpcType : ushort
{
    /// <summary>Of a record that is wrong.</summary>
    Unknown = 0,

    /// <summary>A pipe without a name.</summary>
    Pipe = 1,

    /// <summary>A pipe with a path.</summary>
    Fifo = 2,

    /// <summary>A unix socket.</summary>
    Unix = 3,

    /// <summary>System V shared memory.</summary>
    SysvShm = 4,

    /// <summary>A System V message queue.</summary>
    SysvMsg = 5,

    /// <summary>A System V set of semaphores.</summary>
    SysvSem = 6,

    /// <summary>A POSIX message queue.</summary>
    PosixMq = 7,

    /// <summary>A file below /dev/shm.</summary>
    PosixShm = 8,
}

/// <summary>On which side of the object the process is (<c>enum eu_ipc_role</c>).</summary>
public enum IpcRole : ushort
{
    /// <summary>Not known, or there are no sides.</summary>
    None = 0,

    /// <summary>It can only read.</summary>
    Reader = 1,

    /// <summary>It can only write.</summary>
    Writer = 2,

    /// <summary>It can do both.</summary>
    ReaderWriter = 3,

    /// <summary>Connected to a name.</summary>
    Client = 4,

    /// <summary>Was accepted.</summary>
    Server = 5,

    /// <summary>Waits for connections.</summary>
    Listener = 6,

    /// <summary>Datagrams are sent to its name.</summary>
    Bound = 7,

    /// <summary>One of two sockets without names.</summary>
    Pair = 8,
}

/// <summary>What is notable about an end (<c>EU_IPC_*</c> flags).</summary>
[Flags]
public enum IpcTraits : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Not opened by this process while watched: totals since first use.</summary>
    Inherited = 0x1,

    /// <summary>Gone without a call that says so: by exec, exit or dup2.</summary>
    Implicit = 0x2,

    /// <summary>System V: the object itself was removed.</summary>
    Removed = 0x4,
}

/// <summary>What is notable about a signal (<c>EU_SIGNAL_*</c>).</summary>
[Flags]
public enum SignalTraits : uint
{
    /// <summary>From one process to another.</summary>
    None = 0,

    /// <summary>The kernel sent it; header and actor are those of the target.</summary>
    Kernel = 0x1,

    /// <summary>To that thread, not to the process.</summary>
    Thread = 0x2,
}

/// <summary><c>struct eu_ipc</c>: one process's end of an object; tail: name.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct IpcLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>0 when the open was not watched.</summary>
    public ulong OpenedNs;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong MessagesSent;
    public ulong MessagesReceived;

    /// <summary>0 of System V objects, like <see cref="Dev"/>.</summary>
    public ulong Inode;

    /// <summary>Unix: of the socket that it is connected to; 0 when not known.</summary>
    public ulong PeerInode;

    /// <summary>System V: bytes of memory, or semaphores.</summary>
    public ulong Size;

    /// <summary>Major &lt;&lt; 20 | minor.</summary>
    public uint Dev;

    /// <summary>Unix: who connected, listened or made the pair; 0 when not known.</summary>
    public uint PeerPid;

    /// <summary>System V: inode number of the ipc namespace.</summary>
    public uint Ns;

    /// <summary>System V: as this process passed it; 0 when private or not known.</summary>
    public uint Key;

    /// <summary>System V, else -1.</summary>
    public int Id;

    /// <summary>-1 of System V objects; of a pair the first one.</summary>
    public int Fd;

    /// <summary>Open: the second one of a pair, else -1.</summary>
    public int PeerFd;

    /// <summary>Open: as passed.</summary>
    public uint OpenFlags;

    /// <summary>Open: descriptor, id or 0; or -errno. Close: 0 or -errno.</summary>
    public int Result;
    public IpcTraits IpcFlags;
    public IpcType Type;
    public IpcRole Role;

    /// <summary>Unix: SOCK_*.</summary>
    public ushort SocketType;
    public ushort NameLen;
}

/// <summary><c>struct eu_signal</c>; the header and the actor are those of the sender. No tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SignalLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;
    public ulong TargetStartNs;
    public ulong TargetCgroupKey;

    /// <summary>So many like this one, of a flood; else 1.</summary>
    public ulong Count;
    public uint TargetTgid;
    public uint TargetTid;
    public uint TargetVpid;
    public uint TargetPidns;
    public uint Signal;

    /// <summary>si_code.</summary>
    public int Code;

    /// <summary>TRACE_SIGNAL_*: delivered, ignored, already pending, overflow, info lost.</summary>
    public uint Result;
    public SignalTraits SignalFlags;
    public TaskComm TargetComm;
}
