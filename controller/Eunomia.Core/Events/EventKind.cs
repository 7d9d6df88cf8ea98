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

    /// <summary>The first datagram between a socket and a peer was sent or received, or the sending failed.</summary>
    UdpOpen = 22,

    /// <summary>No more datagrams go between a socket and a peer.</summary>
    UdpClose = 23,

    /// <summary>A DNS query was sent or received.</summary>
    DnsQuery = 24,

    /// <summary>A DNS answer was received or sent.</summary>
    DnsAnswer = 25,

    /// <summary>The first cgroup of a container was made.</summary>
    ContainerCreate = 1000,

    /// <summary>A container's init runs its first program of its own.</summary>
    ContainerStart = 1001,

    /// <summary>A container's init ended, or its last cgroup went without init having been seen.</summary>
    ContainerExit = 1002,
}
