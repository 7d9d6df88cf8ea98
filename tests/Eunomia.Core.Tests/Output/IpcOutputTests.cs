using System.Buffers;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class IpcOutputTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 7, Comm = "sh" };
    private static readonly ProcessSpec Other = new(43, 2_000) { Vpid = 3, Comm = "other" };

    private static readonly IpcSpec Pipe = new()
    {
        Role = IpcRole.Writer,
        Inode = 77,
        Device = 14,
        Fd = 4,
        BytesSent = 2_048,
        MessagesSent = 3,
    };

    [Theory]
    [InlineData(EventKind.IpcTraffic, """{"type":"pipe","role":"writer","inode":77,"device":"0:14","fd":4,"bytes_sent":2048,"bytes_received":0,"messages_sent":3,"messages_received":0}""")]
    [InlineData(EventKind.IpcOpen, """{"type":"pipe","role":"writer","inode":77,"device":"0:14","fd":4}""")]
    public void Json_OfAPipe_HasWhatIsKnown(EventKind kind, string expected) => Assert.Equal(expected, Ipc(kind, Pipe));

    [Theory]
    [InlineData("pipe", IpcType.Pipe, 0x80800u, """["O_NONBLOCK","O_CLOEXEC"]""")]
    [InlineData("fifo", IpcType.Fifo, 0u, """["O_RDONLY"]""")]
    [InlineData("socket", IpcType.Unix, 0x80800u, """["SOCK_NONBLOCK","SOCK_CLOEXEC"]""")]
    [InlineData("memory", IpcType.SysvShm, 0x1980u, """["SHM_HUGETLB","SHM_NORESERVE"]""")]
    [InlineData("queue", IpcType.SysvMsg, 0x780u, """["IPC_CREAT","IPC_EXCL"]""")]
    [InlineData("semaphores", IpcType.SysvSem, 0x8180u, """["0x8000"]""")]
    public void Flags_OfEachType_HaveTheirNames(string name, IpcType type, uint flags, string expected)
    {
        Assert.NotEmpty(name);
        Assert.Contains($"\"flags\":{expected}", Ipc(EventKind.IpcOpen, new IpcSpec { Type = type, Flags = flags }), StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_NoneOrOnlyPermissions_AreLeftOut()
    {
        Assert.Equal("""{"type":"sysv_sem","id":3}""", Ipc(EventKind.IpcOpen, new IpcSpec { Type = IpcType.SysvSem, Id = 3, Flags = 0x1ff }));
        Assert.Equal("""{"type":"unix"}""", Ipc(EventKind.IpcOpen, new IpcSpec { Type = IpcType.Unix }));
    }

    [Theory]
    [InlineData(IpcType.Unix, "/run/x", "path", "/run/x")]
    [InlineData(IpcType.Unix, "\0x", "name", "@x")]
    [InlineData(IpcType.PosixMq, "/q", "name", "/q")]
    [InlineData(IpcType.PosixShm, "/dev/shm/x", "path", "/dev/shm/x")]
    public void Name_IsAPathOrNot(IpcType type, string name, string member, string expected)
    {
        JsonElement ipc = JsonDocument.Parse(Ipc(EventKind.IpcUse, new IpcSpec { Type = type, Name = name })).RootElement;

        Assert.Equal(expected, ipc.GetProperty(member).GetString());
        Assert.False(ipc.TryGetProperty(member == "path" ? "name" : "path", out _));
    }

    [Theory]
    [InlineData(IpcType.SysvShm, """{"type":"sysv_shm","id":0}""")]
    [InlineData(IpcType.PosixShm, """{"type":"posix_shm","id":0}""")]
    [InlineData(IpcType.SysvSem, """{"type":"sysv_sem","id":0,"messages_sent":1,"messages_received":0}""")]
    public void Totals_OfWhatMovesNoBytesByCalls_AreLeftOut(IpcType type, string expected) =>
        Assert.Equal(expected, Ipc(EventKind.IpcClose, new IpcSpec { Type = type, Id = 0, MessagesSent = 1 }));

    [Theory]
    [InlineData(15u, 0, 0u, SignalTraits.None, """{"name":"SIGTERM","number":15,"code":"SI_USER","result":"delivered","count":1,"target":{"pid":43,"vpid":3,"name":"other","start_time":"2026-01-01T00:00:00.000002000Z"}}""")]
    [InlineData(11u, 1, 2u, SignalTraits.Kernel | SignalTraits.Thread, """{"name":"SIGSEGV","number":11,"code":"SEGV_MAPERR","result":"already_pending","kernel":true,"count":1,"target":{"pid":43,"tid":43,"vpid":3,"name":"other","start_time":"2026-01-01T00:00:00.000002000Z"}}""")]
    [InlineData(17u, 1, 1u, SignalTraits.Kernel, """{"name":"SIGCHLD","number":17,"code":"CLD_EXITED","result":"ignored","kernel":true,"count":1,"target":{"pid":43,"vpid":3,"name":"other","start_time":"2026-01-01T00:00:00.000002000Z"}}""")]
    [InlineData(35u, -60, 9u, SignalTraits.None, """{"name":"SIGRTMIN+1","number":35,"code":"SI_ASYNCNL","count":1,"target":{"pid":43,"vpid":3,"name":"other","start_time":"2026-01-01T00:00:00.000002000Z"}}""")]
    public void Json_OfASignal_HasWhatIsKnown(uint number, int code, uint result, SignalTraits traits, string expected) =>
        Assert.Equal(expected, Json(r => r.Signal(Shell, new SignalSpec(Other) { Signal = number, Code = code, Result = result, Traits = traits }), "signal"));

    [Theory]
    [InlineData(9u, 0x80, "SI_KERNEL")]
    [InlineData(9u, -1, "SI_QUEUE")]
    [InlineData(9u, -6, "SI_TKILL")]
    [InlineData(9u, -7, "SI_DETHREAD")]
    [InlineData(14u, -2, "SI_TIMER")]
    [InlineData(31u, 1, "SYS_SECCOMP")]
    [InlineData(4u, 9, "ILL_BADIADDR")]
    [InlineData(4u, 10, "code-10")]
    [InlineData(9u, 1, "code-1")]
    [InlineData(9u, -8, "code--8")]
    [InlineData(9u, int.MinValue, "code--2147483648")]
    public void Code_HasAName_OrSaysItsNumber(uint number, int code, string expected) => Assert.Contains(
        $"\"code\":\"{expected}\"",
        Json(r => r.Signal(Shell, new SignalSpec(Other) { Signal = number, Code = code }), "signal"),
        StringComparison.Ordinal);

    [Fact]
    public void Text_EachKind_SaysWhatHappened()
    {
        var socket = new IpcSpec { Type = IpcType.Unix, Role = IpcRole.Client, Name = "\0x", Inode = 5, PeerInode = 6, Fd = 3 };
        string[] lines = Text(r => r
            .Ipc(EventKind.IpcOpen, Shell, Pipe)
            .Ipc(EventKind.IpcOpen, Shell, socket with { Result = -111 })
            .Ipc(EventKind.IpcUse, Other, Pipe with { Role = IpcRole.Reader, BytesSent = 0, MessagesSent = 0, BytesReceived = 9, MessagesReceived = 1 })
            .Ipc(EventKind.IpcTraffic, Shell, Pipe)
            .Ipc(EventKind.IpcClose, Shell, new IpcSpec { Type = IpcType.SysvSem, Id = 4, MessagesReceived = 2 })
            .Signal(Shell, new SignalSpec(Other) { Signal = 15 })
            .Signal(Shell, new SignalSpec(Other) { Signal = 17, Result = 1, Count = 500, Traits = SignalTraits.Kernel }));

        Assert.Equal(
            [
                "ipc.open              42       7 pipe [77] writer fd 4",
                "ipc.open              42       7 unix @x client = ECONNREFUSED",
                "ipc.use               43       1 pipe [77] reader received 9 B in 1 <-> sh(42)",
                "ipc.traffic           42       7 pipe [77] writer sent 2.0 KiB in 3 <-> other(43)",
                "ipc.close             42       7 sysv_sem id 4 received 2 times",
                "ipc.signal            42       7 SIGTERM -> other(43)",
                "ipc.signal            42       7 SIGCHLD from the kernel -> other(43) x500 (ignored)",
            ],
            lines.Select(line => line["00:16:40.000 -                    ".Length..]));
    }

    private static string Ipc(EventKind kind, IpcSpec ipc) => Json(r => r.Ipc(kind, Shell, ipc), "ipc");

    private static string Json(Action<RecordBuilder> build, string member)
    {
        var fixture = new PipelineFixture();
        fixture.Apply(build);
        return Assert.Single(fixture.Sink.Events).Json.GetProperty(member).GetRawText();
    }

    private static string[] Text(Action<RecordBuilder> build)
    {
        var sink = new TextSink();
        var records = new RecordBuilder();
        build(records);
        var filter = new EventFilter(PipelineFixture.Everything);
        new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(filter, sink)]), new Ledger()).Apply(records.Take(), PipelineFixture.BootToUnixNs);
        return Encoding.UTF8.GetString(sink.Output.WrittenSpan).TrimEnd('\n').Split('\n');
    }

    private sealed class TextSink : IEventSink
    {
        private readonly TextEventWriter _writer = new(new TextOptions());

        internal ArrayBufferWriter<byte> Output { get; } = new();

        public void OnEvent(in EventView e) => _writer.Write(e, Output);
    }
}
