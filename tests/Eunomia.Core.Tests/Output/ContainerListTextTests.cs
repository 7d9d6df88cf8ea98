using System.Buffers;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class ContainerListTextTests
{
    private const long Now = 1_767_225_600_000_000_000;
    private const long Second = 1_000_000_000;

    [Theory]
    [InlineData(0, "0s ago")]
    [InlineData(59, "59s ago")]
    [InlineData(61, "1m1s ago")]
    [InlineData((3 * 3600) + 120, "3h2m ago")]
    [InlineData((49 * 3600) + 5, "2d1h ago")]
    [InlineData(-5, "0s ago")]
    public void Ago_Time_IsShort(long seconds, string expected) =>
        Assert.Equal(expected, ContainerListText.Ago(Now - (seconds * Second), Now));

    [Fact]
    public void Ago_Unknown_IsADash() => Assert.Equal("-", ContainerListText.Ago(null, Now));

    [Theory]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void WriteTable_Terminal_IsNeverWiderThanIt(int width)
    {
        ContainerRow[] rows = [Row("a", new string('i', 250)), Row("日本語のコンテナ", "registry.example/team/image:1.2.3-long-tag")];

        string[] lines = Write(rows, width);

        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.InRange(TextCells.Measure(Encoding.UTF8.GetBytes(line)), 1, width));
        Assert.Contains("…", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTable_NoTerminal_CutsNothing()
    {
        string image = new('i', 300);

        Assert.Contains(image, Write([Row("a", image)], 0)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTable_NamesFromFiles_CannotWriteToTheTerminal()
    {
        string text = string.Join('\n', Write([Row("a\u001b[2Jb\nc", "i\u202e")], 0));

        Assert.DoesNotContain('\u001b', text);
        Assert.Contains(@"a\u{1b}[2Jb\nc", text, StringComparison.Ordinal);
        Assert.Contains(@"i\u{202e}", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTable_ManyProcesses_ShowsAFewAndTheirNumber()
    {
        ContainerRow row = Row("a", "i") with { Pids = [.. Enumerable.Range(1, 9).Select(pid => (uint)pid)] };

        Assert.EndsWith("1 2 3 4 and 5 more", Write([row], 0)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTable_Pod_HasAColumnWhenThereIsOne()
    {
        ContainerRow row = Row("a", "i", "web-7f", "prod");

        Assert.Contains("POD", Write([row], 0)[0], StringComparison.Ordinal);
        Assert.Contains("prod/web-7f", Write([row], 0)[1], StringComparison.Ordinal);
        Assert.DoesNotContain("POD", Write([Row("a", "i")], 0)[0], StringComparison.Ordinal);
    }

    private static ContainerRow Row(string name, string image, string? pod = null, string? space = null)
    {
        var container = new Container(TestHost.Id("abc"), "docker", null);
        container.SetMetadata(new ContainerMetadata("docker", name, image, pod, space, Now - (90 * Second)));
        return new ContainerRow(container, ContainerState.Running, Now - (80 * Second), [1], null);
    }

    private static string[] Write(ContainerRow[] rows, int width)
    {
        var output = new ArrayBufferWriter<byte>();
        new ContainerListText(new TextOptions(width)).WriteTable(rows, Now, output);
        return Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n').Split('\n');
    }
}
