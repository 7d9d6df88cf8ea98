namespace Eunomia.Core.Output;

/// <summary>
/// Names of what calls that change the system itself are told to do, and of sockets (origin: the kernel's uapi headers, of
/// 6.18 where enums grow).
/// </summary>
internal static class SystemNames
{
    private const ushort AfInet = 2;
    private const ushort AfInet6 = 10;
    private const ushort AfNetlink = 16;
    private const ushort AfPacket = 17;

    /// <summary>linux/swap.h; the priority stands in the bits below.</summary>
    internal static readonly (ulong Bits, string Name)[] Swaps =
    [
        (0x8000, "SWAP_FLAG_PREFER"), (0x1_0000, "SWAP_FLAG_DISCARD"), (0x2_0000, "SWAP_FLAG_DISCARD_ONCE"),
        (0x4_0000, "SWAP_FLAG_DISCARD_PAGES"),
    ];

    /// <summary>linux/timex.h.</summary>
    internal static readonly (ulong Bits, string Name)[] ClockModes =
    [
        (0x8001, "ADJ_OFFSET_SINGLESHOT"), (0x1, "ADJ_OFFSET"), (0x2, "ADJ_FREQUENCY"), (0x4, "ADJ_MAXERROR"),
        (0x8, "ADJ_ESTERROR"), (0x10, "ADJ_STATUS"), (0x20, "ADJ_TIMECONST"), (0x80, "ADJ_TAI"), (0x100, "ADJ_SETOFFSET"),
        (0x1000, "ADJ_MICRO"), (0x2000, "ADJ_NANO"), (0x4000, "ADJ_TICK"),
    ];

    /// <summary>linux/kexec.h, of kexec_load.</summary>
    internal static readonly (ulong Bits, string Name)[] Kexecs =
    [
        (0x1, "KEXEC_ON_CRASH"), (0x2, "KEXEC_PRESERVE_CONTEXT"), (0x4, "KEXEC_UPDATE_ELFCOREHDR"),
        (0x8, "KEXEC_CRASH_HOTPLUG_SUPPORT"),
    ];

    /// <summary>linux/kexec.h, of kexec_file_load.</summary>
    internal static readonly (ulong Bits, string Name)[] KexecFiles =
    [
        (0x1, "KEXEC_FILE_UNLOAD"), (0x2, "KEXEC_FILE_ON_CRASH"), (0x4, "KEXEC_FILE_NO_INITRAMFS"), (0x8, "KEXEC_FILE_DEBUG"),
        (0x10, "KEXEC_FILE_NO_CMA"), (0x20, "KEXEC_FILE_FORCE_DTB"),
    ];

    /// <summary>linux/fanotify.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Fanotifies =
    [
        (0x1, "FAN_CLOEXEC"), (0x2, "FAN_NONBLOCK"), (0x4, "FAN_CLASS_CONTENT"), (0x8, "FAN_CLASS_PRE_CONTENT"),
        (0x10, "FAN_UNLIMITED_QUEUE"), (0x20, "FAN_UNLIMITED_MARKS"), (0x40, "FAN_ENABLE_AUDIT"), (0x80, "FAN_REPORT_PIDFD"),
        (0x100, "FAN_REPORT_TID"), (0x200, "FAN_REPORT_FID"), (0x400, "FAN_REPORT_DIR_FID"), (0x800, "FAN_REPORT_NAME"),
        (0x1000, "FAN_REPORT_TARGET_FID"), (0x2000, "FAN_REPORT_FD_ERROR"), (0x4000, "FAN_REPORT_MNT"),
    ];

    /// <summary>linux/perf_event.h.</summary>
    internal static readonly (ulong Bits, string Name)[] PerfEvents =
    [
        (0x1, "PERF_FLAG_FD_NO_GROUP"), (0x2, "PERF_FLAG_FD_OUTPUT"), (0x4, "PERF_FLAG_PID_CGROUP"), (0x8, "PERF_FLAG_FD_CLOEXEC"),
    ];

