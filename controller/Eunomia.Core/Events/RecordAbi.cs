namespace Eunomia.Core.Events;

/// <summary>Constants of the raw record ABI, as <c>bpf/include/eunomia/event.h</c> has them; a test compares each.</summary>
public static class RecordAbi
{
    /// <summary>The ABI this reader understands (<c>EU_ABI_VERSION</c>).</summary>
    public const uint Version = 5;

    /// <summary>The oldest ABI whose records this reader understands too: since then only kinds were added.</summary>
    public const uint OldestReadable = 5;

    /// <summary>Bytes of the header in front of every record.</summary>
    public const int HeaderSize = 64;

    /// <summary>A record's size is a multiple of this, so that records laid back to back stay aligned.</summary>
    public const int Alignment = 8;

    /// <summary>Slots for kinds in ledger arrays (<c>EU_KIND_SLOTS</c>).</summary>
    public const int KindSlots = 64;

    /// <summary>Bytes of a NUL-padded task name (<c>EU_COMM_LEN</c>).</summary>
    public const int CommLength = 16;

    /// <summary>Most bytes of arguments in a record (<c>EU_ARGS_MAX</c>).</summary>
    public const int ArgsMax = 16384;

    /// <summary>Most bytes of one path in a record (<c>EU_PATH_MAX</c>).</summary>
    public const int PathMax = 4096;

    /// <summary>Most bytes of chosen environment variables in a record (<c>EU_ENV_MAX</c>).</summary>
    public const int EnvMax = 2048;

    /// <summary>Most bytes of a cgroup path in a record (<c>EU_CGROUP_PATH_MAX</c>).</summary>
    public const int CgroupPathMax = 4096;

    /// <summary>Most bytes of a whole record (<c>EU_RECORD_MAX</c>).</summary>
    public const int RecordMax = 32768;

    /// <summary>Most bytes of the path of a descriptor's totals (<c>EU_OPEN_PATH_MAX</c>).</summary>
    public const int OpenPathMax = 256;

    /// <summary>Most bytes of a DNS message in a record (<c>EU_DNS_MESSAGE_MAX</c>).</summary>
    public const int DnsMessageMax = 4096;

    /// <summary>Most frames of each of a sample's stacks (<c>EU_PERF_FRAMES</c>).</summary>
    public const int PerfFrames = 127;

    /// <summary>Room for counters of a machine (<c>EU_PERF_COUNTER_SLOTS</c>).</summary>
    public const int PerfCounterSlots = 8;

    /// <summary>Bytes of an address's room; an IPv4 address stands in the first 4.</summary>
    public const int AddressLength = 16;

    /// <summary>Different errors counted of one call (<c>EU_SYSCALL_ERRNOS</c>).</summary>
    public const int SyscallErrnos = 8;

    /// <summary>Buckets of a histogram of latencies (<c>EU_SYSCALL_BUCKETS</c>).</summary>
    public const int SyscallBuckets = 32;

    /// <summary>Strings of one call (<c>EU_SYSCALL_TEXTS</c>).</summary>
    public const int SyscallTexts = 2;

    /// <summary>Most bytes of one of them (<c>EU_SYSCALL_TEXT_MAX</c>).</summary>
    public const int SyscallTextMax = 4096;

    /// <summary>Most bytes of a socket address (<c>EU_SYSCALL_ADDRESS_MAX</c>).</summary>
    public const int SyscallAddressMax = 128;

    /// <summary>Arguments of a call.</summary>
    public const int SyscallArguments = 6;

    /// <summary>Arguments of a system call.</summary>
    public const int CallArguments = 6;

    /// <summary>Sockets between processes of one machine (<c>EU_AF_UNIX</c>).</summary>
    public const ushort AfUnix = 1;

    /// <summary>IPv4, and IPv4 in IPv6 (<c>EU_AF_INET</c>).</summary>
    public const ushort AfInet = 2;

    /// <summary>IPv6 (<c>EU_AF_INET6</c>).</summary>
    public const ushort AfInet6 = 10;

    /// <summary>IPPROTO_TCP.</summary>
    public const ushort ProtocolTcp = 6;

    /// <summary>IPPROTO_UDP.</summary>
    public const ushort ProtocolUdp = 17;

    /// <summary>
    /// A login uid or audit session that was never set, an owner or group left as it is (<c>EU_ID_UNSET</c>).
    /// </summary>
    public const uint IdUnset = 0xffffffff;

    /// <summary>A cgroup's key: hierarchy id in the top 8 bits (0 = v2), the directory's kernfs id below.</summary>
    public static ulong CgroupKey(uint hierarchy, ulong id) => ((ulong)hierarchy << 56) | (id & 0x00ff_ffff_ffff_ffff);
}

