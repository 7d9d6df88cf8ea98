using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column of a perf event: where the process was, or what it used.</summary>
internal static class PerfText
{
    internal static void Write(Utf8Buffer buffer, PerfSampleRecord sample)
    {
        bool isKernel = !sample.Kernel.IsEmpty;
        ReadOnlySpan<ulong> stack = isKernel ? sample.Kernel : sample.User;
        TextDetail.WriteDuration(buffer, sample.Fields.WeightNs);
        buffer.Append(isKernel ? " in the kernel at "u8 : " at "u8);
        if (stack.IsEmpty)
        {
            buffer.Append((byte)'?');
        }
        else
        {
            buffer.Append("0x"u8);
            buffer.AppendHex(stack[0]);
        }

        buffer.Append(", "u8);
        buffer.Append((ulong)(sample.Kernel.Length + sample.User.Length));
        buffer.Append(" frames"u8);
    }

    internal static void Write(Utf8Buffer buffer, PerfCountersRecord record)
    {
        ref readonly PerfCountersLayout used = ref record.Fields;
        TextDetail.WriteDuration(buffer, used.CpuNs);
        Write(buffer, used.VoluntarySwitches, used.InvoluntarySwitches, used.MinorFaults, used.MajorFaults, used.Migrations);
        WriteCount(buffer, record.Count(PerfCounter.CpuCycles), " cycles"u8);
        WriteCount(buffer, record.Count(PerfCounter.Instructions), " instructions"u8);
        buffer.Append(used.Final != 0 ? ", over"u8 : default);
    }

    internal static void Write(Utf8Buffer buffer, ulong voluntary, ulong involuntary, ulong minor, ulong major, ulong migrations)
    {
        buffer.Append(", switches "u8);
        buffer.Append(voluntary);
        buffer.Append((byte)'+');
        buffer.Append(involuntary);
        buffer.Append(", faults "u8);
        buffer.Append(minor);
        buffer.Append((byte)'+');
        buffer.Append(major);
        buffer.Append(", migrations "u8);
        buffer.Append(migrations);
    }

    internal static void WriteCount(Utf8Buffer buffer, ulong? count, ReadOnlySpan<byte> what)
    {
        if (count is { } number)
        {
            buffer.Append(", "u8);
            buffer.Append(number);
            buffer.Append(what);
        }
    }
}
