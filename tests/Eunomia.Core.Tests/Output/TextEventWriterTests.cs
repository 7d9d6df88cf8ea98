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
        EventPipeline pipeline = new(TestHost.Identity, new PipelineOptions(new EventFilter(PipelineFixture.Everything)), sink, new Ledger());
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
