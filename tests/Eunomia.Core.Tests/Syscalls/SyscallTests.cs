using System.Buffers;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Syscalls;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Syscalls;

public sealed class SyscallTests
{
    private static readonly ProcessSpec Shell = new(42, 7) { Comm = "sh" };

    [Theory]
    [InlineData(257, 1, 0, "openat", SyscallAbi.Native)]
    [InlineData(257, 3, 0, "openat", SyscallAbi.X32)]
    [InlineData(5, 2, 0, "open", SyscallAbi.Compat)]
    [InlineData(102, 1, 3, "getuid", SyscallAbi.Native)]
    [InlineData(102, 2, 3, "connect", SyscallAbi.Compat)]
    [InlineData(102, 2, 5, "accept4", SyscallAbi.Compat)]
    [InlineData(102, 2, 20, "sendmmsg", SyscallAbi.Compat)]
    [InlineData(102, 2, 99, "socketcall", SyscallAbi.Compat)]
    [InlineData(117, 2, 11, "msgsnd", SyscallAbi.Compat)]
    [InlineData(117, 2, 5, "ipc", SyscallAbi.Compat)]
    public void Id_OfARecord_IsTheCallThatWasMeant(ushort number, byte abi, byte part, string name, SyscallAbi table)
    {
        SyscallId? id = SyscallId.Of(number, abi, part);

        Assert.Equal((name, table), (id?.Name, id?.Abi));
    }

    [Fact]
    public void Id_WithoutACall_IsNone() => Assert.Null(SyscallId.Of(0, 0, 0));

    [Theory]
    [InlineData(SyscallAbi.Native, 0, "read")]
    [InlineData(SyscallAbi.Native, 257, "openat")]
    [InlineData(SyscallAbi.Native, 335, "uretprobe")]
    [InlineData(SyscallAbi.Native, 462, "mseal")]
    [InlineData(SyscallAbi.Native, 500, "syscall_0x1f4")]
    [InlineData(SyscallAbi.Native, SyscallNames.Unknown, "unknown")]
    [InlineData(SyscallAbi.Compat, 20, "getpid")]
    [InlineData(SyscallAbi.Compat, 295, "openat")]
    [InlineData(SyscallAbi.X32, 39, "getpid")]
    public void Name_OfANumber_IsThatOfItsTable(SyscallAbi abi, int number, string name) =>
        Assert.Equal(name, SyscallNames.Name(abi, (ushort)number));

    [Fact]
    public void Number_OfEachName_IsItsOwn()
    {
        foreach (SyscallAbi abi in new[] { SyscallAbi.Native, SyscallAbi.Compat })
        {
            string[] names = [.. SyscallNames.All.Where(name => SyscallNames.Number(abi, name) is not null)];
            Assert.True(names.Length > 370);
            Assert.All(names, name => Assert.Equal(name, SyscallNames.Name(abi, SyscallNames.Number(abi, name)!.Value)));
        }
    }

    [Fact]
    public void Selection_OfNames_IsInBothTables()
    {
        Assert.True(SyscallSelection.TryCreate(["openat", "mmap2"], out SyscallSelection? selection, out _));

        Assert.True(selection.Contains(SyscallAbi.Native, 257));
        Assert.True(selection.Contains(SyscallAbi.X32, 257));
        Assert.True(selection.Contains(SyscallAbi.Compat, 295));
        Assert.True(selection.Contains(SyscallAbi.Compat, 192));
        Assert.False(selection.Contains(SyscallAbi.Native, 192));
        byte[] sets = selection.ToBitSets();
        Assert.Equal(128, sets.Length);
        Assert.Equal((2, 0x80, 0x01), (sets[257 / 8], sets[64 + (295 / 8)], sets[64 + (192 / 8)]));
        Assert.Equal(3, sets.Sum(b => System.Numerics.BitOperations.PopCount(b)));
    }

    [Fact]
    public void Shapes_OfCalls_SayWhatTheKernelReads()
    {
        byte[] all = SyscallSelection.Everything.ToShapes();

        Assert.Equal(4096, all.Length);
        Assert.Equal([2, 0, 0, 0], all[(257 * 4)..(258 * 4)]);
        Assert.Equal([2, 4, 0, 0], all[(264 * 4)..(265 * 4)]); // renameat
        Assert.Equal([0, 0, 2, 3], all[(42 * 4)..(43 * 4)]); // connect
        Assert.Equal([2, 0, 0, 0], all[(2048 + (295 * 4))..(2048 + (296 * 4))]);
    }

