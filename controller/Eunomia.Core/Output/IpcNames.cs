using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>Words for what processes talk through, and for why a signal came.</summary>
internal static class IpcNames
{
    private const uint IllegalInstruction = 4;
    private const uint Trap = 5;
    private const uint Bus = 7;
    private const uint FloatingPoint = 8;
    private const uint Segmentation = 11;
    private const uint Child = 17;
    private const uint Io = 29;
    private const uint BadCall = 31;

    private static readonly string?[] Types =
    [
        null, "pipe", "fifo", "unix", "sysv_shm", "sysv_msg", "sysv_sem", "posix_mq", "posix_shm",
    ];

    private static readonly string?[] Roles =
    [
        null, "reader", "writer", "reader_writer", "client", "server", "listener", "bound", "pair",
    ];

    /// <summary>By SOCK_* (origin: the kernel's linux/net.h).</summary>
    private static readonly string?[] SocketTypes = [null, "stream", "dgram", null, null, "seqpacket"];

    /// <summary>By TRACE_SIGNAL_* (origin: the kernel's trace/events/signal.h).</summary>
    private static readonly string?[] Results = ["delivered", "ignored", "already_pending", "overflow", "info_lost"];

    /// <summary>From -7 on (origin of all codes: the kernel's uapi asm-generic/siginfo.h).</summary>
    private static readonly string[] CommonCodes =
    [
        "SI_DETHREAD", "SI_TKILL", "SI_SIGIO", "SI_ASYNCIO", "SI_MESGQ", "SI_TIMER", "SI_QUEUE", "SI_USER",
    ];

    private static readonly (uint Signal, string[] FromOne)[] Codes =
    [
        (IllegalInstruction, ["ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC", "ILL_BADSTK", "ILL_BADIADDR"]),
        (Trap, ["TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT", "TRAP_UNK", "TRAP_PERF"]),
        (Bus, ["BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR", "BUS_MCEERR_AR", "BUS_MCEERR_AO"]),
        (FloatingPoint, ["FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB"]),
        (Segmentation, ["SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR", "SEGV_ACCADI", "SEGV_ADIDERR", "SEGV_ADIPERR", "SEGV_MTEAERR", "SEGV_MTESERR", "SEGV_CPERR"]),
        (Child, ["CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"]),
        (Io, ["POLL_IN", "POLL_OUT", "POLL_MSG", "POLL_ERR", "POLL_PRI", "POLL_HUP"]),
        (BadCall, ["SYS_SECCOMP", "SYS_USER_DISPATCH"]),
    ];

    internal static string? Type(IpcType type) => Of(Types, (uint)type);

    internal static string? Role(IpcRole role) => Of(Roles, (uint)role);

    internal static string? SocketType(uint type) => Of(SocketTypes, type);

    internal static string? SignalResult(uint result) => Of(Results, result);

    /// <summary>Why a signal came: "SI_USER", "SEGV_MAPERR"; null for a number without a name.</summary>
    internal static string? SignalCode(uint signal, int code)
    {
        const int Kernel = 0x80;
        if (code is <= 0 and > -8)
        {
            return CommonCodes[code + 7];
        }

        if (code == Kernel)
        {
            return "SI_KERNEL";
        }

        foreach ((uint its, string[] names) in Codes)
        {
            if (its == signal && code > 0 && code <= names.Length)
            {
                return names[code - 1];
            }
        }

        return code == -60 ? "SI_ASYNCNL" : null;
    }

    private static string? Of(string?[] names, uint number) => number < names.Length ? names[number] : null;
}
