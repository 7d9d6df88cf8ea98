using System.Buffers;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests;

/// <summary>
/// An event nobody wants costs no managed memory: processes come and go all day. Nor does writing what files and
/// connections do, which is most of what there is to write.
/// </summary>
public sealed class AllocationTests
{
    private const ulong Key = 100;
    private const int Rounds = 2_000;
    private const int Passes = 5;
    private const int ActivitiesPerBatch = 46;
    private static readonly byte[] Query = DnsMessages.Query("www.example.org");
    private static readonly byte[] Answer = DnsMessages.Answer("www.example.org", 1, 0x1234, 0, (1, 60, [1, 1, 1, 1]), (16, 60, [2, 65, 34]), (99, 60, [9]));
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
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(filter, sink)], Ancestors: true), new Ledger());
        byte[][] batches = Batches();
        long least = long.MaxValue;
        for (int pass = 0; pass < Passes; pass++)
        {
            least = Math.Min(least, Allocated(pipeline, batches.AsSpan(pass * Rounds, Rounds)));
        }

        Assert.Equal(0, sink.Count);
        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData("JSON", false)]
    [InlineData("JSON with raw paths", true)]
    public void Json_OfActivities_AllocatesNothing(string name, bool rawPaths)
    {
        Assert.NotEmpty(name);
        var writer = new JsonEventWriter("box", rawPaths);
        AssertWritesForNothing((in EventView e, IBufferWriter<byte> output) => writer.Write(e, output));
    }

    [Fact]
    public void Text_OfActivities_AllocatesNothing()
    {
        var writer = new TextEventWriter(new TextOptions(Width: 120, Color: true));
        AssertWritesForNothing((in EventView e, IBufferWriter<byte> output) => writer.Write(e, output));
    }

    private static void AssertWritesForNothing(WriteEvent write)
    {
        var sink = new WritingSink(write);
        EventKindSet kinds = EventKindSet.Of([.. EventKinds.All]).Except(EventKinds.LifeCycle).Except(EventKinds.Common);
        var filter = new EventFilter(kinds);
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(filter, sink)]), new Ledger());
        pipeline.Containers.ContainerSeen += container =>
            pipeline.Containers.SetMetadata(container.Id, new ContainerMetadata(Name: "web-1"));
        pipeline.Apply(new RecordBuilder().Mkdir(Key, $"/docker/{Web}").Exec(new ProcessSpec(6, 60).In(Key)).Bytes, 1);
        byte[][] batches = Activities();
        long least = long.MaxValue;
        for (int pass = 0; pass < Passes; pass++)
        {
            least = Math.Min(least, Allocated(pipeline, batches));
        }

        Assert.Equal(Passes * batches.Length * ActivitiesPerBatch, sink.Count);
        Assert.Equal(0, least);
    }

    /// <summary>One record of each kind with an actor in each batch, of a container's and a host's process, known and not.</summary>
    private static byte[][] Activities()
    {
        var records = new RecordBuilder();
        var batches = new byte[Rounds / 10][];
        for (int i = 0; i < batches.Length; i++)
        {
            ProcessSpec process = (i % 3) switch
            {
                0 => new ProcessSpec(6, 60).In(Key),
                1 => new ProcessSpec(7, 70).In(Key),
                _ => new ProcessSpec(8, 80).Calling("openat2"),
            };
            AddActivities(records, process, i);
            AddMessages(records, process, i);
            batches[i] = records.Take();
        }

        return batches;
    }

    private static void AddActivities(RecordBuilder records, ProcessSpec process, int round)
    {
        string path = "/srv/" + new string('x', round % 90);
        records.FileOpen(process, new FileOpenSpec { Raw = path[1..] + "/../y", Base = path, Flags = 0x90042, Resolve = 0x88, Mode = 0x1a4, Result = (round % 5) - 2, Truncated = (Truncation)(round << 6) & (Truncation.Raw | Truncation.Base) });
        for (EventKind kind = EventKind.FileClose; kind <= EventKind.FileIo; kind++)
        {
            records.FileIo(kind, process, new FileIoSpec { Path = path, OpenedNs = 5, BytesRead = (ulong)round, Inode = 3, Device = 9, FileMode = 0x81a4, Traits = (FileTraits)15 });
        }

        for (EventKind kind = EventKind.FileUnlink; kind <= EventKind.FileTruncate; kind++)
        {
            records.FileChange(kind, process, new FileChangeSpec { Raw = path, Base = "/", NewRaw = "../z", NewBase = path, Flags = 0x1007, Result = -(round % 140), Fd = 3, Owner = 5 });
        }

        records.FileChange(EventKind.FileMknod, process, new FileChangeSpec { Raw = path, Base = "/", Mode = 0x61b0, Device = (uint)round });
        for (EventKind kind = EventKind.TcpConnect; kind <= EventKind.TcpClose; kind++)
        {
            records.Tcp(kind, process, new TcpSpec { Local = round % 2 == 0 ? "10.0.0.1" : "fe80::1:0:0:1", Peer = round % 2 == 0 ? "1.1.1.1" : "::1", LatencyNs = 5_000, DurationNs = 7, Result = -(round % 140) });
        }

        EventKind[] security =
        [
            .. Enumerable.Range((int)EventKind.SecurityPtrace, EventKind.SecurityChroot - EventKind.SecurityPtrace + 1).Select(kind => (EventKind)kind),
            EventKind.SecuritySocket, EventKind.SecuritySystem,
        ];
        foreach (EventKind kind in security)
        {
            records.Security(kind, process, new SecuritySpec
            {
                Call = (SecurityCall)(round % 80),
                Args = [(ulong)round % 70, 2, 3, 4, 5, 6],
                Flags = (ulong)round << 8,
                Detail = (uint)round % 70,
                Raw = path,
                Base = "/",
                Source = "source",
                Name = "name",
                Data = "data",
                Result = -(round % 140),
                TargetPid = (uint)(round % 9),
                TargetVpid = (uint)(round % 9),
                Traits = (SecurityTraits)(round % 4),
            });
        }

        for (EventKind kind = EventKind.IpcOpen; kind <= EventKind.IpcClose; kind++)
        {
            records.Ipc(kind, process, new IpcSpec { Type = (IpcType)(round % 9), Role = (IpcRole)(round % 4), Name = path, OpenedNs = 5, Inode = (ulong)(round % 5), PeerInode = (ulong)(round % 7), Id = round % 3, Fd = 4, Flags = 0x80000, MessagesSent = 1, PeerPid = 8 });
        }

        records.Signal(process, new SignalSpec(new ProcessSpec(6, 60).In(Key)) { Signal = (uint)(round % 32), Code = (round % 20) - 10 });
    }

    private static void AddMessages(RecordBuilder records, ProcessSpec process, int round)
    {
        var udp = new UdpSpec { Peer = round % 2 == 0 ? "1.1.1.1" : "::1", BytesSent = (ulong)round, End = (UdpEnd)(round % 3), Result = -(round % 140) };
        var dns = new DnsSpec { Message = round % 2 == 0 ? Query : Query[..^3], Socket = (ulong)round % 100 };
        records.Udp(EventKind.UdpConnect, process, udp).Udp(EventKind.UdpOpen, process, udp).Udp(EventKind.UdpClose, process, udp)
            .Dns(EventKind.DnsQuery, process, dns).Dns(EventKind.DnsAnswer, process, dns with { Message = Answer });
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
            records.Fork(child).Exec(child, exec);
            AddActivities(records, child, (int)i);
            AddMessages(records, child, (int)i);
            batches[i] = records.Exit(child).After(TimeSpan.FromMilliseconds(2)).Take();
        }

        return batches;
    }

    private delegate void WriteEvent(in EventView e, IBufferWriter<byte> output);

    private sealed class WritingSink(WriteEvent write) : IEventSink
    {
        private readonly ArrayBufferWriter<byte> _output = new(1 << 16);

        public int Count { get; private set; }

        public void OnEvent(in EventView e)
        {
            _output.ResetWrittenCount();
            write(e, _output);
            Count++;
        }
    }
}