    /// <summary>linux/personality.h; the execution domain stands in the lowest byte, PER_LINUX is 0.</summary>
    internal static readonly (ulong Bits, string Name)[] Personalities =
    [
        (0x2_0000, "UNAME26"), (0x4_0000, "ADDR_NO_RANDOMIZE"), (0x8_0000, "FDPIC_FUNCPTRS"), (0x10_0000, "MMAP_PAGE_ZERO"),
        (0x20_0000, "ADDR_COMPAT_LAYOUT"), (0x40_0000, "READ_IMPLIES_EXEC"), (0x80_0000, "ADDR_LIMIT_32BIT"),
        (0x100_0000, "SHORT_INODE"), (0x200_0000, "WHOLE_SECONDS"), (0x400_0000, "STICKY_TIMEOUTS"), (0x800_0000, "ADDR_LIMIT_3GB"),
    ];

    /// <summary>linux/xattr.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Attributes = [(0x1, "XATTR_CREATE"), (0x2, "XATTR_REPLACE")];

    /// <summary>linux/net.h: they stand beside a socket's type.</summary>
    internal static readonly (ulong Bits, string Name)[] Sockets = [(0x800, "SOCK_NONBLOCK"), (0x8_0000, "SOCK_CLOEXEC")];

    /// <summary>linux/time.h.</summary>
    internal static readonly string?[] Clocks =
    [
        "CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "CLOCK_MONOTONIC_RAW",
        "CLOCK_REALTIME_COARSE", "CLOCK_MONOTONIC_COARSE", "CLOCK_BOOTTIME", "CLOCK_REALTIME_ALARM", "CLOCK_BOOTTIME_ALARM",
        "CLOCK_SGI_CYCLE", "CLOCK_TAI",
    ];

    /// <summary>linux/syslog.h of the kernel itself, as syslog(2) has them.</summary>
    internal static readonly string?[] LogActions =
    [
        "SYSLOG_ACTION_CLOSE", "SYSLOG_ACTION_OPEN", "SYSLOG_ACTION_READ", "SYSLOG_ACTION_READ_ALL", "SYSLOG_ACTION_READ_CLEAR",
        "SYSLOG_ACTION_CLEAR", "SYSLOG_ACTION_CONSOLE_OFF", "SYSLOG_ACTION_CONSOLE_ON", "SYSLOG_ACTION_CONSOLE_LEVEL",
        "SYSLOG_ACTION_SIZE_UNREAD", "SYSLOG_ACTION_SIZE_BUFFER",
    ];

    /// <summary>linux/perf_event.h, enum perf_type_id.</summary>
    internal static readonly string?[] PerfTypes =
    [
        "PERF_TYPE_HARDWARE", "PERF_TYPE_SOFTWARE", "PERF_TYPE_TRACEPOINT", "PERF_TYPE_HW_CACHE", "PERF_TYPE_RAW",
        "PERF_TYPE_BREAKPOINT",
    ];

    /// <summary>linux/netlink.h.</summary>
    private static readonly string?[] Netlinks =
    [
        "NETLINK_ROUTE", "NETLINK_UNUSED", "NETLINK_USERSOCK", "NETLINK_FIREWALL", "NETLINK_SOCK_DIAG", "NETLINK_NFLOG",
        "NETLINK_XFRM", "NETLINK_SELINUX", "NETLINK_ISCSI", "NETLINK_AUDIT", "NETLINK_FIB_LOOKUP", "NETLINK_CONNECTOR",
        "NETLINK_NETFILTER", "NETLINK_IP6_FW", "NETLINK_DNRTMSG", "NETLINK_KOBJECT_UEVENT", "NETLINK_GENERIC", null,
        "NETLINK_SCSITRANSPORT", "NETLINK_ECRYPTFS", "NETLINK_RDMA", "NETLINK_CRYPTO", "NETLINK_SMC",
    ];

    /// <summary>"AF_PACKET", or null.</summary>
    internal static string? Family(uint family) => CallDecoders.Name(SyscallConstants.Families, family);

    /// <summary>"SOCK_RAW", or null. The type without its flags.</summary>
    internal static string? SocketType(uint type) =>
        type == 10 ? "SOCK_PACKET" : type == 0 ? null : CallDecoders.Name(SyscallConstants.SocketTypes, type);

