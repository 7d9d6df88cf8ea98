namespace Eunomia.Core.Syscalls;

/// <summary>A system call: its number, and in which table that stands.</summary>
/// <param name="Abi">The table.</param>
/// <param name="Number">The number.</param>
public readonly record struct SyscallId(SyscallAbi Abi, ushort Number)
{
    /// <summary>socketcall of i386.</summary>
    private const ushort Socketcall = 102;

    /// <summary>ipc of i386.</summary>
    private const ushort Ipc = 117;

    /// <summary>
    /// linux/net.h, by the number that socketcall is passed: the call that does the same. i386 has no accept, send and recv
    /// of their own: these are accept4, sendto and recvfrom.
    /// </summary>
    private static readonly ushort[] SocketParts =
        [0, 359, 361, 362, 363, 364, 367, 368, 360, 369, 371, 369, 371, 373, 366, 365, 370, 372, 364, 337, 345];

    /// <summary>linux/ipc.h, by the number that ipc is passed. semop is semtimedop_time64.</summary>
    private static readonly ushort[] IpcParts =
        [0, 420, 393, 394, 420, 0, 0, 0, 0, 0, 0, 400, 401, 399, 402, 0, 0, 0, 0, 0, 0, 397, 398, 395, 396];

    /// <summary>"openat"; see <see cref="SyscallNames.Name"/>.</summary>
    public string Name => SyscallNames.Name(Abi, Number);

    /// <summary>As records have it. What 32-bit programs do through socketcall and ipc is the call that they mean.</summary>
    /// <param name="number">As in the table.</param>
    /// <param name="abi">1 + <see cref="SyscallAbi"/>; 0: there is no call.</param>
    /// <param name="part">What socketcall and ipc were passed first.</param>
    public static SyscallId? Of(ushort number, byte abi, byte part)
    {
        if (abi == 0)
        {
            return null;
        }

        var kind = (SyscallAbi)(abi - 1);
        ushort[]? parts = kind != SyscallAbi.Compat ? null
            : number == Socketcall ? SocketParts
            : number == Ipc ? IpcParts
            : null;
        return new SyscallId(kind, parts is not null && part < parts.Length && parts[part] != 0 ? parts[part] : number);
    }
}
