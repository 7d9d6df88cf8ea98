using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class JsonEventWriterTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000_000_001) { Ppid = 7, Uid = 1000, Gid = 100 };
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public void Exec_Full_IsThisLine()
    {
        SeenEvent exec = SampleEvents.All().First(e => e.Kind == EventKind.ProcessExec);

        Assert.Equal(
            """{"time":"2026-01-01T00:16:40.000005000Z","event":"process.exec","host":"box","process":{"pid":500,"tid":501,"ppid":400,"vpid":1,"syscall":"execve","name":"shim","exe":"/bin/busybox","args":["sh","-c","exit 7"],"args_count":900,"cwd":"/srv","filename":"/bin/sh","uid":1000,"gid":100,"euid":0,"egid":5,"loginuid":1000,"audit_session":3,"session_id":500,"process_group":500,"vsession_id":1,"vprocess_group":1,"user_namespace":4026531837,"tty":"pts/0","cap_effective":"0x1ffffffffff","cap_permitted":"0xa80425fb","cap_inheritable":"0x1","exe_flags":["memfd","upper_layer","writable","unlinked"],"exe_inode":77,"exe_device":"253:1","exe_mode":"04755","exe_ctime":"2023-11-14T22:13:20.123456789Z","exe_mtime":"2020-09-13T12:26:40.000000001Z","env":{"LANG":"C","EMPTY":""},"start_time":"2026-01-01T00:00:01.000000123Z","ancestors":[{"pid":400,"name":"shim","exe":"/usr/bin/shim"}]},"container":{"id":"3f5c000000000000000000000000000000000000000000000000000000000000","name":"web","image":"nginx:1.27","runtime":"docker","pod":"web-0","namespace":"default"},"result":0,"truncated":["args","env"]}""",
            exec.Line.TrimEnd('\n'));
    }

    [Fact]
    public void Exit_ByItself_HasCodeAndResult()
    {
        JsonElement exit = Json(r => r.Exit(Shell, code: 7, durationNs: 12, cpuNs: 3));

        Assert.Equal(7, exit.GetProperty("result").GetInt32());
        Assert.Equal("""{"code":7,"duration_ns":12,"cpu_time_ns":3}""", exit.GetProperty("exit").GetRawText());
    }

    [Fact]
    public void Exit_BySignal_HasNoCodeAndNoResult()
    {
        JsonElement exit = Json(r => r.Exit(Shell, signal: 11, flags: ExitTraits.Core, durationNs: 12, cpuNs: 3));

        Assert.False(exit.TryGetProperty("result", out _));
        Assert.Equal("""{"signal":"SIGSEGV","core_dumped":true,"duration_ns":12,"cpu_time_ns":3}""", exit.GetProperty("exit").GetRawText());
    }

    [Fact]
    public void Exit_AfterAnExec_CarriesWhatRan()
    {
        JsonElement process = Json(r => r
            .Exec(Shell, new ExecSpec { Exe = "/bin/a", Args = ["a", "b"], Cwd = "/x", Loginuid = 5 }).Exit(Shell with { Comm = "renamed" })).GetProperty("process");

        Assert.Equal("renamed", process.GetProperty("name").GetString());
        Assert.Equal("/bin/a", process.GetProperty("exe").GetString());
        Assert.Equal("""["a","b"]""", process.GetProperty("args").GetRawText());
        Assert.Equal("/x", process.GetProperty("cwd").GetString());
        Assert.Equal(5, process.GetProperty("loginuid").GetInt32());
        Assert.False(process.TryGetProperty("filename", out _));
    }

    [Theory]
    [InlineData("quote and backslash", new byte[] { (byte)'"', (byte)'\\' }, """["\"\\"]""")]
    [InlineData("line breaks and tab", new byte[] { 10, 13, 9 }, """["\n\r\t"]""")]
    [InlineData("escape sequence", new byte[] { 27, (byte)'[', (byte)'m' }, """["\u001b[m"]""")]
    [InlineData("DEL and C1", new byte[] { 0x7f, 0xc2, 0x9b }, """["\u007f\u009b"]""")]
    [InlineData("UTF-8", new byte[] { 0xc3, 0xa4, 0xf0, 0x9f, 0x90, 0xb3 }, """["ä🐳"]""")]
    [InlineData("not UTF-8", new byte[] { (byte)'a', 0xff, (byte)'b', 0xc3 }, """["a�b�"]""")]
    [InlineData("encoded surrogate", new byte[] { 0xed, 0xa0, 0x80 }, """["���"]""")]
    [InlineData("empty argument in front", new byte[] { 0, (byte)'a', 0 }, """["","a"]""")]
    [InlineData("no argument", new byte[0], "[]")]
    public void Args_AnyBytes_AreValidJson(string name, byte[] bytes, string expected)
    {
        Assert.NotEmpty(name);
        JsonElement exec = Json(r => r.Exec(Shell, new ExecSpec { RawArgs = bytes }));

        Assert.Equal(expected, exec.GetProperty("process").GetProperty("args").GetRawText());
    }

    [Fact]
    public void Lines_OfRandomRecords_AreOneValidJsonObjectEach()
    {
        var random = new Random(3);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] noise = new byte[random.Next(60)];
            random.NextBytes(noise);
            JsonElement exec = Json(r => r.Exec(Shell, new ExecSpec { RawArgs = noise, Env = ["A=\u0001", "=", "novalue"] }));
            Assert.Equal(JsonValueKind.Object, exec.ValueKind);
            Assert.Equal(_fixture.Sink.Events[^1].Line.Length - 1, _fixture.Sink.Events[^1].Line.IndexOf('\n', StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Exec_Compact_SaysWhatIsMissing()
    {
        JsonElement exec = Json(r =>
        {
            r.Flags = RecordTraits.Compact;
            r.Exec(Shell, new ExecSpec { Filename = "", Cwd = "", Args = [] });
        });

        Assert.Equal("""["args","cwd","filename","env"]""", exec.GetProperty("truncated").GetRawText());
        Assert.False(exec.GetProperty("process").TryGetProperty("args", out _));
        JsonElement exit = Json(r => r.Exit(Shell));
        Assert.Equal("""["args","cwd"]""", exit.GetProperty("truncated").GetRawText());
    }

    [Fact]
    public void Host_WithOddCharacters_IsEscaped()
    {
        var sink = new RecordingSink("a\"b");
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), sink)]), new Ledger());
        pipeline.Apply(new RecordBuilder().Exit(Shell).Bytes, 0);

        Assert.Equal("a\"b", sink.Events[0].Json.GetProperty("host").GetString());
    }

    private JsonElement Json(Action<RecordBuilder> build)
    {
        _fixture.Apply(build);
        return _fixture.Sink.Events[^1].Json;
    }
}
