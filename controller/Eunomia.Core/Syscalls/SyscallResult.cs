namespace Eunomia.Core.Syscalls;

/// <summary>What a system call returned.</summary>
internal static class SyscallResult
{
    private const long LargestError = 4095;

    /// <summary>Whether it is -errno: the kernel keeps the last 4095 values for errors.</summary>
    internal static bool IsError(long result) => result is < 0 and >= -LargestError;
}
