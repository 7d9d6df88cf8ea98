using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests;

/// <summary>An event nobody wants costs no managed memory: processes come and go all day.</summary>
public sealed class AllocationTests
{
    private const ulong Key = 100;
    private const int Rounds = 2_000;
    private const int Passes = 5;
    private static readonly string Web = TestHost.Id("3f5c");

    [Theory]
    [InlineData("kind not wanted", false)]
    [InlineData("container not wanted", true)]
    public void Apply_EventsNobodyWants_AllocateNothing(string name, bool byContainer)
    {
        Assert.NotEmpty(name);
        EventFilter filter = byContainer
            ? new EventFilter(PipelineFixture.Everything, [PipelineFixture.Selector(TestHost.Id("99aa"))], [77])
            : new EventFilter(EventKindSet.Of(EventKind.CgroupRmdir));
        var sink = new CountingSink();
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions(filter, Ancestors: true), sink, new Ledger());
        byte[][] batches = Batches();
        long least = long.MaxValue;
        for (int pass = 0; pass < Passes; pass++)
        {
            least = Math.Min(least, Allocated(pipeline, batches.AsSpan(pass * Rounds, Rounds)));
        }

        Assert.Equal(0, sink.Count);
        Assert.Equal(0, least);
    }

    /// <summary>The first passes fill tables and pools, and the runtime compiles and allocates now and then on its own.</summary>
    private static long Allocated(EventPipeline pipeline, ReadOnlySpan<byte[]> batches)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (byte[] batch in batches)
        {
            pipeline.Apply(batch, 1);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Forks, execs and exits at 500 a second, in a container and on the host; the first batch makes both.</summary>
    private static byte[][] Batches()
    {
        var records = new RecordBuilder();
        ProcessSpec host = new(5, 50);
        ProcessSpec inside = new ProcessSpec(6, 60).In(Key);
        records.Mkdir(Key, $"/docker/{Web}").Exec(host).Exec(inside);
        var batches = new byte[Passes * Rounds][];
        for (uint i = 0; i < batches.Length; i++)
        {
            ProcessSpec child = (i % 2 == 0 ? host : inside).Child(1_000 + (i % 20_000), 10_000 + i);
            ExecSpec exec = new() { Args = ["sh", "-c", new string('x', (int)(i % 7) * 40)], Exe = "/usr/bin/some-program" };
            batches[i] = records.Fork(child).Exec(child, exec).Exit(child).After(TimeSpan.FromMilliseconds(2)).Take();
        }

        return batches;
    }
}
