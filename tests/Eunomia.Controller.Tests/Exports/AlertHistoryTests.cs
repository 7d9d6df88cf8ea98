using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Rules.Alerts;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Exports;

public sealed class AlertHistoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private AlertFileOptions Options => new(_folder.File("alerts.jsonl")) { LargestSize = 4096, Keep = 3 };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_SeveralFiles_GivesTheLastOnesInOrder()
    {
        await Write(1, 60);
        Assert.True(File.Exists(Options.Numbered(2)));

        Assert.Equal(Texts(11, 60), Texts(AlertHistory.Read(Options, 50)));
    }

    [Fact]
    public async Task Read_MoreWantedThanThereAre_GivesAll()
    {
        await Write(1, 30);

        Assert.Equal(Texts(1, 30), Texts(AlertHistory.Read(Options, 1000)));
    }

    [Fact]
    public async Task Read_TornForeignAndDoubleLines_AreLeftOut()
    {
        await Write(1, 2);
        string last = File.ReadLines(Options.Path).Last();
        await File.AppendAllTextAsync(Options.Path, $"not an alert\n\n{last}\n{{\"time\":\"2026");

        Assert.Equal(Texts(1, 2), Texts(AlertHistory.Read(Options, 1000)));
    }

    [Fact]
    public void Read_NoFile_GivesNone() => Assert.Empty(AlertHistory.Read(Options, 1000));

    [Fact]
    public void Hub_EarlierAlerts_AreListedButNotCounted()
    {
        Alert[] earlier = [.. Enumerable.Range(1, AlertHub.Kept + 5).Select(SampleAlerts.Numbered)];
        var hub = new AlertHub(TimeProvider.System, earlier);
        hub.Publish(SampleAlerts.Numbered(AlertHub.Kept + 6));

        (IReadOnlyList<Alert> alerts, ulong forgotten) = hub.List(AlertFilter.Any);

        Assert.Equal(Texts(7, AlertHub.Kept + 6), Texts(alerts));
        Assert.Equal((1ul, 1ul), (hub.Total, forgotten));
    }

    private static IEnumerable<string> Texts(int first, int last) => Enumerable.Range(first, last - first + 1).Select(n => $"Alert {n}");

    private static IEnumerable<string> Texts(IEnumerable<Alert> alerts) => alerts.Select(alert => alert.Output);

    private async Task Write(int first, int last)
    {
        using var file = new AlertFileTransport(Options);
        for (int n = first; n <= last; n++)
        {
            await file.SendAsync([SampleAlerts.Numbered(n)], CancellationToken.None);
        }
    }
}
