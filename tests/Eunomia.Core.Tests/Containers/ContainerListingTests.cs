using Eunomia.Core.Containers;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Containers;

/// <summary>What a snapshot's records make of containers.</summary>
public sealed class ContainerListingTests
{
    private const ulong V2 = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec Init = new ProcessSpec(500, 5_000).In(V2) with { Vpid = 1 };
    private readonly PipelineFixture _fixture = new();

    private ContainerListing Listing => new(_fixture.Pipeline);

    [Fact]
    public void Row_Running_StartedWithItsInit()
    {
        ProcessSpec entered = new ProcessSpec(400, 1_000).In(V2);
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}").Exec(entered).Exec(Init.Child(501, 6_000)).Exec(Init));

        ContainerRow row = Assert.Single(Listing.Rows);
        Assert.Equal(ContainerState.Running, row.State);
        Assert.Equal(PipelineFixture.BootToUnixNs + 5_000, row.StartedUnixNs);
        Assert.Equal([400u, 500u, 501u], row.Pids);
        Assert.Null(row.CreatedUnixNs);
    }

    [Fact]
    public void Row_WithTheHostsPids_StartedWithItsOldestProcess()
    {
        ProcessSpec process = Init with { Pidns = TestHost.PidNamespace, Vpid = 500 };
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}").Exec(process.Child(501, 6_000)).Exec(process));

        Assert.Equal(PipelineFixture.BootToUnixNs + 5_000, Assert.Single(Listing.Rows).StartedUnixNs);
    }

    [Theory]
    [InlineData("runc", "init")]
    [InlineData("/usr/bin/crun", "create")]
    public void Row_OnlyTheRuntimeWaitsInIt_IsCreated(params string[] args)
    {
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}").Exec(Init, new ExecSpec { Args = args }));

        ContainerRow row = Assert.Single(Listing.Rows);
        Assert.Equal((ContainerState.Created, null), (row.State, row.StartedUnixNs));
        Assert.Equal([500u], row.Pids);
    }

    [Fact]
    public void Row_NoProcessYet_IsCreated()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}"));

        ContainerRow row = Assert.Single(Listing.Rows);
        Assert.Equal((ContainerState.Created, 0), (row.State, row.Pids.Count));
        Assert.NotNull(row.CreatedUnixNs); // seen
    }

    [Fact]
    public void Row_UnrecognisedInTheHostsMounts_Runs()
    {
        _fixture.Snapshot(r => r.Mkdir(V2, "/strange").Exec(Init with { Mntns = TestHost.MountNamespace }));

        ContainerRow row = Assert.Single(Listing.Rows);
        Assert.Equal((ContainerState.Running, PipelineFixture.BootToUnixNs + 5_000), (row.State, row.StartedUnixNs));
    }

    [Fact]
    public void Rows_Removed_AreNotListed()
    {
        _fixture.Apply(r => r.Mkdir(V2, $"/docker/{Web}").Exec(Init).Exit(Init).Rmdir(V2, $"/docker/{Web}"));

        Assert.Empty(Listing.Rows);
    }

    [Fact]
    public void Rows_Nested_HaveTheirOwnProcessesOnly()
    {
        string inner = TestHost.Id("99aa");
        _fixture.Snapshot(r => r
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{Web}/docker/{inner}", V2)
            .Exec(Init).Exec(new ProcessSpec(600, 7_000).In(V2 + 1)));

        Assert.Equal([500u], Listing.Rows.Single(row => row.Container.Id == Web).Pids);
        Assert.Equal([600u], Listing.Rows.Single(row => row.Container.Id == inner).Pids);
        Assert.True(Listing.TryGetProcess(600, out ContainerRow? row));
        Assert.Equal(Web, row?.Container.Parent?.Id);
    }

    [Fact]
    public void TryGetProcess_OfTheHostOrNone_SaysWhich()
    {
        _fixture.Snapshot(r => r.Exec(new ProcessSpec(10, 10)));

        Assert.True(Listing.TryGetProcess(10, out ContainerRow? row));
        Assert.Null(row);
        Assert.False(Listing.TryGetProcess(11, out _));
    }

    [Fact]
    public void Find_ExactName_GoesBeforeWhatOnlyBeginsSo()
    {
        string second = TestHost.Id("3f5d");
        _fixture.Snapshot(r => r.Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{second}"));
        _fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web"));
        _fixture.Pipeline.Containers.SetMetadata(second, new ContainerMetadata(Name: "web-2"));

        Assert.Equal([Web], Find("web"));
        Assert.Equal([second], Find("web-"));
        Assert.Equal([Web, second], Find("3f5").Order());
        Assert.Equal([Web], Find("3f5c"));
        Assert.Equal([Web], Find(Web));
        Assert.Empty(Find("3f"));
        Assert.Empty(Find("b"));
    }

    private IEnumerable<string> Find(string text) =>
        Listing.Find(PipelineFixture.Selector(text)).Select(row => row.Container.Id);
}
