using Eunomia.Controller.Hosting;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Tests.Api;

public sealed class AlertStreamTests
{
    [Fact]
    public async Task ListAlerts_EveryField_SurvivesTheWay()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        Alert sent = FakeDetection.Alert(container: TestKit.TestHost.Id("3f5c")) with
        {
            Fix = "do not",
            Count = 3,
            LastUnixNs = 2_000,
            Actions = ["kill"],
            Truncated = ["args"],
        };
        fixture.Detection.Fire(sent);

        (IReadOnlyList<Alert> alerts, ulong forgotten) = await fixture.Client.ListAlertsAsync(AlertFilter.Any, default);

        Alert got = Assert.Single(alerts);
        Assert.Equivalent(sent, got, strict: true);
        Assert.Equal(0ul, forgotten);
    }

    [Fact]
    public async Task ListAlerts_Filters_AllCount()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        fixture.Detection.Fire(FakeDetection.Alert("a", RulePriority.Critical, 100, "3f5cff"));
        fixture.Detection.Fire(FakeDetection.Alert("b", RulePriority.Notice, 200));
        fixture.Detection.Fire(FakeDetection.Alert("c", RulePriority.Debug, 300, "aaaa"));

        Assert.Equal(["a"], await RulesAsync(fixture, new AlertFilter { LeastPriority = RulePriority.Error }));
        Assert.Equal(["b", "c"], await RulesAsync(fixture, new AlertFilter { SinceUnixNs = 200 }));
        Assert.Equal(["b"], await RulesAsync(fixture, new AlertFilter { Rules = ["B"] }));
        Assert.Equal(["a"], await RulesAsync(fixture, new AlertFilter { Containers = [Selector("3f5c")] }));
        Assert.Equal(["a", "c"], await RulesAsync(fixture, new AlertFilter { Containers = [Selector("web")] }));
    }

    [Fact]
    public async Task StreamAlerts_Follows_WhatWasAndWhatComes()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        fixture.Detection.Fire(FakeDetection.Alert("before"));
        List<string> seen = [];
        using var over = new CancellationTokenSource();
        Task following = fixture.Client.FollowAlertsAsync(
            AlertFilter.Any, newOnly: false, (alerts, _) =>
            {
                lock (seen)
                {
                    seen.AddRange(alerts.Select(alert => alert.Rule));
                }
            }, over.Token);
        await Eventually.TrueAsync(() => Count(seen) == 1, "what is kept comes");

        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(9)); // the rule 'first' fires
        await Eventually.TrueAsync(() => Count(seen) == 2, "the new one comes");
        await over.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Within(following));
        Assert.Equal(["before", "first"], seen);
    }

    [Fact]
    public async Task AlertHub_KeepsTheLast_AndCountsTheRest()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        for (int i = 0; i < AlertHub.Kept + 7; i++)
        {
            fixture.Detection.Fire(FakeDetection.Alert($"r{i}"));
        }

        (IReadOnlyList<Alert> alerts, ulong forgotten) = await fixture.Client.ListAlertsAsync(AlertFilter.Any, default);

        Assert.Equal((AlertHub.Kept, 7ul, "r7"), (alerts.Count, forgotten, alerts[0].Rule));
    }

    [Fact]
    public async Task AlertHub_SlowClient_LosesForItself()
    {
        var hub = new AlertHub(TimeProvider.System, []);
        AlertStream slow = Assert.IsType<AlertStream>(hub.Open(AlertFilter.Any, newOnly: true, 0));
        AlertStream quick = Assert.IsType<AlertStream>(hub.Open(AlertFilter.Any, newOnly: true, 0));
        int received = 0;
        for (int i = 0; i < 5_000; i++)
        {
            hub.Publish(FakeDetection.Alert());
            received += (await quick.TakeAsync(10, default)).Count;
        }

        Assert.Equal(5_000, received);
        Assert.Equal((5_000ul, 3_000ul), (slow.Account.Offered, slow.Lost));
        Assert.Equal(0ul, quick.Lost);
    }

    private static ContainerSelector Selector(string text) =>
        ContainerSelector.TryParse(text, out ContainerSelector? selector, out _) ? selector : throw new ArgumentException(text);

    private static async Task<string[]> RulesAsync(DaemonFixture fixture, AlertFilter filter) =>
        [.. (await fixture.Client.ListAlertsAsync(filter, default)).Alerts.Select(alert => alert.Rule)];

    private static int Count(List<string> list)
    {
        lock (list)
        {
            return list.Count;
        }
    }
}
