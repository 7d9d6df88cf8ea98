using System.Buffers;
using System.Text;
using Eunomia.Cli.Output;
using Eunomia.Controller.Tests.Fakes;

namespace Eunomia.Cli.Tests.Output;

public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;

    public OutputFileTests() => _path = _folder.File("file");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_MoreThanTheBuffer_ArrivesWholeAndInOrder()
    {
        byte[] expected = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n")));
        using (OutputFile file = OutputFile.Create(_path))
        {
            foreach (byte[] piece in expected.Chunk(777))
            {
                file.Write(piece);
            }
        }

        Assert.Equal(expected, File.ReadAllBytes(_path));
    }

    [Fact]
    public void GetSpan_LargerThanTheBuffer_IsGranted()
    {
        using (OutputFile file = OutputFile.Create(_path))
        {
            file.Write("first"u8);
            Assert.True(file.GetSpan(1_000_000).Length >= 1_000_000);
            file.Write("second"u8);
        }

        Assert.Equal("firstsecond", File.ReadAllText(_path));
    }

    [Fact]
    public void Create_FileThatIsThere_IsEmptied()
    {
        File.WriteAllText(_path, "old and long");
        using (OutputFile file = OutputFile.Create(_path))
        {
            file.Write("new"u8);
        }

        Assert.Equal("new", File.ReadAllText(_path));
    }

    [Fact]
    public void Create_Directory_IsRefused()
    {
        CommandException error = Assert.Throws<CommandException>(() => OutputFile.Create("/tmp"));

        Assert.Equal("cannot write /tmp: Is a directory", error.Message);
    }

    [Fact]
    public void Flush_DiskFull_TellsOnceAndThrowsTheRestAway()
    {
        using OutputFile file = OutputFile.Create("/dev/full");
        int told = 0;
        file.Failed.Register(() => told++);
        file.Write("x"u8);
        file.Flush();
        file.Write(new byte[1_000_000]);
        file.Flush();

        Assert.Equal(1, told);
        Assert.False(file.ReaderIsGone);
        Assert.Equal("cannot write /dev/full: No space left on device", file.FailureException().Message);
    }
}
