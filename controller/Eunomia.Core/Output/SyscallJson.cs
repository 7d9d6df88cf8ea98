using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a system call: how often it was made, or one with its arguments.</summary>
internal static class SyscallJson
{
    private const int FirstBucketLog = 7;

    internal static void Write(Utf8Buffer buffer, SyscallRecord record)
    {
        ref readonly SyscallLayout call = ref record.Fields;
        WriteName(buffer, call.Abi, call.Number);
        buffer.Member("count"u8, call.Count);
        buffer.Member("errors"u8, call.Errors);
        WriteErrors(buffer, call.Errnos);
        buffer.MemberUnlessZero("refused"u8, call.Refused);
        if (call.LatencyTotalNs != 0)
        {
            buffer.Member("latency_total_ns"u8, call.LatencyTotalNs);
            buffer.Member("latency_max_ns"u8, call.LatencyMaxNs);
            WriteHistogram(buffer, call.Latency);
        }

        buffer.Flag("overflow"u8, record.IsOverflow);
        buffer.Append((byte)'}');
    }

    internal static void Write(Utf8Buffer buffer, SyscallCallRecord record)
    {
        ref readonly SyscallCallLayout call = ref record.Fields;
        WriteName(buffer, call.Abi, call.Number);
        buffer.Key("args"u8).Append((byte)'{');
        var arguments = new SyscallArgumentText(record);
        while (arguments.MoveNext())
        {
            WriteArgument(buffer, ref arguments);
        }

        buffer.Append((byte)'}');
        buffer.MemberUnlessZero("refused"u8, call.Refused);
        buffer.MemberUnlessZero("latency_ns"u8, call.LatencyNs);
        buffer.Append((byte)'}');
    }

    private static void WriteName(Utf8Buffer buffer, SyscallAbi abi, ushort number)
    {
        buffer.Key("syscall"u8).Append((byte)'{');
        buffer.WordMember("name"u8, SyscallNames.Name(abi, number));
        if (number != SyscallNames.Unknown)
        {
            buffer.Member("number"u8, number);
        }

        buffer.WordMember("abi"u8, SyscallNames.AbiName(abi));
    }

    private static void WriteArgument(Utf8Buffer buffer, ref SyscallArgumentText arguments)
    {
        buffer.AppendKey(System.Text.Encoding.ASCII.GetBytes(arguments.Name), comma: buffer.Written[^1] != (byte)'{');
        int start = buffer.Length;
        buffer.Append((byte)'"');
        switch (arguments.Append(buffer, out ReadOnlySpan<byte> text))
        {
            case SyscallArgumentText.Form.Number:
                buffer.RemoveAt(start);
                break;
            case SyscallArgumentText.Form.Text:
                buffer.AppendEscaped(text);
                buffer.Append((byte)'"');
                break;
            default:
                buffer.Append((byte)'"');
                break;
        }
    }

    private static void WriteErrors(Utf8Buffer buffer, in SyscallErrnos errnos)
    {
        if (errnos[0].Count == 0 && !HasAny(errnos))
        {
            return;
        }

        buffer.Key("errnos"u8).Append((byte)'{');
        foreach (ref readonly SyscallErrno errno in errnos)
        {
            if (errno.Count != 0)
            {
                buffer.Separate();
                buffer.Append((byte)'"');
                buffer.AppendError(errno.Number);
                buffer.Append("\":"u8);
                buffer.Append((ulong)errno.Count);
            }
        }

        buffer.Append((byte)'}');
    }

    private static bool HasAny(in SyscallErrnos errnos)
    {
        foreach (ref readonly SyscallErrno errno in errnos)
        {
            if (errno.Count != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Buckets that have something, by their upper bound; the last one has none.</summary>
    private static void WriteHistogram(Utf8Buffer buffer, in SyscallBuckets buckets)
    {
        buffer.Key("latency_histogram"u8).Append((byte)'[');
        for (int i = 0; i < RecordAbi.SyscallBuckets; i++)
        {
            if (buckets[i] == 0)
            {
                continue;
            }

            buffer.Separate();
            buffer.Append((byte)'{');
            if (i < RecordAbi.SyscallBuckets - 1)
            {
                buffer.Member("le_ns"u8, 1UL << (i + FirstBucketLog));
            }

            buffer.Member("count"u8, buckets[i]);
            buffer.Append((byte)'}');
        }

        buffer.Append((byte)']');
    }
}
