using System.Text;
using Eunomia.Controller.Exports.Spooling;
using Eunomia.Controller.Tests.Fakes;

namespace Eunomia.Controller.Tests.Exports;

public sealed class SpoolTests : IDisposable
{
    private const long Size = 80 << 10;
    private readonly TempFolder _folder = new();

    private string Folder => _folder.File("spool");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AfterReopening_GoesOnBehindWhatIsDone()
    {
        using (Spool spool = Open(1 << 20))
        {
            Append(spool, 1, 5000);
            SpoolBatch batch = spool.Read(10)!;
            spool.Done(batch, 4);
        }

        using Spool next = Open(1 << 20);
        Assert.Equal(4996, next.Recovered);
        Assert.Equal(Texts(5, 5000), Drain(next));
        Assert.Equal(0, next.Waiting);
    }

    [Fact]
    public void Files_AllDone_AreGone()
    {
        using Spool spool = Open(1 << 20);
        Append(spool, 1, 50_000);
        Assert.True(Segments().Length > 3);

        Drain(spool);

        Assert.Single(Segments());
    }

    [Fact]
    public void Open_LastRecordCutAnywhere_LosesThatOneOnly()
    {
        using (Spool spool = Open())
        {
            Append(spool, 1, 3);
        }
        byte[] whole = File.ReadAllBytes(Segments().Single());
        int record = 8 + "record 3".Length;
        for (int cut = 1; cut < record; cut++)
        {
            Directory.Delete(Folder, recursive: true);
            Directory.CreateDirectory(Folder);
            File.WriteAllBytes(Path.Combine(Folder, "000000000001.seg"), whole[..^cut]);
            using (Spool spool = Open())
            {
                Assert.Equal((2, 0), (spool.Recovered, spool.LostCorrupt));
                Append(spool, 4, 4);
            }
            using Spool next = Open();
            Assert.Equal(["record 1", "record 2", "record 4"], Drain(next));
            Assert.Equal(0, next.LostCorrupt);
        }
    }

    [Fact]
    public void Open_AnyByteChanged_LosesNothingInFrontAndReturnsNothingWrong()
    {
        using (Spool spool = Open())
        {
            Append(spool, 1, 5);
        }
        byte[] whole = File.ReadAllBytes(Segments().Single());
        int record = 8 + "record 1".Length;
        for (int at = 0; at < whole.Length; at++)
        {
            Directory.Delete(Folder, recursive: true);
            Directory.CreateDirectory(Folder);
            byte[] changed = [.. whole];
            changed[at] ^= 0x40;
            File.WriteAllBytes(Path.Combine(Folder, "000000000001.seg"), changed);
            using Spool spool = Open();
            Assert.Equal(Texts(1, at / record), Drain(spool));
        }
    }

    [Fact]
    public void Open_MiddleSegmentDamaged_CountsAndGoesOn()
    {
        using (Spool spool = Open(1 << 20))
        {
            Append(spool, 1, 30_000);
        }
        string[] segments = Segments();
        File.WriteAllText(segments[1], "this is no segment");

        using Spool next = Open(1 << 20);
        string[] read = [.. Drain(next)];

        Assert.Equal(1, next.LostCorrupt);
        Assert.Equal("record 1", read[0]);
        Assert.Equal("record 30000", read[^1]);
        Assert.Equal(next.Recovered, read.Length + next.LostCorrupt);
    }

    [Fact]
    public void Read_DamagedWhileOpen_CountsWhatIsLost()
    {
        using Spool spool = Open();
        Append(spool, 1, 10);
        File.WriteAllText(Segments().Single(), "");

        Assert.Null(spool.Read(100));
        Assert.Equal((10, 0), (spool.LostCorrupt, spool.Waiting));
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345678901234567890")]
    public void Open_PositionUnusable_ReturnsEverything(string content)
    {
        using (Spool spool = Open())
        {
            Append(spool, 1, 10);
            spool.Done(spool.Read(5)!, 5);
        }
        File.WriteAllText(Path.Combine(Folder, "position"), content);

        using Spool next = Open();
        Assert.Equal(Texts(1, 10), Drain(next));
    }

    [Fact]
    public void Append_Full_GivesUpTheOldestButNotWhatIsBeingDelivered()
    {
        using Spool spool = Open();
        Append(spool, 1, 10);
        SpoolBatch batch = spool.Read(10)!;

        Append(spool, 11, 20_000);

        Assert.True(batch.IsDropped);
        spool.Done(batch, 10);
        string[] rest = [.. Drain(spool)];
        Assert.Equal("record 20000", rest[^1]);
        Assert.Equal(20_000, rest.Length + 10 + spool.LostFull);
    }

    [Fact]
    public void Append_LargerThanASegment_ComesBackWhole()
    {
        using Spool spool = Open(1 << 20);
        string large = new('x', 3 << 20);
        spool.Append([Encoding.UTF8.GetBytes(large)], out Exception? failure);

        Assert.Null(failure);
        Assert.Equal([large], Drain(spool));
    }

    private static IEnumerable<string> Texts(int first, int last) => Enumerable.Range(first, last - first + 1).Select(n => $"record {n}");

    private static void Append(Spool spool, int first, int last)
    {
        ReadOnlyMemory<byte>[] records = [.. Texts(first, last).Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text)))];
        Assert.Equal(records.Length, spool.Append(records, out Exception? failure));
        Assert.Null(failure);
    }

    private static List<string> Drain(Spool spool)
    {
        List<string> read = [];
        while (spool.Read(100) is { } batch)
        {
            read.AddRange(batch.Payloads.Select(payload => Encoding.UTF8.GetString(payload.Span)));
            spool.Done(batch, batch.Payloads.Count);
        }
        return read;
    }

    private string[] Segments() => [.. Directory.GetFiles(Folder, "*.seg").Order(StringComparer.Ordinal)];

    private Spool Open(long size = Size) => new(Folder, size);
}
