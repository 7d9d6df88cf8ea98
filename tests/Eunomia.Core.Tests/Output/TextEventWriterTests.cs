using System.Buffers;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class TextEventWriterTests
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 7 };
    private static readonly ProcessSpec Inside = Shell.In(Key);

    [Fact]
    public void Lines_Wide_AreColumns()
    {
        string[] lines = Write(new TextOptions(), r => r
            .Mkdir(Key, $"/docker/{Web}").Exec(Inside, new ExecSpec { Args = ["sh", "-c", "exit 7", ""] })
            .Exit(Inside, code: 7, durationNs: 12_300_000).Fork(Shell).Exit(Shell, signal: 9, durationNs: 950_000));

        Assert.Equal(
            [
                "00:16:40.000 3f5c00000000         container.create       -       - docker",
                "00:16:40.000 3f5c00000000         container.start       42       7 docker: sh -c 'exit 7' ''",
                "00:16:40.000 3f5c00000000         process.exec          42       7 sh -c 'exit 7' ''",
                "00:16:40.000 3f5c00000000         process.exit          42       7 sh: exit 7, ran 12.3ms",
                "00:16:40.000 3f5c00000000         container.exit        42       7 docker: exit 7, ran 12.3ms",
                "00:16:40.000 -                    process.fork          42       7 sh",
                "00:16:40.000 -                    process.exit          42       7 sh: SIGKILL, ran 950us",
            ],
            lines.Where(line => !line.Contains("cgroup.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Files_EachKind_SayWhatHappened()
    {
        var log = new FileIoSpec { Path = "/var/log/x", BytesWritten = 1_234 };
        string[] lines = Write(new TextOptions(), r => r
            .FileOpen(Shell, new FileOpenSpec { Path = "/etc/passwd", Raw = "/etc/passwd", Flags = 0x80000 })
            .FileOpen(Shell, new FileOpenSpec { Raw = "new", Base = "/tmp", Flags = 0x41, Result = 4, Traits = FileTraits.Created })
            .FileOpen(Shell, new FileOpenSpec { Raw = "/nope", Flags = 0x100000, Result = -2 })
            .FileOpen(Shell, new FileOpenSpec { Raw = "nobase" })
            .FileOpen(Shell, new FileOpenSpec { Result = -14 })
            .FileIo(EventKind.FileClose, Shell, log)
            .FileIo(EventKind.FileClose, Shell, log with { Path = "", Fd = 5, BytesRead = 5 << 20, Result = -28 })
            .FileIo(EventKind.FileIo, Shell, log with { Result = -28 })
            .FileChange(EventKind.FileUnlink, Shell, new FileChangeSpec { Raw = "/a" })
            .FileChange(EventKind.FileRmdir, Shell, new FileChangeSpec { Raw = "/a", Flags = 0x200, Result = -39 })
            .FileChange(EventKind.FileRename, Shell, new FileChangeSpec { Raw = "/a", NewRaw = "b", NewBase = "/x", Flags = 3 })
            .FileChange(EventKind.FileLink, Shell, new FileChangeSpec { Raw = "/a", NewRaw = "b" })
            .FileChange(EventKind.FileSymlink, Shell, new FileChangeSpec { Raw = "/a", NewRaw = "../b" })
            .FileChange(EventKind.FileMkdir, Shell, new FileChangeSpec { Raw = "/a", Mode = 0x1ed })
            .FileChange(EventKind.FileChmod, Shell, new FileChangeSpec { Path = "/a", Fd = 3, Mode = 0x1a4 })
            .FileChange(EventKind.FileChown, Shell, new FileChangeSpec { Raw = "/a", Owner = 1000 })
            .FileChange(EventKind.FileChown, Shell, new FileChangeSpec { Raw = "/a", Owner = 0, Group = 100 })
            .FileChange(EventKind.FileMknod, Shell, new FileChangeSpec { Raw = "/a", Mode = 0x61b0, Device = (8 << 20) | 1, Result = -1 })
            .FileChange(EventKind.FileMknod, Shell, new FileChangeSpec { Raw = "/a", Mode = 0x1180 })
            .FileChange(EventKind.FileTruncate, Shell, new FileChangeSpec { Fd = 3, Length = 1_536 }));

        Assert.Equal(
            [
                "file.open             42       7 /etc/passwd O_RDONLY|O_CLOEXEC = 3",
                "file.open             42       7 /tmp/new O_WRONLY|O_CREAT = 4 (created)",
                "file.open             42       7 /nope O_RDONLY|0x100000 = ENOENT",
                "file.open             42       7 nobase O_RDONLY = 3",
                "file.open             42       7 ? O_RDONLY = EFAULT",
                "file.close            42       7 /var/log/x read 0 B, wrote 1.2 KiB",
                "file.close            42       7 fd 5 read 5.0 MiB, wrote 1.2 KiB = ENOSPC",
                "file.io               42       7 /var/log/x read 0 B, wrote 1.2 KiB",
                "file.unlink           42       7 /a",
                "file.rmdir            42       7 /a AT_REMOVEDIR = ENOTEMPTY",
                "file.rename           42       7 /a -> /x/b RENAME_NOREPLACE|RENAME_EXCHANGE",
                "file.link             42       7 /a -> b",
                "file.symlink          42       7 /a -> ../b",
                "file.mkdir            42       7 /a 0755",
                "file.chmod            42       7 /a 0644",
                "file.chown            42       7 /a 1000:",
                "file.chown            42       7 /a 0:100",
                "file.mknod            42       7 /a block_device 8:1 0660 = EPERM",
                "file.mknod            42       7 /a fifo 0600",
                "file.truncate         42       7 fd 3 to 1.5 KiB",
            ],
            lines.Select(line => line["00:16:40.000 -                    ".Length..]));
    }

    [Fact]
    public void Files_RawPathsAsked_AreAsPassed()
    {
        string[] lines = Write(new TextOptions(RawPaths: true), r => r
            .FileChange(EventKind.FileRename, Shell, new FileChangeSpec { Raw = "a/..", Base = "/x", NewRaw = "./b", NewBase = "/x" }));

        Assert.EndsWith(" a/.. -> ./b", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Tcp_EachKind_SaysWhatHappened()
    {
        var v6 = new TcpSpec { Local = "::1", LocalPort = 80, Peer = "fe80::1", PeerPort = 5 };
        string[] lines = Write(new TextOptions(), r => r
            .Tcp(EventKind.TcpConnect, Shell, new TcpSpec { LatencyNs = 1_200_000 })
            .Tcp(EventKind.TcpConnect, Shell, new TcpSpec { Result = -111, Local = "0.0.0.0", LocalPort = 0 })
            .Tcp(EventKind.TcpConnect, Shell, new TcpSpec { Result = -111, LocalPort = 0 })
            .Tcp(EventKind.TcpConnect, Shell, v6 with { Result = -111, LocalPort = 0 })
            .Tcp(EventKind.TcpConnect, Shell, new TcpSpec())
            .Tcp(EventKind.TcpListen, Shell, v6 with { Direction = TcpDirection.Listening, Backlog = 128 })
            .Tcp(EventKind.TcpAccept, Shell, v6 with { Direction = TcpDirection.Inbound, Result = 7 })
            .Tcp(EventKind.TcpAccept, Shell, v6 with { Direction = TcpDirection.Inbound, Result = -24 })
            .Tcp(EventKind.TcpClose, Shell, new TcpSpec { BytesSent = 1_024, BytesReceived = 3UL << 30, DurationNs = 1_230_000_000, Retransmits = 2 })
            .Tcp(EventKind.TcpClose, Shell, new TcpSpec { Direction = TcpDirection.Unknown })
            .Tcp(EventKind.TcpClose, Shell, v6 with { Direction = TcpDirection.Listening }));

        Assert.Equal(
            [
                "tcp.connect           42       7 10.0.0.5:43210 -> 1.2.3.4:443 ok 1.2ms",
                "tcp.connect           42       7 ? -> 1.2.3.4:443 = ECONNREFUSED",
                "tcp.connect           42       7 10.0.0.5 -> 1.2.3.4:443 = ECONNREFUSED",
                "tcp.connect           42       7 [::1] -> [fe80::1]:5 = ECONNREFUSED",
                "tcp.connect           42       7 10.0.0.5:43210 -> 1.2.3.4:443 ok",
                "tcp.listen            42       7 [::1]:80 backlog 128",
                "tcp.accept            42       7 [::1]:80 <- [fe80::1]:5 = 7",
                "tcp.accept            42       7 [::1]:80 <- [fe80::1]:5 = EMFILE",
                "tcp.close             42       7 10.0.0.5:43210 -> 1.2.3.4:443 sent 1.0 KiB, received 3.0 GiB, retransmitted 2, lasted 1.23s",
                "tcp.close             42       7 10.0.0.5:43210 - 1.2.3.4:443 sent 0 B, received 0 B",
                "tcp.close             42       7 [::1]:80",
            ],
            lines.Select(line => line["00:16:40.000 -                    ".Length..]));
    }

    [Theory]
    [InlineData("in a path", "/a\u001b[2J\n", @"/a\u{1b}[2J\n = ")]
    [InlineData("direction override", "/a\u202eb", @"/a\u{202e}b = ")]
    public void Files_ThatCouldActOnATerminal_AreSpeltOut(string name, string path, string expected)
    {
        Assert.NotEmpty(name);
        string[] lines = Write(new TextOptions(), r => r
            .FileChange(EventKind.FileUnlink, Shell, new FileChangeSpec { Raw = path, Result = -1 })
            .FileIo(EventKind.FileClose, Shell, new FileIoSpec { Path = path })
            .FileChange(EventKind.FileSymlink, Shell, new FileChangeSpec { Raw = "/l", NewRaw = path, Result = -1 })
            .Enforce(Shell, new EnforceSpec { Operation = EnforceOperation.Exec, Traits = EnforceTraits.Denied, Path = path }));

        Assert.EndsWith("denied: exec " + expected[..^3], lines[3], StringComparison.Ordinal);
        Assert.EndsWith(" " + expected + "EPERM", lines[0], StringComparison.Ordinal);
        Assert.Contains(" " + expected[..^3] + " read", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("/l -> " + expected + "EPERM", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("success", 3, "\u001b[2mfile.open")]
    [InlineData("failure", -2, "\u001b[31mfile.open")]
    public void Color_OfAFileEvent_TellsFailures(string name, int result, string expected)
    {
        Assert.NotEmpty(name);
        string[] lines = Write(new TextOptions(Color: true), r => r.FileOpen(Shell, new FileOpenSpec { Raw = "/a", Result = result }));

        Assert.Contains(expected, lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0UL, "0 B")]
    [InlineData(1_023UL, "1023 B")]
    [InlineData(1_024UL, "1.0 KiB")]
    [InlineData(1_048_575UL, "1023.9 KiB")]
    [InlineData(1_048_576UL, "1.0 MiB")]
    [InlineData(ulong.MaxValue, "15.9 EiB")]
    public void Size_Any_IsShort(ulong bytes, string expected)
    {
        var buffer = new Utf8Buffer();
        TextDetail.WriteSize(buffer, bytes);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
    }

    [Fact]
    public void Header_Wide_StandsAboveTheColumns()
    {
        var output = new ArrayBufferWriter<byte>();
        new TextEventWriter(new TextOptions()).WriteHeader(output);

        Assert.Equal(
            "TIME         CONTAINER            EVENT                PID    PPID DETAIL\n", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("narrow", 80)]
    [InlineData("wide", 120)]
    [InlineData("just wide", 100)]
    [InlineData("just narrow", 99)]
    public void Lines_OnATerminal_FitIt(string name, int width)
    {
        Assert.NotEmpty(name);
        string[] lines = Write(new TextOptions(width), r => r.Exec(Shell, new ExecSpec { Args = [new string('x', 300)] }));

        Assert.Equal(width, lines[0].Length);
        Assert.EndsWith("xxx…", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_ThatFitExactly_AreNotCut()
    {
        string[] lines = Write(new TextOptions(80), r => r.Exec(Shell, new ExecSpec { Args = [new string('x', 31)] }));

        Assert.EndsWith(" " + new string('x', 31), lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("escape sequence", "\u001b]0;owned\a", @"\u{1b}]0;owned\u{7}")]
    [InlineData("C1 control", "\u009b31m", @"\u{9b}31m")]
    [InlineData("line break", "a\nb\r\tc", @"a\nb\r\tc")]
    [InlineData("direction override", "a\u202eb", @"a\u{202e}b")]
    [InlineData("line separator", "a\u2028b", @"a\u{2028}b")]
    [InlineData("zero width", "a\u200bb", @"a\u{200b}b")]
    [InlineData("plain UTF-8", "grün", "grün")]
    [InlineData("quote", "it's", @"'it'\''s'")]
    public void Args_ThatCouldActOnATerminal_AreSpeltOut(string name, string argument, string expected)
    {
        Assert.NotEmpty(name);
        string[] lines = Write(new TextOptions(), r => r.Exec(Shell, new ExecSpec { Args = [argument] }));

        Assert.EndsWith(" " + expected, lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_OfAnyBytes_HoldNoControlCharacter()
    {
        byte[] noise = [.. Enumerable.Range(1, 255).Select(b => (byte)b)];
        string[] lines = Write(new TextOptions(), r => r.Exec(Shell with { Comm = "\u001b[2J" }, new ExecSpec { RawArgs = noise }).Exit(Shell with { Comm = "\u001b[2J" }));

        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
    }

    [Fact]
    public void Names_FromMetadata_AreSpeltOutAndCut()
    {
        var metadata = new ContainerMetadata(Name: "a\u001b[31m" + new string('n', 40), Image: "\u001b[0m");
        string line = Write(new TextOptions(), r => r.Mkdir(Key, $"/docker/{Web}"), metadata)[^1];

        Assert.Contains(@" a\u{1b}[31mnnnnnnnn… ", line, StringComparison.Ordinal);
        Assert.EndsWith(@"docker \u{1b}[0m", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Color_Asked_IsOnAndOffAgain()
    {
        string[] lines = Write(new TextOptions(Color: true), r => r.Exit(Shell, code: 1));

        Assert.Contains("\u001b[31mprocess.exit     \u001b[0m", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Write(new TextOptions(), r => r.Exit(Shell, code: 1))[0]);
    }

    [Fact]
    public void Args_Cut_SaySo()
    {
        string[] lines = Write(new TextOptions(), r => r.Exec(Shell, new ExecSpec { Truncated = Truncation.Args }));

        Assert.EndsWith("sh [cut]", lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("microseconds", 999_999UL, "999us")]
    [InlineData("milliseconds", 1_000_000UL, "1.0ms")]
    [InlineData("seconds", 4_560_000_000UL, "4.56s")]
    [InlineData("minutes", 62_000_000_000UL, "1m02s")]
    [InlineData("hours", 3_720_000_000_000UL, "1h02m")]
    public void Duration_AnyLength_IsShort(string name, ulong ns, string expected)
    {
        Assert.NotEmpty(name);
        var buffer = new Utf8Buffer();
        TextDetail.WriteDuration(buffer, ns);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
    }

    [Theory]
    [InlineData("wide characters", "漢字漢字", 5, "漢字…")]
    [InlineData("wide character across the edge", "漢字漢字", 4, "漢 …")]
    [InlineData("combining mark", "e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301")]
    [InlineData("no limit", "abc", 0, "abc")]
    public void AppendCut_Characters_CountsColumns(string name, string text, int columns, string expected)
    {
        Assert.NotEmpty(name);
        var buffer = new Utf8Buffer();
        buffer.AppendCut(Encoding.UTF8.GetBytes(text), columns);
        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.Written));
    }

    private static string[] Write(TextOptions options, Action<RecordBuilder> build, ContainerMetadata? metadata = null)
    {
        var sink = new TextSink(options);
        EventPipeline pipeline = new(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), sink)]), new Ledger());
        pipeline.Containers.ContainerSeen += container =>
            pipeline.Containers.SetMetadata(container.Id, metadata ?? new ContainerMetadata());
        var records = new RecordBuilder();
        build(records);
        pipeline.Apply(records.Bytes, PipelineFixture.BootToUnixNs);
        return Encoding.UTF8.GetString(sink.Output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class TextSink(TextOptions options) : IEventSink
    {
        private readonly TextEventWriter _writer = new(options);

        public ArrayBufferWriter<byte> Output { get; } = new();

        public void OnEvent(in EventView e) => _writer.Write(e, Output);
    }
}
