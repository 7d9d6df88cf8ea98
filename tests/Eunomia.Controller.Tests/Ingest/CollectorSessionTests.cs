using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Ingest;

public sealed class CollectorSessionTests
{
    private static readonly EventFilter FilesAndTcp = new(EventKinds.FilesTracker.Union(EventKinds.TcpConnectTracker));

    [Fact]
    public async Task Run_StoppedAfterEvents_DeliversAllAndBalances()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10), fixture.ExecRecord(11));
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(12));

        SessionResult result = await fixture.StopAsync();

        Assert.Equal([10u, 11u, 12u], fixture.Output.Events.Select(seen => seen.Pid));
        LedgerRow row = Assert.Single(result.Ledger.Rows);
        Assert.Equal((3ul, 3ul, 0ul), (row.Offered, row.Delivered, row.Lost));
        Assert.True(result.IsPerfect);
        Assert.Empty(fixture.Observer.Notices);
    }

    [Fact]
    public async Task Run_Subscribes_WithTheAbiTheFamilyAndTheVariables()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            adjust: options => options with { EnvironmentNames = ["PATH"] });

        SubscribeRequest request = await fixture.Collector.Subscribed;

        Assert.Equal(RecordAbi.Version, request.AbiVersion);
        Assert.Equal([Family.Process], request.Families);
        Assert.Equal(["PATH"], request.EnvironmentNames);
        Assert.False(request.Filter.ByCgroup || request.Filter.ByPid);
    }

    [Fact]
    public async Task Run_FilesAndTcp_SubscribesToThemAndToProcesses()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            FilesAndTcp, adjust: options => options with { RawPaths = true, Interval = TimeSpan.FromSeconds(1.5) });

        SubscribeRequest request = await fixture.Collector.Subscribed;

        Assert.Equal([Family.Process, Family.File, Family.Net], request.Families);
        Assert.Equal(0x3fffc0ul | (1ul << (int)EventKind.FileMknod), request.Kinds);
        Assert.Equal((true, 1_500u), (request.RawPaths, request.ReportIntervalMs.Max()));
    }

    [Fact]
    public async Task Run_NamedContainerIsNotThere_SaysThatItWaits()
    {
        Assert.True(ContainerSelector.TryParse("later", out ContainerSelector? later, out _));
        await using SessionFixture fixture = await SessionFixture.StartedAsync(new EventFilter(EventKinds.ProcessTracker, [later]));

        await fixture.Observer.NoticedAsync("there is no container 'later' yet; waiting for it");
    }

    [Fact]
    public async Task Run_OnlyCgroupsWanted_NeedsNoTracker()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            new EventFilter(EventKindSet.Of(EventKind.CgroupMkdir)), collector => Impair(collector, 1, FamilyState.Off));

        Assert.Equal([Family.Process], (await fixture.Collector.Subscribed).Families);
        Assert.False((await fixture.StopAsync()).IsPerfect);
    }

    [Fact]
    public async Task Run_FileRecordsLost_AreNoReasonToListAnew()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(FilesAndTcp);
        fixture.Collector.Lose((uint)EventKind.FileOpen, 1_000);
        byte[] open = fixture.Records.FileOpen(new ProcessSpec(10, 10), new FileOpenSpec { Raw = "/a" }).Take();
        fixture.Collector.Send((uint)EventKind.FileOpen, open);
        await fixture.Output.CountAsync(1);

        await fixture.StopAsync();

        Assert.Equal(1, fixture.Collector.Snapshots);
    }

    [Fact]
    public async Task Run_LossReported_StandsInTheLedger()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        fixture.Records.Skip(5);
        fixture.Collector.Lose(SessionFixture.Exec, 5);
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(11));

        SessionResult result = await fixture.StopAsync();

        LedgerRow row = Assert.Single(result.Ledger.Rows);
        Assert.Equal((7ul, 2ul, 5ul), (row.Offered, row.Delivered, row.LostByPlace.Ring));
        Assert.True(result.Ledger.Balanced);
        Assert.False(result.IsPerfect);
    }

    [Fact]
    public async Task Run_CollectorCountedBefore_FirstBatchIsTheBaseLine()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            prepare: collector => collector.Lose(SessionFixture.Exec, 1000));
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));

        SessionResult result = await fixture.StopAsync();

        Assert.Equal((1ul, 0ul), (result.Ledger.Rows[0].Offered, result.Ledger.Rows[0].Lost));
    }

    [Fact]
    public async Task Run_FinalBatchMissing_IsSaidAndNotPerfect()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            prepare: collector => collector.SendsFinalBatch = false);
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await fixture.Output.CountAsync(1);

        SessionResult result = await fixture.StopAsync();

        Assert.False(result.IsComplete);
        Assert.False(result.IsPerfect);
        Assert.Contains(fixture.Observer.Notices, notice => notice.Contains("without a final batch", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_CollectorSilentAfterUnsubscribe_EndsByItself()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            prepare: collector => collector.EndsStream = false,
            adjust: options => options with { DrainTimeout = TimeSpan.FromMilliseconds(100) });

        SessionResult result = await fixture.StopAsync();

        Assert.False(result.IsComplete);
        Assert.Contains(fixture.Observer.Notices, notice => notice.Contains("final batch in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OtherAbi_FailsWithBothNumbers()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector => collector.Status.AbiVersion = 7);
        fixture.Start();

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.AbiMismatch, error.Fault);
        Assert.Contains("ABI 7", error.Message, StringComparison.Ordinal);
        Assert.Contains($"ABI {RecordAbi.Version}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoppedBeforeTheFirstBatch_IsCancelled()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector => collector.Attaches = false);
        fixture.Start();
        await fixture.Collector.Subscribed;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(fixture.StopAsync);
    }

    [Fact]
    public async Task Run_FirstBatchNeverComes_FailsAsSilent()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector => collector.Attaches = false);
        fixture.Start(adjust: options => options with { AttachTimeout = TimeSpan.FromMilliseconds(100) });

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.Silent, error.Fault);
    }

    [Fact]
    public async Task Run_WantedFamilyOff_FailsWithItsReason()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector => Impair(collector, 1, FamilyState.Off));
        fixture.Start();

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.TrackerOff, error.Fault);
        Assert.Contains("process tracker is off: no BTF", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EveryWantedFamilyOff_FailsWithAllReasons()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector =>
        {
            Impair(collector, 2, FamilyState.Off);
            Impair(collector, 3, FamilyState.Off);
        });
        fixture.Start(FilesAndTcp);

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.TrackerOff, error.Fault);
        Assert.Equal("the files tracker is off: no BTF; the tcpconnect/udp/dns tracker is off: no BTF", error.Message);
    }

    [Fact]
    public async Task Run_FamilyTheCollectorDoesNotName_IsOff()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            FilesAndTcp, collector => collector.Status.Families.RemoveAt(2));

        SessionResult result = await fixture.StopAsync();

        Assert.True(result.MissedSomething);
        Assert.Equal(["the files tracker is off: this collector does not have it"], fixture.Observer.Notices);
    }

    [Theory]
    [InlineData("not wanted", 2)]
    [InlineData("not wanted either", 3)]
    public async Task Run_FamilyNobodyWantsOff_IsNoMatter(string name, int family)
    {
        Assert.NotEmpty(name);
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            prepare: collector => Impair(collector, family, FamilyState.Off));

        Assert.True((await fixture.StopAsync()).IsPerfect);
        Assert.Empty(fixture.Observer.Notices);
    }

    [Theory]
    [InlineData(0, FamilyState.Off, false)]
    [InlineData(0, FamilyState.Degraded, false)]
    [InlineData(1, FamilyState.Degraded, false)]
    [InlineData(1, FamilyState.Off, true)]
    [InlineData(2, FamilyState.Off, true)]
    [InlineData(3, FamilyState.Off, true)]
    [InlineData(3, FamilyState.Degraded, true)]
    public async Task Run_FamilyImpaired_GoesOnAndSaysSo(int family, FamilyState state, bool filesAndTcp)
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            filesAndTcp ? FilesAndTcp : null, collector => Impair(collector, family, state));

        SessionResult result = await fixture.StopAsync();

        Assert.True(result.MissedSomething);
        Assert.False(result.IsPerfect);
        Assert.Contains(fixture.Observer.Notices, notice => notice.Contains("no BTF", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_MalformedRecords_AreCounted()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.Send(SessionFixture.Exec, [1, 2, 3]);

        SessionResult result = await fixture.StopAsync();

        Assert.Equal(1ul, result.Ledger.Malformed);
        Assert.False(result.IsPerfect);
    }

    [Fact]
    public async Task Run_Snapshot_IsKnownBeforeTheFirstEvent()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync();
        fixture.Records.Flags = RecordTraits.Snapshot;
        fixture.Collector.SnapshotRecords.Add(fixture.Records.Mkdir(0x77, "/docker/" + TestHost.Id("abc")).Take());
        fixture.Records.Flags = RecordTraits.None;
        fixture.Collector.Send(
            SessionFixture.Exec, fixture.Records.Exec(new ProcessSpec(50, 50).In(0x77)).Take());

        fixture.Start(new EventFilter(EventKindSet.Of(EventKind.ProcessExec)));
        await fixture.Output.CountAsync(1);

        Assert.Equal(TestHost.Id("abc"), fixture.Output.Events[0].ContainerId);
    }

    [Fact]
    public async Task Run_LifeCycleRecordsLost_ListsAnewWhatRuns()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            new EventFilter(EventKindSet.Of(EventKind.ProcessExec)));
        fixture.Collector.SnapshotRecords.Add(
            new RecordBuilder { Flags = RecordTraits.Snapshot }.Mkdir(0x77, "/docker/" + TestHost.Id("abc")).Take());
        fixture.Collector.Lose(SessionFixture.Mkdir, 1);
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await Eventually.TrueAsync(
            () => fixture.Collector.Inspected.Contains(TestHost.Id("abc")), "the container whose creation was lost is known");

        fixture.Collector.Send(SessionFixture.Exec, fixture.Records.Exec(new ProcessSpec(50, 50).In(0x77)).Take());
        await fixture.Output.CountAsync(2);

        Assert.Equal(TestHost.Id("abc"), fixture.Output.Events[1].ContainerId);
    }

    [Fact]
    public async Task Run_StoppedWhileListingAnew_EndsAllTheSame()
    {
        await using SessionFixture fixture = await SessionFixture.StartedAsync();
        fixture.Collector.SnapshotGate = new TaskCompletionSource().Task;
        fixture.Collector.Lose(SessionFixture.Mkdir, 1);
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await Eventually.TrueAsync(() => fixture.Collector.Snapshots == 2, "what runs is listed anew");

        SessionResult result = await fixture.StopAsync();

        Assert.True(result.IsComplete);
        Assert.Single(fixture.Output.Events);
    }

    [Fact]
    public async Task Run_SlowOutput_HoldsTheCollectorBack()
    {
        const int Batches = 600;
        await using SessionFixture fixture = await SessionFixture.StartedAsync(
            new EventFilter(EventKindSet.Of(EventKind.ProcessExec)));
        fixture.Output.Block();
        byte[] filler = fixture.Records.Unknown(60, 30_000).Take();
        for (uint i = 0; i < Batches; i++)
        {
            fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(100 + i), filler, filler, filler, filler);
        }

        int written = await Eventually.SettledAsync(() => fixture.Collector.BatchesWritten);
        Assert.InRange(written, 1, Batches - 1);

        fixture.Output.Unblock();
        await fixture.Output.CountAsync(Batches);
        SessionResult result = await fixture.StopAsync();
        Assert.Equal(Batches, fixture.Output.Events.Count);
        Assert.True(result.IsComplete);
    }

    [Fact]
    public async Task Run_StoppedWhileOutputIsBlocked_StillDrains()
    {
        var time = new FakeTimeProvider();
        await using SessionFixture fixture = await SessionFixture.StartedAsync(time: time);
        fixture.Output.Block();
        fixture.Collector.Send(SessionFixture.Exec, fixture.ExecRecord(10));
        await fixture.Output.Blocked;

        Task<SessionResult> end = fixture.StopAsync();
        await fixture.Collector.Unsubscribed;
        time.Advance(TimeSpan.FromHours(1)); // much longer than a collector may be silent
        fixture.Output.Unblock();

        Assert.True((await end).IsComplete);
        Assert.Single(fixture.Output.Events);
    }

    private static void Impair(FakeCollector collector, int family, FamilyState state)
    {
        collector.Status.Families[family].State = state;
        collector.Status.Families[family].Reason = "no BTF";
    }
}
