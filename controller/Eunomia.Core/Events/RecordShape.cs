namespace Eunomia.Core.Events;

/// <summary>Which struct of <c>event.h</c> a record is.</summary>
internal enum RecordShape : byte
{
    /// <summary>Of a kind that this version does not know, or that has no records.</summary>
    Unknown,
    Fork,
    Exec,
    Exit,
    Cgroup,

    // From here on: with an actor behind the header.
    FileOpen,
    FileIo,
    FileChange,
    Tcp,
    Syscall,
    SyscallCall,
    Security,
    Credentials,
    Redirect,
    Ipc,
    Signal,
    Udp,
    Dns,
    PerfSample,
    PerfCounters,
    Enforce,
}
