using System.Globalization;

namespace Eunomia.Core.Output;

/// <summary>Names of Linux numbers, as on x86-64 and arm64.</summary>
internal static class LinuxNames
{
    private const int FirstRealTime = 34;
    private const int LastSignal = 64;
    private const uint FirstRestart = 512;

    private static readonly string[] Signals =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ];

    /// <summary>Numbers without a name are empty.</summary>
    private static readonly string[] Errors =
    [
        "0", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD", "EAGAIN",
        "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL",
        "ENFILE", "EMFILE", "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE", "EDOM",
        "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK", "ENOSYS", "ENOTEMPTY", "ELOOP", "", "ENOMSG", "EIDRM", "ECHRNG",
        "EL2NSYNC", "EL3HLT", "EL3RST", "ELNRNG", "EUNATCH", "ENOCSI", "EL2HLT", "EBADE", "EBADR", "EXFULL", "ENOANO",
        "EBADRQC", "EBADSLT", "", "EBFONT", "ENOSTR", "ENODATA", "ETIME", "ENOSR", "ENONET", "ENOPKG", "EREMOTE",
        "ENOLINK", "EADV", "ESRMNT", "ECOMM", "EPROTO", "EMULTIHOP", "EDOTDOT", "EBADMSG", "EOVERFLOW", "ENOTUNIQ",
        "EBADFD", "EREMCHG", "ELIBACC", "ELIBBAD", "ELIBSCN", "ELIBMAX", "ELIBEXEC", "EILSEQ", "ERESTART", "ESTRPIPE",
        "EUSERS", "ENOTSOCK", "EDESTADDRREQ", "EMSGSIZE", "EPROTOTYPE", "ENOPROTOOPT", "EPROTONOSUPPORT",
        "ESOCKTNOSUPPORT", "EOPNOTSUPP", "EPFNOSUPPORT", "EAFNOSUPPORT", "EADDRINUSE", "EADDRNOTAVAIL", "ENETDOWN",
        "ENETUNREACH", "ENETRESET", "ECONNABORTED", "ECONNRESET", "ENOBUFS", "EISCONN", "ENOTCONN", "ESHUTDOWN",
        "ETOOMANYREFS", "ETIMEDOUT", "ECONNREFUSED", "EHOSTDOWN", "EHOSTUNREACH", "EALREADY", "EINPROGRESS", "ESTALE",
        "EUCLEAN", "ENOTNAM", "ENAVAIL", "EISNAM", "EREMOTEIO", "EDQUOT", "ENOMEDIUM", "EMEDIUMTYPE", "ECANCELED",
        "ENOKEY", "EKEYEXPIRED", "EKEYREVOKED", "EKEYREJECTED", "EOWNERDEAD", "ENOTRECOVERABLE", "ERFKILL", "EHWPOISON",
    ];

    /// <summary>What the kernel hands to itself, and a tracer sees: the call begins anew, or ends as EINTR.</summary>
    private static readonly string[] Restarts =
    [
        "ERESTARTSYS", "ERESTARTNOINTR", "ERESTARTNOHAND", "ENOIOCTLCMD", "ERESTART_RESTARTBLOCK",
    ];

    private const uint TypeBits = 0xf000;
    private const uint RegularFile = 0x8000;

    private static readonly string?[] FileTypes =
    [
        null, "fifo", "character_device", null, "directory", null, "block_device", null,
        "regular", null, "symlink", null, "socket", null, null, null,
    ];

    /// <summary>"ENOENT"; "errno-N" for a number without a name.</summary>
    internal static void AppendError(this Utf8Buffer buffer, uint number)
    {
        string name = number < Errors.Length ? Errors[number]
            : number - FirstRestart < Restarts.Length ? Restarts[number - FirstRestart]
            : "";
        if (name.Length > 0)
        {
            buffer.Append(name);
        }
        else
        {
            buffer.Append("errno-"u8);
            buffer.Append(number);
        }
    }

    /// <summary>"regular", by the type in st_mode; null for one that has no name, or for no mode.</summary>
    internal static string? FileType(uint mode) => FileTypes[(mode >> 12) & 0xf];

    /// <summary>What mknod makes of this mode: without a type a regular file.</summary>
    internal static uint NodeType(uint mode) => (mode & TypeBits) == 0 ? RegularFile : mode;

    /// <summary>"SIGKILL"; "SIGRTMIN+1" for a real-time signal, counted as glibc does.</summary>
    internal static string Signal(uint number) => number switch
    {
        _ when number < Signals.Length => Signals[number],
        >= FirstRealTime and <= LastSignal => string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{number - FirstRealTime}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"SIG{number}"),
    };

    /// <summary>
    /// The terminal's path below /dev, from its device number (major &lt;&lt; 20 | minor; origin: the kernel's
    /// admin-guide/devices.txt); "MAJOR:MINOR" for one not in the table. Null: none.
    /// </summary>
    internal static string? Terminal(uint device)
    {
        uint major = device >> 20;
        uint minor = device & 0xfffff;
        string? name = (major, minor) switch
        {
            (0, 0) => null,
            ( >= 136 and <= 143, _) => $"pts/{((major - 136) << 8) + minor}",
            (4, < 64) => $"tty{minor}",
            (4, _) => $"ttyS{minor - 64}",
            (5, 1) => "console",
            (204, >= 64 and < 80) => $"ttyAMA{minor - 64}",
            (229, _) => $"hvc{minor}",
            _ => $"{major}:{minor}",
        };
        return name;
    }
}
