using System.Text;
using Eunomia.Core.Output;

namespace Eunomia.Core.Tests.Output;

public sealed class LexicalPathTests
{
    [Theory]
    [InlineData("absolute", "/srv", "/etc/passwd", "/etc/passwd")]
    [InlineData("absolute without a directory", "", "/etc/passwd", "/etc/passwd")]
    [InlineData("relative", "/srv", "a/b", "/srv/a/b")]
    [InlineData("relative to the root", "/", "a", "/a")]
    [InlineData("here", "/srv/x", ".", "/srv/x")]
    [InlineData("here in between", "/srv", "./a/./b/.", "/srv/a/b")]
    [InlineData("up", "/srv/x", "..", "/srv")]
    [InlineData("up and down", "/srv/x", "../y/z/../w", "/srv/y/w")]
    [InlineData("up to the root", "/srv", "..", "/")]
    [InlineData("up from the root", "/", "..", "/")]
    [InlineData("far above the root", "/srv", "../../../etc", "/etc")]
    [InlineData("above the root, absolute", "/srv", "/../../etc/../..", "/")]
    [InlineData("the root itself", "/srv", "/", "/")]
    [InlineData("slashes doubled", "/srv/", "a//b///c", "/srv/a/b/c")]
    [InlineData("slashes in front", "/srv", "//etc//x", "/etc/x")]
    [InlineData("slash at the end", "/srv", "a/", "/srv/a")]
    [InlineData("names that only begin with dots", "/srv", "..a/.b/...", "/srv/..a/.b/...")]
    [InlineData("blanks are a name", "/srv", " ", "/srv/ ")]
    [InlineData("nothing passed", "/srv", "", null)]
    [InlineData("directory unknown", "", "a", null)]
    [InlineData("directory that is not reachable", "(unreachable)/x", "a", null)]
    public void TryWrite_Path_IsNormalised(string name, string directory, string raw, string? expected)
    {
        Assert.NotEmpty(name);
        var path = new Utf8Buffer();
        path.Append("left over from before"u8);

        Assert.Equal(expected is not null, LexicalPath.TryWrite(path, Encoding.UTF8.GetBytes(directory), Encoding.UTF8.GetBytes(raw)));
        if (expected is not null)
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(path.Written));
        }
    }

    [Fact]
    public void TryWrite_BytesThatAreNotText_AreKept()
    {
        var path = new Utf8Buffer();
        Assert.True(LexicalPath.TryWrite(path, [(byte)'/', 0xff], [0xfe, (byte)'/', (byte)'.', (byte)'.', (byte)'/', 0xfd]));

        Assert.Equal([(byte)'/', 0xff, (byte)'/', 0xfd], path.Written.ToArray());
    }
}
