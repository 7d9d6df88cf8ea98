using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Exports;

public sealed class AlertFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Path => _folder.File("alerts.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Send_NoFile_MakesOneThatOthersCannotRead()
    {
        await SendOnce(1, 3);

        Assert.Equal(["Alert 1", "Alert 2", "Alert 3"], Read(Path));
        Assert.Equal(UnixFileMode.None, new FileInfo(Path).UnixFileMode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Theory]
    [InlineData("{\"time\":\"2026")]
    [InlineData("x")]
    public async Task Send_TornLastLine_IsCutOff(string torn)
    {
        await SendOnce(1, 2);
        await File.AppendAllTextAsync(Path, torn + new string('y', 10_000));

        await SendOnce(3, 3);

        Assert.Equal(["Alert 1", "Alert 2", "Alert 3"], Read(Path));
    }

    [Fact]
    public async Task Send_NothingButATornLine_IsCutOff()
    {
        await File.WriteAllTextAsync(Path, "{\"torn");

        await SendOnce(1, 1);

        Assert.Equal(["Alert 1"], Read(Path));
    }

    [Fact]
    public async Task Send_Large_IsRenamedAndTheOldestGo()
    {
        using AlertFileTransport file = Create(new AlertFileOptions(Path) { LargestSize = 4096, Keep = 3 });

        for (int n = 1; n <= 400; n += 10)
        {
            await Send(file, n, n + 9);
        }

        string[] files = [Path + ".3", Path + ".2", Path + ".1", Path];
        Assert.All(files, name => Assert.InRange(new FileInfo(name).Length, 1, 4096));
        Assert.False(File.Exists(Path + ".4"));
        string[] kept = [.. files.SelectMany(Read)];
        Assert.Equal(Enumerable.Range(401 - kept.Length, kept.Length).Select(n => $"Alert {n}"), kept);
    }

    [Fact]
    public async Task Send_GapAmongTheRenamed_LosesNone()
    {
        using AlertFileTransport file = Create(new AlertFileOptions(Path) { LargestSize = 4096, Keep = 5 });
        await File.WriteAllTextAsync(Path + ".1", "one");
        await File.WriteAllTextAsync(Path + ".3", "three");

        for (int n = 1; n <= 30; n += 10)
        {
            await Send(file, n, n + 9);
        }

        Assert.Equal("one", await File.ReadAllTextAsync(Path + ".2"));
        Assert.Equal("three", await File.ReadAllTextAsync(Path + ".3"));
    }

    [Fact]
    public async Task Send_MovedAway_GoesOnInANewOne()
    {
        using AlertFileTransport file = Create();
        await Send(file, 1, 1);
        File.Move(Path, Path + ".old");

        await Send(file, 2, 2);

        Assert.Equal(["Alert 2"], Read(Path));
    }

    [Fact]
    public async Task Send_FileOfAnother_IsRefusedUntilThatOneEnds()
    {
        using AlertFileTransport second = Create();
        using (AlertFileTransport first = Create())
        {
            await Send(first, 1, 1);
            await Assert.ThrowsAsync<IOException>(() => Send(second, 2, 2));
            Assert.NotNull(AlertFileLock.WhyNot(Path));
        }

        Assert.Null(AlertFileLock.WhyNot(Path));
        await Send(second, 2, 2);

        Assert.Equal(["Alert 1", "Alert 2"], Read(Path));
    }

    private static string[] Read(string path) =>
        [.. File.ReadAllLines(path).Select(line => AlertJsonReader.Read(System.Text.Encoding.UTF8.GetBytes(line))!.Output)];

    private static Task Send(AlertFileTransport file, int first, int last) =>
        file.SendAsync([.. Enumerable.Range(first, last - first + 1).Select(SampleAlerts.Numbered)], CancellationToken.None);

    private async Task SendOnce(int first, int last)
    {
        using AlertFileTransport file = Create();
        await Send(file, first, last);
    }

    private AlertFileTransport Create(AlertFileOptions? options = null) => new(options ?? new AlertFileOptions(Path));
}
