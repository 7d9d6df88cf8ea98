using Eunomia.Controller.Exports;
using Eunomia.Controller.Exports.AlertFiles;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Terminal;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Rules;
using Eunomia.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Exports;

public sealed class AlertOutputsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly GatedStream _stdout = new();
    private readonly RecordingObserver _observer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _followed = [];

    private string File => _folder.File("alerts.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Publish_StdoutTakesNothing_WaitsNeitherForItNorDoesAnotherOutput()
    {
        await using AlertOutputs outputs = Start();
        _stdout.Shut();

        await Eventually.Within(Task.Run(() => Publish(outputs, 1, 100)));
        await Eventually.TrueAsync(() => System.IO.File.Exists(File) && System.IO.File.ReadLines(File).Count() == 100, "the file has all");

        Assert.Equal(100, _followed.Count);
        Assert.Equal((100, 0, 100, 0), Account(outputs, "terminal"));
        _stdout.Open();
        await outputs.StopAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(100, _stdout.Lines.Length);
        Assert.Equal((100, 100, 0, 0), Account(outputs, "terminal"));
    }

    [Fact]
    public async Task Stop_StdoutTakesMoreInTheEnd_WritesAllThatWaits()
    {
        await using AlertOutputs outputs = Start();
        _stdout.Shut();
        Publish(outputs, 1, 100);

        Task stopping = outputs.StopAsync(TimeSpan.FromSeconds(20));
        Assert.False(stopping.IsCompleted);
        _stdout.Open();
        await Eventually.Within(stopping);

        Assert.All(Enumerable.Range(1, 100).Zip(_stdout.Lines), pair => Assert.EndsWith($" Alert {pair.First}", pair.Second, StringComparison.Ordinal));
        Assert.Equal((100, 100, 0, 0), Account(outputs, "terminal"));
    }

    [Fact]
    public async Task Stop_StdoutTakesNothingMore_CountsWhatIsLost()
    {
        await using AlertOutputs outputs = Start();
        _stdout.Shut();
        Publish(outputs, 1, 100);

        await Eventually.Within(outputs.StopAsync(TimeSpan.Zero));

        Assert.Equal((100, 0, 0, 100), Account(outputs, "terminal"));
        _stdout.Open();
    }

    [Fact]
    public async Task Publish_StdoutTakesNothingForLong_IsToldAndLosesTheOldest()
    {
        await using AlertOutputs outputs = Start();
        _stdout.Shut();
        Publish(outputs, 1, 1);
        await AdvanceUntil(() => !_observer.Messages.IsEmpty);
        Assert.Equal(["failed terminal: has taken nothing for 10 s"], _observer.Messages);

        Publish(outputs, 2, 20_000);
        (long received, long delivered, long waiting, long lost) = Account(outputs, "terminal");
        Assert.Equal((20_000, 0), (received, delivered));
        Assert.True(lost > 1000, $"{lost}");
        Assert.Equal(received, waiting + lost);
        _stdout.Open();
        await outputs.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Equal("works terminal", _observer.Messages.Last());
        Assert.EndsWith(" Alert 1", _stdout.Lines[0], StringComparison.Ordinal); // once, though it took long
        Assert.EndsWith(" Alert 20000", _stdout.Lines[^1], StringComparison.Ordinal);
        Assert.Equal(20_000 - lost, _stdout.Lines.Length);
    }

    [Fact]
    public async Task Publish_StdoutTakesHalfALine_WritesItAgainOnItsOwn()
    {
        await using AlertOutputs outputs = Start(isJson: true);
        _stdout.FailAfter(10);

        Publish(outputs, 1, 2);
        await AdvanceUntil(() => _stdout.Lines.Length == 3);

        Assert.Equal([null, "Alert 1", "Alert 2"], _stdout.Lines.Select(line => AlertJsonReader.Read(System.Text.Encoding.UTF8.GetBytes(line))?.Output));
        Assert.Equal(["failed terminal: disk full", "works terminal"], _observer.Messages);
    }

    [Fact]
    public async Task Publish_TerminalOff_HasNoAccount()
    {
        await using AlertOutputs outputs = Start(isOn: false);
        Publish(outputs, 1, 1);
        await outputs.StopAsync(TimeSpan.FromSeconds(20));

        Assert.Empty(_stdout.Lines);
        Assert.Equal(["file"], outputs.Status.Select(status => status.Name));
    }

    private static void Publish(AlertOutputs outputs, int first, int last)
    {
        for (int n = first; n <= last; n++)
        {
            outputs.Publish(SampleAlerts.Numbered(n) with { Priority = RulePriority.Critical }); // which are not collapsed
        }
    }

    private static (long Received, long Delivered, long Waiting, long Lost) Account(AlertOutputs outputs, string name)
    {
        DeliveryStatus status = outputs.Status.Single(status => status.Name == name);
        return (status.Received, status.Delivered, status.Waiting, status.Lost);
    }

    private async Task AdvanceUntil(Func<bool> condition) => await Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "as time goes on");

    private AlertOutputs Start(bool isOn = true, bool isJson = false)
    {
        var options = new AlertOptions
        {
            SpoolFolder = _folder.File("spool"),
            Terminal = new TerminalOptions { Enabled = isOn, IsJson = isJson },
            File = new AlertFileOptions(File),
        };
        return AlertOutputs.Start(options, new AlertOutputsContext
        {
            Time = _time,
            Observer = _observer,
            Stdout = _stdout,
            Follower = alert => _followed.Add(alert.Output),
        });
    }
}