    [Theory]
    [InlineData("openat", "openat(AT_FDCWD, \"/a \\\"b\", O_RDONLY|O_CLOEXEC, 0000) = 3", new ulong[] { 0xffffff9c, 1, 0x80000, 0 }, 3L, "/a \"b")]
    [InlineData("mmap", "mmap(0x0, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000", new ulong[] { 0, 4096, 3, 0x22, 0xffffffff, 0 }, 0x7f0000000000L, "")]
    [InlineData("mmap", "mmap(0x0, 1, PROT_NONE, MAP_SHARED, 3, 0) = ENODEV", new ulong[] { 0, 1, 0, 1, 3, 0 }, -19L, "")]
    [InlineData("kill", "kill(-1, SIGTERM) = ESRCH", new ulong[] { 0xffffffff, 15 }, -3L, "")]
    [InlineData("socket", "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 6) = 4", new ulong[] { 2, 0x80001, 6 }, 4L, "")]
    [InlineData("futex", "futex(0x10, FUTEX_WAIT|FUTEX_PRIVATE_FLAG, 2, 0x0, 0x0, 0) = EAGAIN", new ulong[] { 16, 128, 2 }, -11L, "")]
    [InlineData("clone", "clone(CLONE_VM|CLONE_VFORK|SIGCHLD, 0x0, 0x0, 0x0, 0x0) = 9", new ulong[] { 0x4111 }, 9L, "")]
    [InlineData("fcntl", "fcntl(1, F_DUPFD_CLOEXEC, 0xa) = 10", new ulong[] { 1, 1030, 10 }, 10L, "")]
    [InlineData("access", "access(\"/x\", R_OK|X_OK) = ENOENT", new ulong[] { 1, 5 }, -2L, "/x")]
    [InlineData("getpid", "getpid() = 5", new ulong[0], 5L, "")]
    [InlineData("bpf", "bpf(0x5, 0x10, 0x90, 0x0, 0x0, 0x0) = 7", new ulong[] { 5, 16, 144 }, 7L, "")]
    public void Text_OfACall_IsAsStraceWritesIt(string name, string expected, ulong[] args, long result, string text)
    {
        ushort number = SyscallNames.Number(SyscallAbi.Native, name)!.Value;
        string line = Text(r => r.SyscallCall(Shell, new SyscallCallSpec { Number = number, Args = args, Result = result, Text = text }));

        Assert.EndsWith($" {expected}", line.Replace("\"/a \"b\"", "\"/a \\\"b\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0100 2f72756e2f7800", "unix:/run/x")]
    [InlineData("0100 00616263", "unix:@abc")]
    [InlineData("0200 0050 7f000001 0000000000000000", "127.0.0.1:80")]
    [InlineData("0a00 01bb 00000000 00000000000000000000000000000001 00000000", "[::1]:443")]
    [InlineData("1000 00000000", "AF_NETLINK")]
    [InlineData("02", "0x99")]
    public void Json_OfAnAddress_IsReadable(string bytes, string expected)
    {
        byte[] address = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        JsonElement json = Json(r => r.SyscallCall(Shell, new SyscallCallSpec { Number = 42, Args = [3, 0x99, 16], Address = address, Result = -111 }));

        Assert.Equal(expected, json.GetProperty("syscall").GetProperty("args").GetProperty("addr").GetString());
        Assert.Equal(3, json.GetProperty("syscall").GetProperty("args").GetProperty("fd").GetInt32());
        Assert.Equal("ECONNREFUSED", json.GetProperty("error").GetString());
    }

    [Fact]
    public void Json_OfACount_HasErrorsByNameAndBuckets()
    {
        JsonElement call = Json(r => r.Syscall(Shell, new SyscallSpec
        {
            Abi = SyscallAbi.Compat,
            Number = 295,
            Count = 5,
            Errors = [(2, 3), (13, 1)],
            Buckets = [0, 0, 31],
            TotalNs = 9,
            MaxNs = 8,
        })).GetProperty("syscall");

        Assert.Equal("""{"name":"openat","number":295,"abi":"i386","count":5,"errors":4,"errnos":{"ENOENT":3,"EACCES":1},"latency_total_ns":9,"latency_max_ns":8,"latency_histogram":[{"le_ns":128,"count":2},{"count":1}]}""", call.GetRawText());
    }

    [Fact]
    public void Overflow_BelongsToNobody_AndPassesTheFilter()
    {
        var fixture = new PipelineFixture(new EventFilter(EventKindSet.Of(EventKind.Syscall), pids: [42]));
        fixture.Apply(r => r.Syscall(new ProcessSpec(0, 0), new SyscallSpec { Overflow = true, Count = 3 }).Syscall(Shell with { Pid = 43 }, new SyscallSpec()));

        SeenEvent only = Assert.Single(fixture.Sink.Events);
        Assert.False(only.Json.TryGetProperty("process", out _));
        Assert.True(only.Json.GetProperty("syscall").GetProperty("overflow").GetBoolean());
    }

    [Fact]
    public void Filter_OfCalls_LeavesOthersOut()
    {
        Assert.True(SyscallSelection.TryCreate(["openat"], out SyscallSelection? openat, out _));
        var fixture = new PipelineFixture(new EventFilter(EventKindSet.Of(EventKind.Syscall, EventKind.SyscallCall), syscalls: openat));
        fixture.Apply(r => r.Syscall(Shell, new SyscallSpec()).Syscall(Shell, new SyscallSpec { Number = 1 })
            .SyscallCall(Shell, new SyscallCallSpec()).SyscallCall(Shell, new SyscallCallSpec { Number = 1 }));

        Assert.Equal(2, fixture.Sink.Events.Count);
    }

    [Fact]
    public void Totals_OfManyReports_AreSums_AndSortedAsWanted()
    {
        var totals = new SyscallTotals(capacity: 2);
        Run(r => r.Syscall(Shell, new SyscallSpec { Count = 5, TotalNs = 1 }).Syscall(Shell, new SyscallSpec { Number = 1, Count = 4, TotalNs = 99, MaxNs = 9 })
            .Syscall(Shell, new SyscallSpec { Count = 2 }).Syscall(Shell, new SyscallSpec { Number = 2, Count = 1, Errors = [(2, 1)] }), (in EventView e) => totals.Add(e));

        Assert.Equal([(257, 7UL), (1, 4UL), (SyscallNames.Unknown, 1UL)], totals.Top(SyscallOrder.Count, 9).Select(row => ((int)row.Number, row.Count)));
        Assert.Equal((1, 9UL), totals.Top(SyscallOrder.Time, 1).Select(row => ((int)row.Number, row.MaxNs)).Single());
        Assert.Equal(0u, totals.Top(SyscallOrder.Errors, 1).Single().Pid); // what found no room
    }

    [Fact]
    public void Table_OfATerminal_FitsIt()
    {
        var totals = new SyscallTotals();
        Run(r => r.Syscall(Shell, new SyscallSpec { Count = 500, TotalNs = 5_000_000, MaxNs = 40_000 }), (in EventView e) => totals.Add(e));
        var output = new ArrayBufferWriter<byte>();
        new SyscallTableText(new SyscallTableOptions(Latency: true)).Write(totals, TimeSpan.FromSeconds(2), 120, 5, output);
        string[] lines = Encoding.UTF8.GetString(output.WrittenSpan).Split('\n');

        Assert.All(lines, line => Assert.True(line.Length <= 120));
        Assert.Matches("^CONTAINER +PID COMM +SYSCALL +CALLS +CALLS/S +ERRORS +TIME +AVERAGE +MAX *$", lines[0]);
        Assert.Matches("^- +42 sh +openat +500 +250 +0 +5.0ms +10us +40us *$", lines[1]);
    }

    private delegate void Take(in EventView e);

    private static JsonElement Json(Action<RecordBuilder> add)
    {
        var fixture = new PipelineFixture();
        fixture.Apply(add);
        return fixture.Sink.Events.Single().Json;
    }

    private static string Text(Action<RecordBuilder> add)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new TextEventWriter(new TextOptions());
        Run(add, (in EventView e) => writer.Write(e, output));
        return Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n');
    }

    private static void Run(Action<RecordBuilder> add, Take take)
    {
        var records = new RecordBuilder();
        add(records);
        var pipeline = new EventPipeline(
            TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), new Sink(take))]), new Ledger());
        pipeline.Apply(records.Bytes, 1);
    }

    private sealed class Sink(Take take) : IEventSink
    {
        public void OnEvent(in EventView e) => take(e);
    }
}
