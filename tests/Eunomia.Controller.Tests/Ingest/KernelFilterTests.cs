using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;
using Grpc.Core;

namespace Eunomia.Controller.Tests.Ingest;

/// <summary>What a session tells the kernel's filter, and when.</summary>
public sealed class KernelFilterTests
{
    private const ulong Web = 0x71;
    private const ulong Other = 0x72;
    private const ulong Late = 0x73;

    [Fact]
    public async Task Container_RunsAlreadyAndMatchesById_IsAdded()
    {
        await using SessionFixture fixture = await StartedAsync("abc", collector => { });

        await UntilAsync(fixture, update => update.AddCgroupKeys.Contains(Web));

        Assert.True((await fixture.Collector.Subscribed).Filter.ByCgroup);
        await UntilAsync(fixture, update => update.RemoveCgroupKeys.Contains(Other));
    }

    /// <summary>What happens between the snapshot and the answer is not missed.</summary>
    [Fact]
    public async Task Container_RunsAlreadyAndMayHaveTheName_IsAddedBeforeTheNameIsKnown()
    {
        var never = new TaskCompletionSource();
        await using SessionFixture fixture = await StartedAsync("web", collector => collector.InspectGate = never.Task);

        UpdateFilterRequest update = await fixture.NextUpdateAsync();

        Assert.Equal([Web, Other], update.AddCgroupKeys.Order());
    }

    [Fact]
    public async Task Container_RunsAlreadyAndHasAnotherName_IsRemoved()
    {
        await using SessionFixture fixture = await StartedAsync("web", collector =>
            collector.Containers[TestHost.Id("abc")] = new InspectContainerResponse { Runtime = "docker", Name = "db" });

        await UntilAsync(fixture, update => update.RemoveCgroupKeys.Contains(Web));
    }

    [Fact]
    public async Task Container_NewAndWithAnotherName_PassesUntilTheNameIsKnown()
    {
        await using SessionFixture fixture = await StartedAsync("web", collector =>
            collector.Containers[TestHost.Id("eee")] = new InspectContainerResponse { Runtime = "docker", Name = "db" });
        var gate = new TaskCompletionSource();
        fixture.Collector.InspectGate = gate.Task;
        fixture.Collector.Send(SessionFixture.Mkdir, fixture.Records.Mkdir(Late, "/docker/" + TestHost.Id("eee")).Take());
        fixture.Collector.Send(SessionFixture.Exec, fixture.Records.Exec(new ProcessSpec(60, 60).In(Late)).Take());
        await Eventually.TrueAsync(() => fixture.Collector.Inspected.Contains(TestHost.Id("eee")), "the new container is asked for");
        Assert.Empty(fixture.Output.Events);

        gate.SetResult();

        await UntilAsync(fixture, update => update.RemoveCgroupKeys.Contains(Late));
        Assert.Empty(fixture.Output.Events);
    }

