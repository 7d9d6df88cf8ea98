namespace Eunomia.Core.Events;

/// <summary>What happened. Below 1000: kinds of raw records (<c>enum eu_kind</c>); from 1000: derived here.</summary>
public enum EventKind : ushort
{
    /// <summary>No kind.</summary>
    None = 0,

    /// <summary>A new process, not a thread.</summary>
    ProcessFork = 1,

    /// <summary>A process runs a new program.</summary>
    ProcessExec = 2,

    /// <summary>The last thread of a process is gone.</summary>
    ProcessExit = 3,

    /// <summary>A cgroup was made.</summary>
    CgroupMkdir = 4,

    /// <summary>A cgroup was removed.</summary>
    CgroupRmdir = 5,

    /// <summary>A file was opened, or the attempt failed.</summary>
    FileOpen = 6,

    /// <summary>A descriptor is gone, by close or otherwise.</summary>
    FileClose = 7,

    /// <summary>What went through a descriptor that is still open.</summary>
    FileIo = 8,

    /// <summary>A name was removed.</summary>
    FileUnlink = 9,

    /// <summary>A file got another name.</summary>
    FileRename = 10,

    /// <summary>A file got one name more.</summary>
    FileLink = 11,

    /// <summary>A symbolic link was made.</summary>
    FileSymlink = 12,

    /// <summary>A directory was made.</summary>
    FileMkdir = 13,

    /// <summary>A directory was removed.</summary>
    FileRmdir = 14,

    /// <summary>Permissions were changed.</summary>
    FileChmod = 15,

    /// <summary>Owner or group was changed.</summary>
    FileChown = 16,

    /// <summary>A length was set.</summary>
    FileTruncate = 17,

    /// <summary>An attempt to connect is decided.</summary>
    TcpConnect = 18,

    /// <summary>A socket began to listen.</summary>
    TcpListen = 19,

    /// <summary>A connection was taken over from a listening socket.</summary>
    TcpAccept = 20,

    /// <summary>A connection, or the listening, is over.</summary>
    TcpClose = 21,

    /// <summary>How often a process made a system call.</summary>
    Syscall = 31,

    /// <summary>A system call that was asked for returned.</summary>
    SyscallCall = 32,

    /// <summary>A process was traced, or asked to be.</summary>
    SecurityPtrace = 34,

    /// <summary>A namespace was entered or made.</summary>
    SecurityNamespace = 35,

    /// <summary>Something was mounted, unmounted or prepared for it.</summary>
    SecurityMount = 36,

    /// <summary>A kernel module was loaded or removed.</summary>
    SecurityModule = 37,

    /// <summary>An eBPF program, map or link was made or asked for.</summary>
    SecurityBpf = 38,

    /// <summary>Ids or capabilities were changed.</summary>
    SecurityCredentials = 39,

    /// <summary>A capability was used, or was not there.</summary>
    SecurityCapability = 40,

    /// <summary>A file that lives in memory only was made.</summary>
    SecurityMemfd = 41,

    /// <summary>Page faults are to be handled by a process.</summary>
    SecurityUserfaultfd = 42,

    /// <summary>A key was made, searched or used.</summary>
    SecurityKey = 43,

    /// <summary>A ring was made or set up.</summary>
    SecurityIoUring = 44,

    /// <summary>An operation was submitted through a ring.</summary>
    SecurityIoUringOp = 45,

    /// <summary>Another process's memory or descriptors were reached for.</summary>
    SecurityProcessVm = 46,

    /// <summary>A process changed what protects it or others.</summary>
    SecurityPrctl = 47,

    /// <summary>A socket became standard input, output or error.</summary>
    SecurityRedirect = 48,

    /// <summary>The kernel killed a process for want of memory.</summary>
    SecurityOom = 49,

    /// <summary>A process changed its root directory.</summary>
    SecurityChroot = 50,

    /// <summary>A process got an end of something that processes talk through, or the attempt failed.</summary>
    IpcOpen = 26,

    /// <summary>A process moved something through its end for the first time.</summary>
    IpcUse = 27,

    /// <summary>What went through an end that is still there.</summary>
    IpcTraffic = 28,

    /// <summary>A process's end is gone.</summary>
    IpcClose = 29,

    /// <summary>A signal was sent.</summary>
    IpcSignal = 30,

    /// <summary>The first datagram between a socket and a peer was sent or received, or the sending failed.</summary>
    UdpOpen = 22,

    /// <summary>No more datagrams go between a socket and a peer.</summary>
    UdpClose = 23,

    /// <summary>A DNS query was sent or received.</summary>
    DnsQuery = 24,

    /// <summary>A DNS answer was received or sent.</summary>
    DnsAnswer = 25,

    /// <summary>Where a process was when a CPU's clock ticked.</summary>
    PerfSample = 51,

    /// <summary>What a process used: time, switches, faults, what the machine counts.</summary>
    PerfCounters = 52,

    /// <summary>A device node, a fifo or another file was made by its type.</summary>
    FileMknod = 53,

    /// <summary>A socket of an uncommon kind was made, or the attempt failed.</summary>
    SecuritySocket = 54,

    /// <summary>Something of the whole system was changed, or the attempt failed.</summary>
    SecuritySystem = 55,

    /// <summary>A socket for datagrams was given a peer, or the attempt failed.</summary>
    UdpConnect = 56,

    /// <summary>The kernel stopped something, or would have in earnest.</summary>
    EnforceDecision = 57,

    /// <summary>The first cgroup of a container was made.</summary>
    ContainerCreate = 1000,

    /// <summary>A container's init runs its first program of its own.</summary>
    ContainerStart = 1001,

    /// <summary>A container's init ended, or its last cgroup went without init having been seen.</summary>
    ContainerExit = 1002,
}
