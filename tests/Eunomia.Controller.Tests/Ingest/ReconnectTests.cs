using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Ingest;

public sealed class ReconnectTests
{
    [Fact]
    public async Task Run_CollectorDiesAndComesBack_GoesOnWithAGap()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await fixture.Output.CountAsync(1);

        await using FakeCollector second = await fixture.ReplaceCollectorAsync(
            collector => collector.Lose(SessionFixture.Exec, 500));
        await Eventually.Within(second.Subscribed);
        var records = new RecordBuilder { NowNs = fixture.Records.NowNs + 1_000_000_000 };
        second.Send(SessionFixture.Exec, records.Exec(new ProcessSpec(20, 20)).Take());
        await fixture.Output.CountAsync(2);
        SessionResult result = await fixture.StopAsync();

        Assert.Equal([10u, 20u], fixture.Output.Events.Select(seen => seen.Pid));
        LedgerGap gap = Assert.Single(result.Ledger.Gaps);
        Assert.True(gap.FromUnixNs < gap.ToUnixNs);
        Assert.Equal((2ul, 2ul), (result.Ledger.Rows[0].Offered, result.Ledger.Rows[0].Delivered));
        Assert.True(result.IsComplete);
        Assert.False(result.IsPerfect);
        Assert.Contains(fixture.Observer.Notices, notice => notice.StartsWith("lost the collector", StringComparison.Ordinal));
        Assert.Contains(fixture.Observer.Notices, notice => notice.StartsWith("the collector is back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CollectorEndsTheStreamInOrder_GoesOnWithTheNext()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        fixture.Collector.EndInOrder();
        await fixture.Observer.NoticedAsync("lost the collector");

        await using FakeCollector second = await fixture.ReplaceCollectorAsync();
        await Eventually.Within(second.Subscribed);
        SessionResult result = await fixture.StopAsync();

        Assert.Equal(0ul, result.Ledger.Rows[0].Lost);
        Assert.True(result.IsComplete);
    }

    [Fact]
    public async Task Run_CollectorNeverComesBack_EndsWithTheAccount()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            adjust: options => options with { ReconnectTimeout = TimeSpan.FromMilliseconds(200) });
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await fixture.Output.CountAsync(1);

        await fixture.Collector.DieAsync();
        SessionResult result = await Eventually.Within(fixture.Session);

        Assert.Equal(CollectorFault.Gone, result.Failure?.Fault);
        Assert.Equal(1ul, result.Ledger.Rows[0].Delivered);
        Assert.Single(result.Ledger.Gaps);
    }

    [Fact]
    public async Task Run_StoppedWhileTheCollectorIsAway_EndsAtOnce()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        await fixture.Collector.DieAsync();
        await fixture.Observer.NoticedAsync("lost the collector");

        SessionResult result = await fixture.StopAsync();

        Assert.Null(result.Failure);
        Assert.False(result.IsComplete);
    }

    [Fact]
    public async Task Run_NextCollectorHasAnotherAbi_GivesUp()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();

        await using FakeCollector second = await fixture.ReplaceCollectorAsync(collector => collector.Status.AbiVersion = 9);
        SessionResult result = await Eventually.Within(fixture.Session);

        Assert.Equal(CollectorFault.AbiMismatch, result.Failure?.Fault);
    }

    [Fact]
    public async Task Run_TakenOver_EndsWithTheCollectorsWords()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();

        fixture.Collector.Fail(new Grpc.Core.Status(Grpc.Core.StatusCode.Aborted, "another controller took over"));
        SessionResult result = await Eventually.Within(fixture.Session);

        Assert.Contains("another controller took over", result.Failure?.Message, StringComparison.Ordinal);
    }
}