    [Fact]
    public async Task Container_NewAndWithTheName_ItsHeldEventsComeWithoutAnotherBatch()
    {
        await using SessionFixture fixture = await StartedAsync("web", collector =>
            collector.Containers[TestHost.Id("eee")] = new InspectContainerResponse { Runtime = "docker", Name = "web" });
        var gate = new TaskCompletionSource();
        fixture.Collector.InspectGate = gate.Task;
        fixture.Collector.Send(SessionFixture.Mkdir, fixture.Records.Mkdir(Late, "/docker/" + TestHost.Id("eee")).Take());
        fixture.Collector.Send(SessionFixture.Exec, fixture.Records.Exec(new ProcessSpec(60, 60).In(Late)).Take());
        await Eventually.TrueAsync(() => fixture.Collector.Inspected.Contains(TestHost.Id("eee")), "the new container is asked for");

        gate.SetResult();

        await fixture.Output.CountAsync(2);
        Assert.All(fixture.Output.Events, seen => Assert.Contains("\"name\":\"web\"", seen.Line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CgroupOfTheHost_New_IsRemoved()
    {
        await using SessionFixture fixture = await StartedAsync("abc", collector => { });

        fixture.Collector.Send(SessionFixture.Mkdir, fixture.Records.Mkdir(Late, "/system.slice/cron.service").Take());

        await UntilAsync(fixture, update => update.RemoveCgroupKeys.Contains(Late));
    }

    [Fact]
    public async Task Process_DescendantsThatRunAlready_AreAdded()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync();
        fixture.Records.Flags = RecordTraits.Snapshot;
        fixture.Collector.SnapshotRecords.Add(fixture.Records
            .Exec(new ProcessSpec(100, 1))
            .Exec(new ProcessSpec(101, 2) { Ppid = 100 })
            .Exec(new ProcessSpec(500, 3)).Take());
        fixture.Records.Flags = RecordTraits.None;
        fixture.Start(new EventFilter(EventKinds.ProcessTracker, pids: [100]));

        UpdateFilterRequest update = await fixture.NextUpdateAsync();

        Filter filter = (await fixture.Collector.Subscribed).Filter;
        Assert.True(filter.ByPid);
        Assert.Equal([100u], filter.Pids);
        Assert.Equal([101u], update.AddPids);
    }

    [Fact]
    public async Task Process_ManyDescendants_GoInRequestsTheCollectorTakes()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync();
        fixture.Records.Flags = RecordTraits.Snapshot;
        fixture.Records.Exec(new ProcessSpec(100, 1));
        for (uint pid = 1000; pid < 1600; pid++)
        {
            fixture.Records.Exec(new ProcessSpec(pid, pid) { Ppid = 100 });
        }
        fixture.Collector.SnapshotRecords.Add(fixture.Records.Take());
        fixture.Start(new EventFilter(EventKinds.ProcessTracker, pids: [100]));
        await fixture.Observer.IsReady;

        fixture.Collector.Updates.Writer.Complete();
        List<UpdateFilterRequest> updates = await fixture.Collector.Updates.Reader.ReadAllAsync().ToListAsync();

        Assert.All(updates, update => Assert.InRange(update.AddPids.Count, 1, 256));
        Assert.Equal(600, updates.SelectMany(update => update.AddPids).Distinct().Count());
    }

    [Fact]
    public async Task Update_FilterFull_CountsAsMissed()
    {
        await using SessionFixture fixture = await StartedAsync("abc", collector =>
            collector.UpdateFailure = new Status(StatusCode.ResourceExhausted, "the filter is full"));

        await fixture.Observer.NoticedAsync("the filter is full");

        Assert.True((await fixture.StopAsync()).MissedSomething);
    }

    [Fact]
    public async Task Reconnect_SelectedContainers_AreInTheNewSubscription()
    {
        await using SessionFixture fixture = await StartedAsync("abc", collector => { });
        await UntilAsync(fixture, update => update.RemoveCgroupKeys.Contains(Other));

        await using FakeCollector second = await fixture.ReplaceCollectorAsync();

        Assert.Equal([Web], (await Eventually.Within(second.Subscribed)).Filter.CgroupKeys);
    }

    private static async Task<SessionFixture> StartedAsync(string container, Action<FakeCollector> prepare)
    {
        Assert.True(ContainerSelector.TryParse(container, out ContainerSelector? selector, out _));
        var records = new RecordBuilder { Flags = RecordTraits.Snapshot };
        byte[] snapshot = records
            .Mkdir(Web, "/docker/" + TestHost.Id("abc"))
            .Mkdir(Other, "/docker/" + TestHost.Id("ddd")).Take();
        return await SessionFixture.StartedAsync(
            new EventFilter(EventKinds.ProcessTracker, [selector]),
            collector =>
            {
                collector.SnapshotRecords.Add(snapshot);
                prepare(collector);
            });
    }

    private static async Task UntilAsync(SessionFixture fixture, Func<UpdateFilterRequest, bool> wanted)
    {
        while (!wanted(await fixture.NextUpdateAsync()))
        {
        }
    }
}
