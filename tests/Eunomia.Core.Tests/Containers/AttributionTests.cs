using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Containers;

/// <summary>Which container an event belongs to.</summary>
public sealed class AttributionTests
{
    private const ulong V2 = 100;
    private static readonly ulong V1 = RecordAbi.CgroupKey(8, 200);
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec Inside = new ProcessSpec(500, 1_000).In(V2);
    private readonly PipelineFixture _fixture = new(new EventFilter(EventKinds.ProcessTracker));

    [Fact]
    public void Process_InARecognisedCgroup_BelongsToItsContainer()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Exec(Inside with { Pidns = TestHost.PidNamespace }));

        Assert.Equal(Web, _fixture.Sink.Events[^1].ContainerId);
        Assert.Equal("docker", _fixture.Sink.Events[^1].Json.GetProperty("container").GetProperty("runtime").GetString());
    }

    [Fact]
    public void Cgroups_OfTwoHierarchies_AreOneContainerAndOneCreation()
    {
        _fixture.Apply(r => r
            .Mkdir(V1, $"/docker/{Web}").Mkdir(V2, $"/docker/{Web}").Exec(Inside).Exec(Inside.In(V1)));

        Assert.Single(_fixture.Asked);
        Assert.Equal([Web], _fixture.Pipeline.Containers.All.Select(c => c.Id));
        Assert.Single(_fixture.Sink.Events, e => e.Kind == EventKind.ContainerCreate);
        Assert.All(_fixture.Sink.Events, e => Assert.Equal(Web, e.ContainerId));
        Assert.Equal([V1, V2], _fixture.Pipeline.Containers.All.Single().CgroupKeys);
    }

    [Fact]
    public void Cgroup_BelowAContainer_IsTheContainersAndNoCreation()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{Web}/init.scope", V2).Exec(Inside.In(V2 + 1)));

        Assert.Equal(["container.create 3f5c", "container.start 3f5c", "process.exec 3f5c"], _fixture.Seen());
    }

    [Fact]
    public void Exit_AfterRmdirWithinTheGrace_BelongsToTheContainer()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Exec(Inside).Rmdir(V2, $"/docker/{Web}").After(TimeSpan.FromSeconds(80)).Exit(Inside));

        Assert.Equal(Web, _fixture.Sink.Events[^1].ContainerId);
    }

    [Fact]
    public void Container_AfterTheGrace_IsForgotten()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Rmdir(V2, $"/docker/{Web}").After(TimeSpan.FromSeconds(91)).Exec(new ProcessSpec(9, 9)));

        Assert.Equal((0, 0), (_fixture.Pipeline.Containers.Count, _fixture.Pipeline.Containers.CgroupCount));
        Assert.False(_fixture.Pipeline.Containers.TryGet(Web, out _));
    }

    [Fact]
    public void Process_InANestedContainer_BelongsToTheInnermostWithItsParent()
    {
        string inner = TestHost.Id("99aa");
        _fixture.Apply(r => r
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{Web}/docker/{inner}", V2).Exec(Inside.In(V2 + 1)));

        Assert.Equal(inner, _fixture.Sink.Events[^1].ContainerId);
        Assert.True(_fixture.Pipeline.Containers.TryGet(inner, out Container? container));
        Assert.Equal(Web, container.Parent?.Id);
    }

    [Theory]
    [InlineData("host path, own pid namespace", "/system.slice/x.service", 501u, null)]
    [InlineData("unknown path, host's pid namespace", "/mycontainer", TestHost.PidNamespace, null)]
    [InlineData("unknown path, own pid namespace", "/mycontainer", 501u, "mycontainer")]
    [InlineData("unknown path whose leaf cannot be an id", "/-odd name", 501u, "cgroup-path-64d4c78abb34bf95")]
    public void Process_InAnUnrecognisedCgroup_IsTheHostsOnlyWithTheHostsPids(string name, string path, uint pidns, string? expected)
    {
        Assert.NotEmpty(name);
        _fixture.Apply(r => r.Mkdir(V2, path).Exec(Inside.In(V2, pidns)));

        Assert.Equal(expected, _fixture.Sink.Events[^1].ContainerId);
    }

    [Fact]
    public void Process_WithTheHostsPidsInAnAnonymousContainersCgroup_IsTheHosts()
    {
        _fixture.Apply(r => r.Mkdir(V2, "/mycontainer").Exec(Inside).Exec(Inside.In(V2, TestHost.PidNamespace) with { Pid = 7 }));

        Assert.Equal(["mycontainer", null], _fixture.Sink.Events.Where(e => e.Kind == EventKind.ProcessExec).Select(e => e.ContainerId));
    }

    [Fact]
    public void Mkdir_BelowAContainerThatRanBefore_IsNoCreation()
    {
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}"));
        _fixture.Apply(r => r.Mkdir(V2 + 1, $"/docker/{Web}/init.scope", V2));

        Assert.Empty(_fixture.Sink.Events);
    }

    [Fact]
    public void Process_InACgroupNobodyToldOf_IsNeverTheHosts()
    {
        _fixture.Apply(r => r.Exec(Inside));

        Assert.Equal("cgroup-key-0000000000000064", _fixture.Sink.Events[^1].ContainerId);
        Assert.Equal(MetadataState.Unavailable, _fixture.Pipeline.Containers.All.Single().MetadataState);
    }

    [Fact]
    public void Process_MovedToACgroupNobodyToldOf_StaysInItsContainer()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Exec(Inside).Exec(Inside.In(12345)));

        Assert.Equal(Web, _fixture.Sink.Events[^1].ContainerId);
    }

    [Fact]
    public void Snapshot_OfACgroupMetBefore_GivesItsRealContainer()
    {
        _fixture.Apply(r => r.Exec(Inside));
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}"));
        _fixture.Apply(r => r.Exec(Inside));

        Assert.Equal(Web, _fixture.Sink.Events[^1].ContainerId);
        Assert.Equal([Web], _fixture.Pipeline.Containers.All.Select(c => c.Id));
    }

    [Fact]
    public void Snapshot_OfARemovedCgroup_DoesNotBringItBack()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Rmdir(V2, $"/docker/{Web}"));
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}"));

        Assert.True(_fixture.Pipeline.Containers.All.Single().IsRemoved);
    }

    [Fact]
    public void Mkdir_AfterItsOwnSnapshot_KeepsTheContainerAndItsMetadata()
    {
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}"));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web"));
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}"));

        Assert.Equal("web", _fixture.Pipeline.Containers.All.Single().Name);
        Assert.Equal(["container.create 3f5c"], _fixture.Seen());
        Assert.Single(_fixture.Asked);
    }

    [Fact]
    public void Cgroup_WhosePathWasCut_IsItsParents()
    {
        _fixture.Apply(r => r
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, "/docker/x/yyy", V2, Truncation.Cgroup).Exec(Inside.In(V2 + 1)));

        Assert.Equal(Web, _fixture.Sink.Events[^1].ContainerId);
    }

    [Fact]
    public void Cgroups_BelowAnAnonymousContainer_AreItsOwn()
    {
        _fixture.Apply(r => r
            .Mkdir(V2, "/mycontainer").Exec(Inside).Mkdir(V2 + 1, "/mycontainer/work", V2).Exec(Inside.In(V2 + 1)));

        Assert.All(_fixture.Sink.Events, e => Assert.Equal("mycontainer", e.ContainerId));
        Assert.Equal(["mycontainer"], _fixture.Asked);
    }

    [Fact]
    public void Metadata_Set_IsInTheNextEvent()
    {
        _fixture.Apply(r => r.Mkdir(V2, "/mycontainer").Exec(Inside));
        _fixture.Pipeline.Containers.SetMetadata("mycontainer", new ContainerMetadata("runc", "web", "alpine:3.19", "pod", "ns"));
        _fixture.Apply(r => r.Exec(Inside));

        Assert.Equal(
            """{"id":"mycontainer","name":"web","image":"alpine:3.19","runtime":"runc","pod":"pod","namespace":"ns"}""",
            _fixture.Sink.Events[^1].Json.GetProperty("container").GetRawText());
    }

    [Fact]
    public void Metadata_OfAnOuterContainer_IsNotLentToANestedOneWithItsId()
    {
        string evil = TestHost.Id("eeee");
        _fixture.Apply(r => r
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{evil}").Mkdir(V2 + 2, $"/docker/{evil}/docker/{Web}", V2 + 1)
            .Exec(Inside).Exec(Inside.In(V2 + 2)));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web"));

        Container[] claimants = [.. _fixture.Pipeline.Containers.All.Where(c => c.Id == Web)];
        Assert.Equal(["web", null], claimants.OrderBy(c => c.Parent is not null).Select(c => c.Name));
    }

    [Fact]
    public void Metadata_OfTheSystem_IsNotLentToAContainerInAUsersSlice()
    {
        _fixture.Apply(r => r
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/user.slice/user-1000.slice/user@1000.service/docker-{Web}.scope")
            .Exec(Inside).Exec(Inside.In(V2 + 1)));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web"));

        Assert.Equal(2, _fixture.Pipeline.Containers.Count);
        Assert.Equal(["web", null], _fixture.Pipeline.Containers.All.OrderBy(c => c.Owner).Select(c => c.Name));
        Assert.True(_fixture.Pipeline.Containers.TryGet(Web, out Container? found));
        Assert.Equal("web", found.Name);
    }

    [Theory]
    [InlineData("the user's own", "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-H.scope", "web")]
    [InlineData("another user's", "/user.slice/user-1001.slice/user@1001.service/user.slice/libpod-H.scope", null)]
    [InlineData("the system's", "/machine.slice/libpod-H.scope", null)]
    public void Metadata_OnAUsersWord_IsForThatUsersContainersOnly(string name, string path, string? expected)
    {
        Assert.NotEmpty(name);
        _fixture.Apply(r => r.Mkdir(V2, path.Replace("H", Web, StringComparison.Ordinal)).Exec(Inside));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web", OwnerUid: 1000));

        Assert.Equal(expected, _fixture.Pipeline.Containers.All.Single().Name);
        Assert.NotEqual(MetadataState.Pending, _fixture.Pipeline.Containers.All.Single().MetadataState);
    }

    [Theory]
    [InlineData("/docker/H", "podman", "podman")]
    [InlineData("/ci/H", "docker", "docker")]
    [InlineData("/ci/H", "runc", "runc")]
    [InlineData("/k8s.io/H", "runc", "containerd")]
    [InlineData("/libpod_parent/libpod-H", "crun", "podman")]
    public void Runtime_OfFilesAndPath_IsTheMoreExact(string path, string told, string expected)
    {
        _fixture.Apply(r => r.Mkdir(V2, path.Replace("H", Web, StringComparison.Ordinal)).Exec(Inside));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(told));

        Assert.Equal(expected, _fixture.Pipeline.Containers.All.Single().Runtime);
    }

    [Fact]
    public void Containers_WhoseIdIsTheirName_HaveItWithoutAsking()
    {
        _fixture.Apply(r => r.Mkdir(V2, "/lxc.payload.web").Mkdir(V2 + 1, "/machine.slice/machine-db.scope"));

        Assert.Equal(["web", "db"], _fixture.Pipeline.Containers.All.Select(c => c.Name));
        Assert.All(_fixture.Pipeline.Containers.All, c => Assert.Equal(MetadataState.Known, c.MetadataState));
    }

    [Fact]
    public void AnonymousContainers_WithTheSameDirectoryName_AreTwo()
    {
        _fixture.Apply(r => r
            .Mkdir(V2, "/slurm/job_1/step_0").Mkdir(V2 + 1, "/slurm/job_2/step_0").Mkdir(V1, "/slurm/job_1/step_0")
            .Exec(Inside).Exec(Inside.In(V2 + 1)).Exec(Inside.In(V1)));

        string?[] ids = [.. _fixture.Sink.Events.Where(e => e.Kind == EventKind.ProcessExec).Select(e => e.ContainerId)];
        Assert.Equal("step_0", ids[0]);
        Assert.StartsWith("cgroup-path-", ids[1], StringComparison.Ordinal);
        Assert.Equal("step_0", ids[2]);
    }

    [Fact]
    public void Churn_ContainersRemoved_StaysBounded()
    {
        for (uint i = 0; i < 100_000; i++)
        {
            string id = i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
            ProcessSpec init = new ProcessSpec(i + 10, 1_000 + i).In(1_000 + i);
            _fixture.Apply(r => r
                .Mkdir(1_000 + i, $"/docker/{id}").Exec(init).Exit(init).Rmdir(1_000 + i, $"/docker/{id}"));
            Assert.Equal(id, _fixture.Sink.Events[^1].ContainerId);
            _fixture.Sink.Clear();
        }

        Assert.InRange(_fixture.Pipeline.Containers.Count, 1, ContainerTable.Tombstones + 1);
        Assert.InRange(_fixture.Pipeline.Containers.CgroupCount, 1, ContainerTable.Tombstones + 1);
        Assert.InRange(_fixture.Pipeline.Processes.Count, 1, 32_768);
        Assert.Equal(0UL, _fixture.Pipeline.Containers.Evicted);
    }

    [Fact]
    public void Churn_RmdirsLost_StaysBoundedAndCountsWhatItForgot()
    {
        for (uint i = 0; i < 100_000; i++)
        {
            string id = i.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
            _fixture.Apply(r => r.Mkdir(1_000 + i, $"/docker/{id}"));
            _fixture.Sink.Clear();
        }

        Assert.Equal(ContainerTable.DefaultCapacity, _fixture.Pipeline.Containers.Count);
        Assert.Equal(100_000UL - ContainerTable.DefaultCapacity, _fixture.Pipeline.Containers.Evicted);
    }

    [Fact]
    public void Table_Full_ForgetsWhatWasUsedLongestAgo()
    {
        var table = new PipelineFixture();
        table.Apply(r => r.Mkdir(V2, $"/docker/{Web}"));
        for (uint i = 0; i < ContainerTable.DefaultCapacity + 100; i++)
        {
            table.Apply(r => r.Mkdir(1_000 + i, $"/system.slice/{i}.service").Exec(Inside));
            table.Sink.Clear();
        }

        table.Apply(r => r.Exec(Inside));
        Assert.Equal(Web, table.Sink.Events[^1].ContainerId);
    }

    [Fact]
    public void CgroupSeen_OfAnUnrecognisedCgroup_WaitsUntilAProcessTells()
    {
        List<(ulong, string?)> seen = [];
        _fixture.Pipeline.Containers.CgroupSeen += (key, container) => seen.Add((key, container?.Id));
        _fixture.Apply(r => r.Mkdir(V2, "/mycontainer").Mkdir(5, "/system.slice").Mkdir(6, $"/docker/{Web}"));
        Assert.Equal([(5UL, null), (6UL, Web)], seen);

        _fixture.Apply(r => r.Exec(Inside));
        Assert.Equal((V2, "mycontainer"), seen[^1]);
    }
}
