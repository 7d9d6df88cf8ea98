using System.Buffers;
using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Profiling;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>Events of perf with every member; samples as they come, and summed up with names.</summary>
internal static class PerfSamples
{
    public static void Add(RecordBuilder records, ProcessSpec process) => records
        .PerfSample(process, new PerfSampleSpec { Kernel = [0xffffffff81000010], User = [0x401000], Truncated = Truncation.Stack })
        .PerfCounters(process, new PerfCountersSpec
        {
            CpuNs = 1,
            VoluntarySwitches = 2,
            InvoluntarySwitches = 3,
            MinorFaults = 4,
            MajorFaults = 5,
            Migrations = 6,
            IsFinal = true,
            Counts = Enum.GetValues<PerfCounter>().ToDictionary(counter => counter, counter => 100ul + (ulong)counter),
        });

    /// <summary>A stack with names, and one that stands for others.</summary>
    public static IEnumerable<SeenEvent> Summed()
    {
        var kit = new ProfileKit(stacks: 1);
        var names = new FakeSymbols { [0x401000] = new Symbol("hot", "/bin/busy", 4), [0xffffffff81000010] = new Symbol("do_work", "[kernel]", 16) };
        using var symbols = new SymbolCache { Source = names };
        var writer = new JsonEventWriter("box");
        kit.OnSample = (in EventView e, StackSamples stack) => stack.Process.Head = writer.Subject(e);
        kit.Add(kernel: [0xffffffff81000010], user: [0x401000]).Add(kernel: [0xffffffff81000010], user: [0x401000]).Add(user: [0x999]);
        foreach (StackSamples stack in kit.Profile.Stacks)
        {
            symbols.Ask(stack);
        }

        symbols.WhenIdleAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult();
        foreach (StackSamples stack in kit.Profile.Stacks)
        {
            var line = new ArrayBufferWriter<byte>();
            writer.Write(stack, symbols, line);
            yield return new SeenEvent(EventKind.PerfSample, 42, null, Encoding.UTF8.GetString(line.WrittenSpan).TrimEnd());
        }
    }
}
