using System.Buffers;
using System.Text;
using System.Xml;
using Eunomia.Cli.Output;
using Eunomia.Core.Profiling;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests.Output;

public sealed class FlameGraphTests
{
    [Theory]
    [InlineData("plain", "hot")]
    [InlineData("ends a script", "</script><script>alert(1)</script>")]
    [InlineData("markup", "<&>\"' ]]> <!-- -->")]
    [InlineData("control", "a\u0001b\u009bc\nd\ud800")]
    public async Task Svg_NameOfAFunction_IsText(string name, string function)
    {
        _ = name;
        var names = new FakeSymbols { [1] = new Symbol(function, "/bin/<busy>&", 1) };
        ProfileKit kit = new ProfileKit().Add(comm: "<b>\"&'", user: [1]);
        using SymbolCache symbols = await kit.ResolveAsync(names);

        var document = new XmlDocument { XmlResolver = null };
        document.LoadXml(Written(output => FlameGraph.Write(FlameNode.Of(kit.Profile, symbols), "box & <co>", output)));

        Assert.Single(document.GetElementsByTagName("script"));
        Assert.Equal(4, document.GetElementsByTagName("rect").Count);
    }

    [Fact]
    public void Svg_NoSamples_IsAPicture()
    {
        using var symbols = new SymbolCache();
        var document = new XmlDocument { XmlResolver = null };
        document.LoadXml(Written(output => FlameGraph.Write(FlameNode.Of(new Profile(), symbols), "none", output)));

        Assert.Equal("svg", document.DocumentElement?.Name);
    }

    [Fact]
    public async Task Svg_Frames_ThinnerThanAnyPixel_AreLeftOut()
    {
        var names = new FakeSymbols { [1] = new Symbol("wide", "", 0), [2] = new Symbol("thin", "", 0) };
        var kit = new ProfileKit();
        kit.Add(user: [2]);
        for (int i = 0; i < 50_000; i++)
        {
            kit.Add(user: [1]);
        }

        using SymbolCache symbols = await kit.ResolveAsync(names);
        string svg = Written(output => FlameGraph.Write(FlameNode.Of(kit.Profile, symbols), "box", output));

        Assert.Contains("\"wide\"", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("\"thin\"", svg, StringComparison.Ordinal);
    }

    private static string Written(Action<ArrayBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
