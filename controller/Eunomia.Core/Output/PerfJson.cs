using Eunomia.Core.Events;
using Eunomia.Core.Profiling;

namespace Eunomia.Core.Output;

/// <summary>The JSON object <c>perf</c>: where a process was, or what it used.</summary>
internal static class PerfJson
{
    private static readonly (PerfCounter Counter, byte[] Name)[] Counters =
    [
        (PerfCounter.CpuCycles, "cycles"u8.ToArray()),
        (PerfCounter.Instructions, "instructions"u8.ToArray()),
        (PerfCounter.CacheReferences, "cache_references"u8.ToArray()),
        (PerfCounter.CacheMisses, "cache_misses"u8.ToArray()),
        (PerfCounter.Branches, "branches"u8.ToArray()),
        (PerfCounter.BranchMisses, "branch_misses"u8.ToArray()),
        (PerfCounter.CpuClock, "cpu_clock_ns"u8.ToArray()),
    ];

    /// <summary>One sample as it came: addresses without names.</summary>
    internal static void Write(Utf8Buffer buffer, PerfSampleRecord sample)
    {
        WriteNumbers(buffer, 1, sample.Fields.WeightNs, sample.Fields.WeightNs);
        buffer.Key("kernel_stack"u8).Append((byte)'[');
        foreach (ulong address in sample.Kernel)
        {
            WriteFrame(buffer, address, null);
        }

        buffer.Append("],\"user_stack\":["u8);
        foreach (ulong address in sample.User)
        {
            WriteFrame(buffer, address, null);
        }

        buffer.Append("]}"u8);
    }

    /// <summary>All samples of a stack.</summary>
    internal static void Write(Utf8Buffer buffer, StackSamples stack, SymbolCache symbols)
    {
        WriteNumbers(buffer, stack.Count, stack.CpuNs, stack.WeightNs);
        buffer.Key("kernel_stack"u8).Append((byte)'[');
        for (int i = 0; i < stack.Kernel.Count; i++)
        {
            WriteFrame(buffer, stack.Kernel[i], symbols.Find(null, stack.Kernel, i));
        }

        buffer.Append("],\"user_stack\":["u8);
        for (int i = 0; i < stack.User.Count; i++)
        {
            WriteFrame(buffer, stack.User[i], symbols.Find(stack.Process, stack.User, i));
        }

        buffer.Append((byte)']');
        buffer.Flag("overflow"u8, stack.IsOther);
        buffer.Append((byte)'}');
    }

    internal static void Write(Utf8Buffer buffer, PerfCountersRecord record)
    {
        ref readonly PerfCountersLayout used = ref record.Fields;
        buffer.Key("perf"u8).Append((byte)'{');
        buffer.Member("cpu_time_ns"u8, used.CpuNs);
        buffer.Key("context_switches"u8).Append((byte)'{');
        buffer.Member("voluntary"u8, used.VoluntarySwitches);
        buffer.Member("involuntary"u8, used.InvoluntarySwitches);
        buffer.Append("},\"page_faults\":{"u8);
        buffer.Member("minor"u8, used.MinorFaults);
        buffer.Member("major"u8, used.MajorFaults);
        buffer.Append((byte)'}');
        buffer.Member("migrations"u8, used.Migrations);
        foreach ((PerfCounter counter, byte[] name) in Counters)
        {
            if (record.Count(counter) is { } count)
            {
                buffer.Member(name, count);
            }
        }

        buffer.Flag("final"u8, used.Final != 0);
        buffer.Append((byte)'}');
    }

    private static void WriteNumbers(Utf8Buffer buffer, ulong count, ulong cpuNs, ulong weightNs)
    {
        buffer.Key("perf"u8).Append((byte)'{');
        buffer.Member("count"u8, count);
        buffer.Member("cpu_time_ns"u8, cpuNs);
        if (weightNs != 0)
        {
            buffer.Member("frequency_hz"u8, (ulong)Math.Round(1e9 / weightNs));
        }
    }

    private static void WriteFrame(Utf8Buffer buffer, ulong address, Symbol? symbol)
    {
        buffer.Separate();
        buffer.Append((byte)'{');
        if (symbol is { } found)
        {
            buffer.Member("function"u8, string.IsNullOrEmpty(found.Function) ? null : found.Function);
            buffer.Member("module"u8, found.Module.Length == 0 ? null : found.Module);
            if (found.Module.Length > 0 || !string.IsNullOrEmpty(found.Function))
            {
                buffer.Member("offset"u8, found.Offset);
            }
        }

        buffer.HexMember("address"u8, address);
        buffer.Append((byte)'}');
    }
}