/// <summary>Flags of a record (<c>EU_FLAG_*</c>).</summary>
[Flags]
public enum RecordTraits : ushort
{
    /// <summary>A live, complete record.</summary>
    None = 0,

    /// <summary>Describes what already was, not something that happened now.</summary>
    Snapshot = 1,

    /// <summary>Delivered after a record with a newer time.</summary>
    Late = 2,

    /// <summary>Outside the kernel's filter: identity only, strings are left out.</summary>
    Compact = 4,
}

/// <summary>Parts of a record that were cut (<c>EU_TRUNC_*</c>).</summary>
[Flags]
public enum Truncation : uint
{
    /// <summary>Nothing was cut.</summary>
    None = 0,

    /// <summary>Arguments.</summary>
    Args = 0x1,

    /// <summary>Path of the executable.</summary>
    Exe = 0x2,

    /// <summary>Working directory.</summary>
    Cwd = 0x4,

    /// <summary>The path as passed to execve.</summary>
    Filename = 0x8,

    /// <summary>Chosen environment variables.</summary>
    Env = 0x10,

    /// <summary>Cgroup path.</summary>
    Cgroup = 0x20,

    /// <summary>The path that the kernel resolved.</summary>
    Path = 0x40,

    /// <summary>The path as passed; also when it could not be read at all.</summary>
    Raw = 0x80,

    /// <summary>The directory that the path as passed is relative to.</summary>
    Base = 0x100,

    /// <summary>The new path as passed, or a symbolic link's text.</summary>
    NewRaw = 0x200,

    /// <summary>The directory that the new path as passed is relative to.</summary>
    NewBase = 0x400,

    /// <summary>A string argument of a system call; also when it could not be read at all.</summary>
    Text = 0x800,

    /// <summary>What is mounted, as passed.</summary>
    Source = 0x10000,

    /// <summary>A name as passed.</summary>
    Name = 0x20000,

    /// <summary>Options, parameters, a value or a description as passed.</summary>
    Data = 0x40000,

    /// <summary>A DNS message.</summary>
    Message = 0x8000,

    /// <summary>A stack: deeper than can be told, or it could not be walked.</summary>
    Stack = 0x80000,
}

/// <summary>What is notable about an executable (<c>EU_EXE_*</c>).</summary>
[Flags]
public enum ExeTraits : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It lives in a memfd.</summary>
    Memfd = 0x1,

    /// <summary>It stands in the upper layer of an overlay: new or changed since the image.</summary>
    UpperLayer = 0x2,

    /// <summary>The process that runs it could write it.</summary>
    Writable = 0x4,

    /// <summary>It has no name any more.</summary>
    Unlinked = 0x8,
}

/// <summary>How a process ended (<c>EU_EXIT_*</c>).</summary>
[Flags]
public enum ExitTraits : uint
{
    /// <summary>Nothing notable.</summary>
    None = 0,

    /// <summary>It dumped core.</summary>
    Core = 0x1,
}

/// <summary>What is notable about an open file (<c>EU_FILE_*</c>).</summary>
[Flags]
public enum FileTraits : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>This open made the file.</summary>
    Created = 0x1,

    /// <summary>It has no name any more: the path is the one it had.</summary>
    Unlinked = 0x2,

    /// <summary>Closed without a call of close: by exec, exit or dup2.</summary>
    Implicit = 0x4,

    /// <summary>Not opened by this process while watched: totals since first use.</summary>
    Inherited = 0x8,
}

/// <summary>What is notable about a count of system calls (<c>EU_SYSCALL_*</c>).</summary>
[Flags]
public enum SyscallTraits : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Of processes that there was no room for; without actor.</summary>
    Overflow = 0x1,
}

/// <summary>Who began a connection or a flow, or asked (<c>enum eu_tcp_direction</c>).</summary>
public enum TcpDirection : ushort
{
    /// <summary>It was there before it was watched.</summary>
    Unknown = 0,

    /// <summary>This side.</summary>
    Outbound = 1,

    /// <summary>The other side.</summary>
    Inbound = 2,

    /// <summary>No connection: the socket listens.</summary>
    Listening = 3,
}

/// <summary>Why a flow is over (<c>enum eu_udp_end</c>).</summary>
public enum UdpEnd : ushort
{
    /// <summary>It is not: the watching ended.</summary>
    Running = 0,

    /// <summary>No datagram went for a while.</summary>
    Idle = 1,

    /// <summary>The socket is gone.</summary>
    Closed = 2,
}

/// <summary>What is notable about a flow (<c>EU_UDP_*</c>).</summary>
[Flags]
public enum UdpTraits : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The socket has one peer, chosen by connect.</summary>
    Connected = 0x1,
}