    /// <summary>"IPPROTO_ICMP", "NETLINK_AUDIT", "ETH_P_ALL", or null.</summary>
    internal static string? Protocol(uint family, uint protocol) => family switch
    {
        AfInet or AfInet6 => InternetProtocol(protocol),
        AfNetlink => CallDecoders.Name(Netlinks, protocol),
        AfPacket => EtherType(((protocol & 0xff) << 8) | ((protocol >> 8) & 0xff)), // in network order
        _ => null,
    };

    /// <summary>linux/quota.h and dqblk_xfs.h: what stands above the type of quota.</summary>
    internal static string? QuotaCommand(uint command) => (command >> 8) switch
    {
        0x80_0001 => "Q_SYNC",
        0x80_0002 => "Q_QUOTAON",
        0x80_0003 => "Q_QUOTAOFF",
        0x80_0004 => "Q_GETFMT",
        0x80_0005 => "Q_GETINFO",
        0x80_0006 => "Q_SETINFO",
        0x80_0007 => "Q_GETQUOTA",
        0x80_0008 => "Q_SETQUOTA",
        0x80_0009 => "Q_GETNEXTQUOTA",
        0x5801 => "Q_XQUOTAON",
        0x5802 => "Q_XQUOTAOFF",
        0x5803 => "Q_XGETQUOTA",
        0x5804 => "Q_XSETQLIM",
        0x5805 => "Q_XGETQSTAT",
        0x5806 => "Q_XQUOTARM",
        0x5807 => "Q_XQUOTASYNC",
        0x5808 => "Q_XGETQSTATV",
        0x5809 => "Q_XGETNEXTQUOTA",
        _ => null,
    };

    /// <summary>linux/reboot.h.</summary>
    internal static string? RebootCommand(uint command) => command switch
    {
        0 => "LINUX_REBOOT_CMD_CAD_OFF",
        0x89ab_cdef => "LINUX_REBOOT_CMD_CAD_ON",
        0x0123_4567 => "LINUX_REBOOT_CMD_RESTART",
        0xa1b2_c3d4 => "LINUX_REBOOT_CMD_RESTART2",
        0xcdef_0123 => "LINUX_REBOOT_CMD_HALT",
        0x4321_fedc => "LINUX_REBOOT_CMD_POWER_OFF",
        0xd000_fce2 => "LINUX_REBOOT_CMD_SW_SUSPEND",
        0x4558_4543 => "LINUX_REBOOT_CMD_KEXEC",
        _ => null,
    };

    /// <summary>linux/in.h.</summary>
    private static string? InternetProtocol(uint protocol) => protocol switch
    {
        1 => "IPPROTO_ICMP",
        2 => "IPPROTO_IGMP",
        4 => "IPPROTO_IPIP",
        6 => "IPPROTO_TCP",
        17 => "IPPROTO_UDP",
        33 => "IPPROTO_DCCP",
        41 => "IPPROTO_IPV6",
        47 => "IPPROTO_GRE",
        50 => "IPPROTO_ESP",
        51 => "IPPROTO_AH",
        58 => "IPPROTO_ICMPV6",
        103 => "IPPROTO_PIM",
        115 => "IPPROTO_L2TP",
        132 => "IPPROTO_SCTP",
        136 => "IPPROTO_UDPLITE",
        255 => "IPPROTO_RAW",
        256 => "IPPROTO_SMC",
        262 => "IPPROTO_MPTCP",
        _ => null,
    };

    /// <summary>linux/if_ether.h.</summary>
    private static string? EtherType(uint type) => type switch
    {
        0x0001 => "ETH_P_802_3",
        0x0003 => "ETH_P_ALL",
        0x0800 => "ETH_P_IP",
        0x0806 => "ETH_P_ARP",
        0x8100 => "ETH_P_8021Q",
        0x86dd => "ETH_P_IPV6",
        0x888e => "ETH_P_PAE",
        0x88cc => "ETH_P_LLDP",
        _ => null,
    };
}
