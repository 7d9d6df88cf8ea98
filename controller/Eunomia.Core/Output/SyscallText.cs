using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Output;

/// <summary>The last column of a system call: "openat 12 calls, 3 errors (ENOENT 3)", or the call as strace writes it.</summary>
internal static class SyscallText
{
    internal static void Write(Utf8Buffer buffer, SyscallRecord record)
    {
        ref readonly SyscallLayout call = ref record.Fields;
        WriteName(buffer, call.Abi, call.Number);
        buffer.Append((byte)' ');
        WriteCount(buffer, call.Count, " call"u8);
        if (call.Errors != 0)
        {
            buffer.Append(", "u8);
            WriteCount(buffer, call.Errors, " error"u8);
            WriteErrors(buffer, call.Errnos);
        }

        if (call.Refused != 0)
        {
            buffer.Append(", "u8);
            buffer.Append(call.Refused);
            buffer.Append(" refused by seccomp"u8);
        }

        if (call.LatencyTotalNs != 0)
        {
            buffer.Append(", "u8);
            TextDetail.WriteDuration(buffer, call.LatencyTotalNs);
            buffer.Append(" in all, at most "u8);
            TextDetail.WriteDuration(buffer, call.LatencyMaxNs);
        }

        buffer.Append(record.IsOverflow ? ", of processes without a place in the table"u8 : default);
    }

    internal static void Write(Utf8Buffer buffer, SyscallCallRecord record)
    {
        ref readonly SyscallCallLayout call = ref record.Fields;
        WriteName(buffer, call.Abi, call.Number);
        buffer.Append((byte)'(');
        bool more = false;
        var arguments = new SyscallArgumentText(record);
        while (arguments.MoveNext())
        {
            buffer.Append(more ? ", "u8 : default);
            more = true;
            if (arguments.Append(buffer, out ReadOnlySpan<byte> text) == SyscallArgumentText.Form.Text)
            {
                buffer.Append((byte)'"');
                buffer.AppendSafe(text);
                buffer.Append((byte)'"');
            }
        }

        buffer.Append((byte)')');
        WriteResult(buffer, call.Result);
        buffer.Append(call.Refused != 0 ? " (refused by seccomp)"u8 : default);
        if (call.LatencyNs != 0)
        {
            buffer.Append((byte)' ');
            TextDetail.WriteDuration(buffer, call.LatencyNs);
        }
    }

    private static void WriteResult(Utf8Buffer buffer, long result)
    {
        if (SyscallResult.IsError(result))
        {
            TextDetail.WriteError(buffer, result);
            return;
        }

        buffer.Append(" = "u8);
        if (result is >= 0 and <= uint.MaxValue)
        {
            buffer.Append((ulong)result);
        }
        else
        {
            buffer.Append("0x"u8);
            buffer.AppendHex((ulong)result);
        }
    }

    private static void WriteName(Utf8Buffer buffer, SyscallAbi abi, ushort number)
    {
        buffer.Append(SyscallNames.Name(abi, number));
        if (abi != SyscallAbi.Native && SyscallNames.AbiName(abi) is { } name)
        {
            buffer.Append((byte)'/');
            buffer.Append(name);
        }
    }

    private static void WriteCount(Utf8Buffer buffer, ulong count, ReadOnlySpan<byte> what)
    {
        buffer.Append(count);
        buffer.Append(what);
        buffer.Append(count == 1 ? default : "s"u8);
    }

    private static void WriteErrors(Utf8Buffer buffer, in SyscallErrnos errnos)
    {
        bool more = false;
        foreach (ref readonly SyscallErrno errno in errnos)
        {
            if (errno.Count != 0)
            {
                buffer.Append(more ? ", "u8 : " ("u8);
                more = true;
                buffer.AppendError(errno.Number);
                buffer.Append((byte)' ');
                buffer.Append((ulong)errno.Count);
            }
        }

        buffer.Append(more ? ")"u8 : default);
    }
}
