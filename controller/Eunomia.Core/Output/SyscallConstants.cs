using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Output;

/// <summary>Names of the numbers in system calls' arguments, as on x86-64 (origin: the kernel's uapi headers).</summary>
internal static class SyscallConstants
{
    private const ulong SocketTypeMask = 0xf;
    private const ulong CloneSignalMask = 0xff;

    private static readonly (ulong Bits, string Name)[] Prot =
    [
        (1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC"), (8, "PROT_SEM"), (0x100_0000, "PROT_GROWSDOWN"),
        (0x200_0000, "PROT_GROWSUP"),
    ];

    private static readonly (ulong Bits, string Name)[] Map =
    [
        (3, "MAP_SHARED_VALIDATE"), (1, "MAP_SHARED"), (2, "MAP_PRIVATE"), (0x10, "MAP_FIXED"), (0x20, "MAP_ANONYMOUS"),
        (0x40, "MAP_32BIT"), (0x100, "MAP_GROWSDOWN"), (0x800, "MAP_DENYWRITE"), (0x1000, "MAP_EXECUTABLE"),
        (0x2000, "MAP_LOCKED"), (0x4000, "MAP_NORESERVE"), (0x8000, "MAP_POPULATE"), (0x1_0000, "MAP_NONBLOCK"),
        (0x2_0000, "MAP_STACK"), (0x4_0000, "MAP_HUGETLB"), (0x8_0000, "MAP_SYNC"), (0x10_0000, "MAP_FIXED_NOREPLACE"),
    ];

    private static readonly (ulong Bits, string Name)[] Clone =
    [
        (0x80, "CLONE_NEWTIME"), (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"), (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"), (0x4000, "CLONE_VFORK"),
        (0x8000, "CLONE_PARENT"), (0x1_0000, "CLONE_THREAD"), (0x2_0000, "CLONE_NEWNS"), (0x4_0000, "CLONE_SYSVSEM"),
        (0x8_0000, "CLONE_SETTLS"), (0x10_0000, "CLONE_PARENT_SETTID"), (0x20_0000, "CLONE_CHILD_CLEARTID"),
        (0x80_0000, "CLONE_UNTRACED"), (0x100_0000, "CLONE_CHILD_SETTID"), (0x200_0000, "CLONE_NEWCGROUP"),
        (0x400_0000, "CLONE_NEWUTS"), (0x800_0000, "CLONE_NEWIPC"), (0x1000_0000, "CLONE_NEWUSER"),
        (0x2000_0000, "CLONE_NEWPID"), (0x4000_0000, "CLONE_NEWNET"), (0x8000_0000, "CLONE_IO"),
    ];

    private static readonly (ulong Bits, string Name)[] Message =
    [
        (1, "MSG_OOB"), (2, "MSG_PEEK"), (4, "MSG_DONTROUTE"), (8, "MSG_CTRUNC"), (0x20, "MSG_TRUNC"),
        (0x40, "MSG_DONTWAIT"), (0x80, "MSG_EOR"), (0x100, "MSG_WAITALL"), (0x800, "MSG_CONFIRM"), (0x2000, "MSG_ERRQUEUE"),
        (0x4000, "MSG_NOSIGNAL"), (0x8000, "MSG_MORE"), (0x1_0000, "MSG_WAITFORONE"), (0x400_0000, "MSG_ZEROCOPY"),
        (0x2000_0000, "MSG_FASTOPEN"), (0x4000_0000, "MSG_CMSG_CLOEXEC"),
    ];

    private static readonly (ulong Bits, string Name)[] Mount =
    [
        (1, "MS_RDONLY"), (2, "MS_NOSUID"), (4, "MS_NODEV"), (8, "MS_NOEXEC"), (0x10, "MS_SYNCHRONOUS"),
        (0x20, "MS_REMOUNT"), (0x40, "MS_MANDLOCK"), (0x80, "MS_DIRSYNC"), (0x100, "MS_NOSYMFOLLOW"),
        (0x400, "MS_NOATIME"), (0x800, "MS_NODIRATIME"), (0x1000, "MS_BIND"), (0x2000, "MS_MOVE"), (0x4000, "MS_REC"),
        (0x8000, "MS_SILENT"), (0x1_0000, "MS_POSIXACL"), (0x2_0000, "MS_UNBINDABLE"), (0x4_0000, "MS_PRIVATE"),
        (0x8_0000, "MS_SLAVE"), (0x10_0000, "MS_SHARED"), (0x20_0000, "MS_RELATIME"), (0x100_0000, "MS_STRICTATIME"),
        (0x200_0000, "MS_LAZYTIME"),
    ];

    private static readonly (ulong Bits, string Name)[] Access = [(4, "R_OK"), (2, "W_OK"), (1, "X_OK")];

    private static readonly (ulong Bits, string Name)[] SocketFlags = [(0x800, "SOCK_NONBLOCK"), (0x8_0000, "SOCK_CLOEXEC")];

    private static readonly (ulong Bits, string Name)[] FutexFlags =
        [(0x80, "FUTEX_PRIVATE_FLAG"), (0x100, "FUTEX_CLOCK_REALTIME")];

    internal static readonly string[] Families =
    [
        "AF_UNSPEC", "AF_UNIX", "AF_INET", "AF_AX25", "AF_IPX", "AF_APPLETALK", "AF_NETROM", "AF_BRIDGE", "AF_ATMPVC",
        "AF_X25", "AF_INET6", "AF_ROSE", "AF_DECnet", "AF_NETBEUI", "AF_SECURITY", "AF_KEY", "AF_NETLINK", "AF_PACKET",
        "AF_ASH", "AF_ECONET", "AF_ATMSVC", "AF_RDS", "AF_SNA", "AF_IRDA", "AF_PPPOX", "AF_WANPIPE", "AF_LLC", "AF_IB",
        "AF_MPLS", "AF_CAN", "AF_TIPC", "AF_BLUETOOTH", "AF_IUCV", "AF_RXRPC", "AF_ISDN", "AF_PHONET", "AF_IEEE802154",
        "AF_CAIF", "AF_ALG", "AF_NFC", "AF_VSOCK", "AF_KCM", "AF_QIPCRTR", "AF_SMC", "AF_XDP", "AF_MCTP",
    ];

    internal static readonly string[] SocketTypes =
        ["0", "SOCK_STREAM", "SOCK_DGRAM", "SOCK_RAW", "SOCK_RDM", "SOCK_SEQPACKET", "SOCK_DCCP"];

    private static readonly string[] Whence = ["SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA", "SEEK_HOLE"];

    private static readonly string[] Epoll = ["", "EPOLL_CTL_ADD", "EPOLL_CTL_DEL", "EPOLL_CTL_MOD"];

    private static readonly string[] Futex =
    [
        "FUTEX_WAIT", "FUTEX_WAKE", "FUTEX_FD", "FUTEX_REQUEUE", "FUTEX_CMP_REQUEUE", "FUTEX_WAKE_OP", "FUTEX_LOCK_PI",
        "FUTEX_UNLOCK_PI", "FUTEX_TRYLOCK_PI", "FUTEX_WAIT_BITSET", "FUTEX_WAKE_BITSET", "FUTEX_WAIT_REQUEUE_PI",
        "FUTEX_CMP_REQUEUE_PI", "FUTEX_LOCK_PI2",
    ];

    private static readonly string[] Fcntl =
    [
        "F_DUPFD", "F_GETFD", "F_SETFD", "F_GETFL", "F_SETFL", "F_GETLK", "F_SETLK", "F_SETLKW", "F_SETOWN", "F_GETOWN",
        "F_SETSIG", "F_GETSIG", "F_GETLK64", "F_SETLK64", "F_SETLKW64", "F_SETOWN_EX", "F_GETOWN_EX",
    ];

    private static readonly string[] LinuxFcntl =
    [
        "F_SETLEASE", "F_GETLEASE", "F_NOTIFY", "F_DUPFD_QUERY", "F_CREATED_QUERY", "F_CANCELLK", "F_DUPFD_CLOEXEC",
        "F_SETPIPE_SZ", "F_GETPIPE_SZ", "F_ADD_SEALS", "F_GET_SEALS",
    ];

    /// <summary>Appends the argument's names; false when its type has none.</summary>
    internal static bool TryAppend(Utf8Buffer buffer, ArgumentType type, ulong value)
    {
        switch (type)
        {
            case ArgumentType.Family:
                AppendName(buffer, Families, value);
                return true;
            case ArgumentType.Whence:
                AppendName(buffer, Whence, value);
                return true;
            case ArgumentType.Epoll:
                AppendName(buffer, Epoll, value);
                return true;
            case ArgumentType.Signal:
                buffer.Append(LinuxNames.Signal((uint)value));
                return true;
            case ArgumentType.Fcntl:
                AppendFcntl(buffer, value);
                return true;
            case ArgumentType.Socket:
                AppendSocket(buffer, value);
                return true;
            case ArgumentType.Futex:
                AppendName(buffer, Futex, value & 0x7f);
                AppendFlags(buffer, FlagNames.Of(FutexFlags, value & ~0x7ful), more: true);
                return true;
            case ArgumentType.Clone:
                AppendClone(buffer, value);
                return true;
            case ArgumentType.Open:
                AppendFlags(buffer, FlagNames.OfOpen(value), more: false);
                return true;
            default:
                return TryAppendFlags(buffer, type, value);
        }
    }

    private static bool TryAppendFlags(Utf8Buffer buffer, ArgumentType type, ulong value)
    {
        (ulong Bits, string Name)[]? table = type switch
        {
            ArgumentType.At => FlagNames.At,
            ArgumentType.Rename => FlagNames.Rename,
            ArgumentType.Access => Access,
            ArgumentType.Prot => Prot,
            ArgumentType.Map => Map,
            ArgumentType.Message => Message,
            ArgumentType.Mount => Mount,
            _ => null,
        };
        if (table is null)
        {
            return false;
        }

        if (value == 0)
        {
            buffer.Append(type switch
            {
                ArgumentType.Access => "F_OK"u8,
                ArgumentType.Prot => "PROT_NONE"u8,
                _ => "0"u8,
            });
        }

        AppendFlags(buffer, FlagNames.Of(table, value), more: false);
        return true;
    }

    /// <summary>The signal that tells of the child's end stands in the lowest byte.</summary>
    private static void AppendClone(Utf8Buffer buffer, ulong value)
    {
        int before = buffer.Length;
        AppendFlags(buffer, FlagNames.Of(Clone, value & ~(CloneSignalMask & ~0x80ul)), more: false);
        ulong signal = value & 0x7f;
        if (signal != 0 || buffer.Length == before)
        {
            buffer.Append(buffer.Length > before ? "|"u8 : default);
            buffer.Append(LinuxNames.Signal((uint)signal));
        }
    }

    private static void AppendSocket(Utf8Buffer buffer, ulong value)
    {
        bool hasType = (value & SocketTypeMask) != 0;
        if (hasType)
        {
            AppendName(buffer, SocketTypes, value & SocketTypeMask);
        }
        else if (value == 0)
        {
            buffer.Append((byte)'0');
        }

        AppendFlags(buffer, FlagNames.Of(SocketFlags, value & ~SocketTypeMask), more: hasType);
    }

    private static void AppendFcntl(Utf8Buffer buffer, ulong value)
    {
        if (value >= 1024)
        {
            AppendName(buffer, LinuxFcntl, value - 1024);
        }
        else
        {
            AppendName(buffer, Fcntl, value);
        }
    }

    private static void AppendName(Utf8Buffer buffer, string[] names, ulong value)
    {
        if (value < (ulong)names.Length && names[value].Length > 0)
        {
            buffer.Append(names[value]);
        }
        else
        {
            AppendHex(buffer, value);
        }
    }

    private static void AppendFlags(Utf8Buffer buffer, FlagNames flags, bool more)
    {
        while (flags.TryNext(out string? name))
        {
            buffer.Append(more ? "|"u8 : default);
            buffer.Append(name);
            more = true;
        }

        if (flags.Rest != 0)
        {
            buffer.Append(more ? "|"u8 : default);
            AppendHex(buffer, flags.Rest);
        }
    }

    private static void AppendHex(Utf8Buffer buffer, ulong value)
    {
        buffer.Append("0x"u8);
        buffer.AppendHex(value);
    }
}
