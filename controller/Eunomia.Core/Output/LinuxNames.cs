using System.Globalization;

namespace Eunomia.Core.Output;

/// <summary>Names of Linux numbers, as on x86-64 and arm64.</summary>
internal static class LinuxNames
{
    private const int FirstRealTime = 34;
    private const int LastSignal = 64;

    private static readonly string[] Signals =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP",
        "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR",
        "SIGSYS",
    ];

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
