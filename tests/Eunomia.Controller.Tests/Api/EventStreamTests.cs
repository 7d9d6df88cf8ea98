using Eunomia.Controller.Api;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.Protocol.V1;
using Eunomia.TestKit;
using EventBatch = Eunomia.Protocol.V1.EventBatch;

namespace Eunomia.Controller.Tests.Api;

public sealed class EventStreamTests
{
    private static StreamEventsRequest Execs { get; } = new() { Kinds = { "process.exec" } };

    [Fact]
    public async Task StreamEvents_AnExec_ArrivesTypedAndAsJson()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower follower = await fixture.FollowAsync(Execs);

        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(42, "/bin/echo"));
        await follower.CountAsync(1);

        Event e = Assert.Single(follower.Events);
        Assert.Equal(("process.exec", 42u), (e.Kind, e.Pid));
        Assert.Contains("\"exe\":\"/bin/echo\"", e.Json.ToStringUtf8(), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", e.Json.ToStringUtf8(), StringComparison.Ordinal);
        Assert.True(e.Text.IsEmpty);
        KindAccount account = Assert.IsType<KindAccount>(follower.Account("process.exec"));
        Assert.Equal((1ul, 0ul, 0ul), (account.Offered, account.LostBefore, account.LostHere));
    }

    [Fact]
    public async Task StreamEvents_WithTextStyle_HasTheLineToo()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        var request = new StreamEventsRequest(Execs) { Text = new TextStyle() };
        await using EventFollower follower = await fixture.FollowAsync(request);

        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(42, "/bin/echo"));
        await follower.CountAsync(1);

        Assert.Contains("process.exec", follower.Events.First().Text.ToStringUtf8(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamEvents_Filters_LetThroughWhatIsWanted()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower tree = await fixture.FollowAsync(new StreamEventsRequest(Execs) { Scope = new Scope { Pids = { 10 } } });
        await using EventFollower other = await fixture.FollowAsync(new StreamEventsRequest { Kinds = { "process.exit" } });
        var parent = new ProcessSpec(10, 10);
        ProcessSpec child = parent.Child(11, 11);

        fixture.Collector.Send(DaemonFixture.Exec, fixture.Records.Exec(parent).Take());
        fixture.Collector.Send((uint)EventKind.ProcessFork, fixture.Records.Fork(child).Take());
        fixture.Collector.Send((uint)EventKind.ProcessExit, fixture.Records.Exit(parent).Take());
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(99), fixture.Records.Exec(child).Take());
        await tree.CountAsync(2);
        await other.CountAsync(1);

        Assert.Equal([10u, 11u], tree.Events.Select(e => e.Pid)); // the child too, whose parent has ended
        Assert.Equal(["process.exit"], other.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task StreamEvents_OfAContainerByName_WaitForTheName()
    {
        string id = TestHost.Id("3f5c");
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        var gate = new TaskCompletionSource();
        fixture.Collector.InspectGate = gate.Task;
        fixture.Collector.Containers[id] = new InspectContainerResponse { Name = "web", Runtime = "docker" };
        await using EventFollower web = await fixture.FollowAsync(new StreamEventsRequest(Execs) { Scope = new Scope { Containers = { "web" } } });
        await using EventFollower db = await fixture.FollowAsync(new StreamEventsRequest(Execs) { Scope = new Scope { Containers = { "db" } } });
        await using EventFollower all = await fixture.FollowAsync(Execs);

        fixture.Collector.Send(
            (uint)EventKind.CgroupMkdir, fixture.Records.Mkdir(77, $"/system.slice/docker-{id}.scope").Take());
        fixture.Collector.Send(DaemonFixture.Exec, fixture.Records.Exec(new ProcessSpec(5, 5).In(77)).Take());
        await all.CountAsync(1);
        Assert.Empty(web.Events);
        gate.SetResult();
        await web.CountAsync(1);

        Assert.Equal(id, web.Events.First().Container.Id);
        Assert.Empty(db.Events);
        Assert.Equal(0ul, db.Account("process.exec")?.Offered ?? 0);
    }

    [Fact]
    public async Task StreamEvents_Condition_IsTheRulesBusiness()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        var request = new StreamEventsRequest { Kinds = { "process.exec", "process.exit" }, Condition = "exec" };
        await using EventFollower follower = await fixture.FollowAsync(request);

        fixture.Collector.Send((uint)EventKind.ProcessExit, fixture.Records.Exit(new ProcessSpec(3, 3)).Take());
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(4));
        await follower.CountAsync(1);

        Assert.Equal("process.exec", follower.Events.Single().Kind);
        ApiException error = await Assert.ThrowsAsync<ApiException>(
            () => fixture.FollowAsync(new StreamEventsRequest(Execs) { Condition = "proc.name =" }));
        Assert.Equal("condition: 1:1: only 'exec' is understood here", error.Message);
    }

    [Theory]
    [InlineData("process.exce", "", "", "kinds: unknown event 'process.exce'; allowed: ")]
    [InlineData("", "", "", "kinds: say at least one")]
    [InlineData("syscall.call", "opennat", "", "syscalls: there is no system call 'opennat', did you mean 'openat'?")]
    [InlineData("process.exec", "", "a b", "scope.containers: 'a b' cannot be a container's id or name")]
    public async Task StreamEvents_Mistakes_AreNamed(string kind, string syscall, string container, string message)
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        var request = new StreamEventsRequest { Scope = new Scope() };
        request.Kinds.AddRange(kind.Length > 0 ? [kind] : []);
        request.Syscalls.AddRange(syscall.Length > 0 ? [syscall] : []);
        request.Scope.Containers.AddRange(container.Length > 0 ? [container] : []);

        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.FollowAsync(request));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StreamEvents_KindsNobodyAskedFor_AttachAnewAndNarrowAgain()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        SubscribeRequest first = await fixture.Collector.Subscribed;
        Assert.Equal([Family.Process], first.Families);
        var always = new StreamEventsRequest();
        always.Kinds.AddRange(EventKinds.All.Where(EventKinds.ProcessTracker.Union(EventKinds.Common).Contains).Select(EventKinds.Name));
        await (await fixture.FollowAsync(always)).DisposeAsync(); // comes anyhow: nothing is attached for it
        Assert.Single(fixture.Collector.Subscriptions);

        fixture.Collector.BeginNextStream();
        EventFollower follower = await fixture.FollowAsync(new StreamEventsRequest { Kinds = { "file.open" } });
        Assert.Contains(Family.File, fixture.Collector.Subscriptions.Last().Families);
        Assert.Equal(EventKindSet.Of(EventKind.FileOpen, EventKind.EnforceDecision).RecordMask, fixture.Collector.Subscriptions.Last().Kinds);
        await follower.EndAsync();

        UpdateFilterRequest update = await Eventually.Within(fixture.Collector.Updates.Reader.ReadAsync().AsTask());
        Assert.Equal(EventKindSet.Of(EventKind.EnforceDecision).RecordMask, update.Kinds); // comes by itself
        Assert.Equal(2, fixture.Collector.Subscriptions.Count);
    }

    [Fact]
    public async Task StreamEvents_LostBeforeTheFilters_IsTold()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower follower = await fixture.FollowAsync(Execs);

        fixture.Collector.Lose(DaemonFixture.Exec, 5);
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(1));
        await Eventually.TrueAsync(() => follower.Account("process.exec")?.LostBefore == 5, "the loss is told");

        Assert.Equal(6ul, follower.Account("process.exec")?.Offered);
    }

    [Fact]
    public async Task StreamEvents_DaemonEnds_EndsWithTheAccount()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower follower = await fixture.FollowAsync(Execs);
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(1));

        await fixture.StopAsync();
        await follower.EndedAsync();

        Assert.Single(follower.Events);
        Assert.Equal(1ul, follower.Account("process.exec")?.Offered);
    }

    [Fact]
    public async Task EventStream_SlowClient_LosesForItselfAndIsCounted()
    {
        const int Events = 20_000;
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([]), new Ledger());
        var hub = new EventHub(new NoDetection(), "box", TimeProvider.System);
        var request = new EventRequest(new EventFilter(EventKindSet.Of(EventKind.ProcessExec)));
        EventStream slow = hub.Open(request, pipeline, new Ledger());
        EventStream quick = hub.Open(request, pipeline, new Ledger());
        var feeding = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(EventKinds.ProcessTracker), hub)]), new Ledger());
        var records = new RecordBuilder();
        int received = 0;

        for (uint pid = 1; pid <= Events; pid++)
        {
            feeding.Apply(records.Exec(new ProcessSpec(pid, pid)).Take(), 0);
            received += (await quick.TakeAsync(CancellationToken.None))?.Events.Count ?? 0;
        }
        hub.Complete();
        int late = 0;
        EventBatch last = slow.TakeAccount();
        while (await slow.TakeAsync(CancellationToken.None) is { } batch)
        {
            (last, late) = (batch, late + batch.Events.Count);
        }

        Assert.Equal(Events, received);
        KindAccount account = Assert.Single(last.Account);
        Assert.InRange(late, 1, Events - 1);
        Assert.Equal((ulong)Events, account.Offered);
        Assert.Equal((ulong)(Events - late), account.LostHere);
        Assert.Equal(0ul, quick.Account.Lost);
    }

    [Fact]
    public async Task StreamEvents_TooMany_AreRefused()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        List<EventFollower> followers = [];
        for (int i = 0; i < EventHub.MostStreams; i++)
        {
            followers.Add(await fixture.FollowAsync(Execs));
        }

        ApiException error = await Assert.ThrowsAsync<ApiException>(() => fixture.FollowAsync(Execs));
        Assert.Contains("16 clients follow events already", error.Message, StringComparison.Ordinal);
        await followers[0].EndAsync();
        await Eventually.TrueAsync(() => fixture.Daemon.StreamCount == EventHub.MostStreams - 1, "its place is free");
        followers.Add(await fixture.FollowAsync(Execs));
        foreach (EventFollower follower in followers)
        {
            await follower.DisposeAsync();
        }
    }
}
