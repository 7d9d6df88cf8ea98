using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Rules;
using Eunomia.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Exports;

public sealed class AlertDeliveryTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);
    private readonly TempFolder _folder = new();
    private readonly RecordingObserver _observer = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Offer_GoodTransport_TakesAllInOrder()
    {
        var transport = new FakeTransport();
        await using AlertDelivery delivery = Start(transport);

        Offer(delivery, 1, 100);
        await delivery.StopAsync(Long);

        Assert.Equal(Texts(1, 100), transport.Outputs);
        AssertAccount(delivery, received: 100, delivered: 100);
    }

    [Fact]
    public async Task Send_Failures_AreTriedAgainInOrderAndToldOnce()
    {
        var transport = new FakeTransport(most: 1);
        await using AlertDelivery delivery = Start(transport);
        for (int i = 0; i < 6; i++)
        {
            transport.Outcomes.Enqueue(new IOException("no"));
        }

        Offer(delivery, 1, 3);
        await AdvanceUntil(() => transport.Taken.Count == 3);

        Assert.Equal(Texts(1, 3), transport.Outputs);
        Assert.Equal(6, delivery.Status.Retried);
        Assert.Equal(["failed fake: no", "works fake"], _observer.Messages);
    }

    [Fact]
    public async Task Send_NeverAnswers_IsCutOffAndTriedAgain()
    {
        var transport = new FakeTransport { Gate = new TaskCompletionSource() };
        await using AlertDelivery delivery = Start(transport);

        Offer(delivery, 1, 1);
        await AdvanceUntil(() => transport.Attempts >= 3);
        transport.Gate.SetResult();
        await AdvanceUntil(() => transport.Taken.Count == 1);

        Assert.Contains("no answer within 10 s", _observer.Messages.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offer_DeadTransport_NeverWaitsAndKeepsAllForTheNextRun()
    {
        var dead = new FakeTransport { Gate = new TaskCompletionSource() };
        await using (AlertDelivery delivery = Start(dead))
        {
            Offer(delivery, 1, 5000);
            await Eventually.Within(delivery.SettledAsync());
            Assert.Equal(5000, delivery.Status.Waiting);
            await delivery.StopAsync(TimeSpan.Zero);
            AssertAccount(delivery, received: 5000, waiting: 5000);
        }

        var alive = new FakeTransport(most: 100);
        await using AlertDelivery next = Start(alive);
        Offer(next, 5001, 5010);
        await next.StopAsync(Long);

        Assert.Equal(Texts(1, 5010), alive.Outputs);
        AssertAccount(next, received: 10, recovered: 5000, delivered: 5010);
    }

    [Fact]
    public async Task Send_RefusedOne_IsCountedAndTheOthersOfItsBatchGoThrough()
    {
        var transport = new FakeTransport(most: 10)
        {
            Gate = new TaskCompletionSource(),
            Judge = alert => alert.Output == "Alert 5" ? new AlertRefusedException("bad") : null,
        };
        await using AlertDelivery delivery = Start(transport);
        Offer(delivery, 1, 10);
        await Eventually.Within(delivery.SettledAsync());

        transport.Gate.SetResult();
        await delivery.StopAsync(Long);

        Assert.Equal(Texts(1, 10).Where(text => text != "Alert 5"), transport.Outputs);
        Assert.Equal(1, delivery.Status.LostRefused);
        AssertAccount(delivery, received: 10, delivered: 9);
        Assert.Single(_observer.Messages, message => message.StartsWith("refused fake 00000005-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Offer_SpoolFull_LosesTheOldestAndCountsThem()
    {
        var transport = new FakeTransport(most: 100) { Gate = new TaskCompletionSource() };
        await using AlertDelivery delivery = Start(transport, options => options with { SpoolSize = 64 << 10 });

        for (int i = 1; i <= 600; i++)
        {
            Offer(delivery, i, i);
            await Eventually.Within(delivery.SettledAsync());
        }
        Assert.InRange(_folder.SizeOf("spool"), 1, (64 << 10) + 4096);
        transport.Gate.SetResult();
        await delivery.StopAsync(Long);

        Assert.True(delivery.Status.LostSpoolFull > 200, $"{delivery.Status}");
        Assert.Equal("Alert 600", transport.Outputs.Last());
        Assert.Equal(600 - delivery.Status.LostSpoolFull, transport.Taken.Count);
        AssertAccount(delivery, received: 600, delivered: transport.Taken.Count);
    }

    [Fact]
    public async Task Offer_NoSpoolAndDeadTransport_LosesTheOldestAndCountsThem()
    {
        var transport = new FakeTransport(most: 1) { Gate = new TaskCompletionSource() };
        await using AlertDelivery delivery = Start(transport, options => options with { SpoolFolder = null, MemorySize = 10_000 });

        Offer(delivery, 1, 1);
        await Eventually.TrueAsync(() => transport.Attempts == 1, "it is being sent");
        Offer(delivery, 2, 1000);
        Assert.True(delivery.Status.LostMemoryFull > 900);
        transport.Gate.SetResult();
        await delivery.StopAsync(Long);

        Assert.Equal("Alert 1", transport.Outputs.First());
        Assert.Equal("Alert 1000", transport.Outputs.Last());
        AssertAccount(delivery, received: 1000, delivered: transport.Taken.Count);
    }

    [Fact]
    public async Task Stop_NoSpoolAndDeadTransport_CountsWhatIsLost()
    {
        var transport = new FakeTransport { Gate = new TaskCompletionSource() };
        await using AlertDelivery delivery = Start(transport, options => options with { SpoolFolder = null });

        Offer(delivery, 1, 10);
        await delivery.StopAsync(TimeSpan.Zero);
        Offer(delivery, 11, 11);

        Assert.Equal(11, delivery.Status.LostAtEnd);
        AssertAccount(delivery, received: 11);
    }

    [Fact]
    public async Task Start_SpoolCannotBeOpened_ServesFromMemoryAndComesBack()
    {
        string blocker = _folder.File("spool");
        await File.WriteAllTextAsync(blocker, "in the way");
        var transport = new FakeTransport();
        await using AlertDelivery delivery = Start(transport);

        Offer(delivery, 1, 10);
        await Eventually.TrueAsync(() => transport.Taken.Count == 10, "all went through memory");
        Assert.NotNull(delivery.Status.SpoolFailure);
        File.Delete(blocker);
        await AdvanceUntil(() => delivery.Status.SpoolFailure is null);
        Offer(delivery, 11, 20);
        await delivery.StopAsync(Long);

        Assert.Equal(Texts(1, 20), transport.Outputs);
        Assert.StartsWith("failed fake spool: ", _observer.Messages.First(), StringComparison.Ordinal);
        Assert.Equal("works fake spool", _observer.Messages.Last());
        AssertAccount(delivery, received: 20, delivered: 20);
    }

    [Fact]
    public async Task Start_SpoolOfAnother_IsNotTouched()
    {
        var first = new FakeTransport { Gate = new TaskCompletionSource() };
        var second = new FakeTransport();
        await using AlertDelivery owner = Start(first);
        Offer(owner, 1, 10);
        await Eventually.Within(owner.SettledAsync());

        await using AlertDelivery other = Start(second);
        Offer(other, 11, 12);
        await Eventually.TrueAsync(() => second.Taken.Count == 2, "the second one delivers its own");

        Assert.Equal(Texts(11, 12), second.Outputs);
        Assert.Equal(10, owner.Status.Waiting);
    }

    [Theory]
    [InlineData(RulePriority.Critical, true, "Alert 1", "shell")]
    [InlineData(RulePriority.Warning, true, "Alert 1", "shell")]
    [InlineData(RulePriority.Notice, false, "Alert 1", "shell")]
    [InlineData(RulePriority.Warning, true, "Shell in container", "none")]
    [InlineData(RulePriority.Warning, false, "Other", "none")]
    public void Selection_PriorityAndRuleOrTag_Decide(RulePriority priority, bool wanted, string rule, string tag)
    {
        var selection = new AlertSelection { LeastPriority = RulePriority.Warning, Rules = ["Shell *"], Tags = ["shell"] };

        Assert.Equal(wanted, selection.Includes(SampleAlerts.Bare with { Priority = priority, Rule = rule, Tags = [tag] }));
    }

    private static IEnumerable<string> Texts(int first, int last) => Enumerable.Range(first, last - first + 1).Select(n => $"Alert {n}");

    private static void Offer(AlertDelivery delivery, int first, int last)
    {
        for (int n = first; n <= last; n++)
        {
            delivery.Offer(EncodedAlert.Of(SampleAlerts.Numbered(n)));
        }
    }

    private static void AssertAccount(AlertDelivery delivery, long received, long recovered = 0, long delivered = 0, long waiting = 0)
    {
        DeliveryStatus status = delivery.Status;
        Assert.Equal((received, recovered, delivered, waiting), (status.Received, status.Recovered, status.Delivered, status.Waiting));
        Assert.Equal(status.Received + status.Recovered, status.Delivered + status.Waiting + status.Lost);
    }

    private async Task AdvanceUntil(Func<bool> condition) => await Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "as time goes on");

    private AlertDelivery Start(FakeTransport transport, Func<DeliveryOptions, DeliveryOptions>? change = null)
    {
        var options = new DeliveryOptions { SpoolFolder = _folder.File("spool") };
        var delivery = new AlertDelivery(transport, change?.Invoke(options) ?? options, _time, _observer);
        delivery.Start();
        return delivery;
    }
}
