using System.Text.Json;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Containers;

/// <summary>container.create, container.start, container.exit.</summary>
public sealed class LifecycleTests
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly string Path = $"/docker/{Web}";

    /// <summary>The process that becomes init: first the runtime's, in the host's mount namespace.</summary>
    private static readonly ProcessSpec RuntimeInit = new ProcessSpec(500, 1_000) { Vpid = 1 }.In(Key, mntns: TestHost.MountNamespace);

    private static readonly ProcessSpec Init = RuntimeInit.In(Key);
    private readonly PipelineFixture _fixture = new(new EventFilter(EventKindSet.Of(
        EventKind.ContainerCreate, EventKind.ContainerStart, EventKind.ContainerExit)));

    [Fact]
    public void Container_WholeLife_IsToldOnceEach()
    {
        _fixture.Apply(r => r
            .Mkdir(Key, Path).Fork(RuntimeInit).Exec(RuntimeInit, RuncInit()).Exec(Init).Exec(Init)
            .Exit(Init, code: 7).Rmdir(Key, Path));

        Assert.Equal(["container.create", "container.start", "container.exit"], _fixture.Sink.Names);
        Assert.All(_fixture.Sink.Events, e => Assert.Equal(Web, e.ContainerId));
        Assert.Equal(7, _fixture.Sink.Events[2].Json.GetProperty("result").GetInt32());
        Assert.Equal(500, _fixture.Sink.Events[1].Json.GetProperty("process").GetProperty("pid").GetInt32());
        Assert.False(_fixture.Sink.Events[0].Json.TryGetProperty("process", out _));
    }

    [Theory]
    [InlineData("the runtime tells")]
    [InlineData("nobody tells")]
    [InlineData("the container is gone")]
    public void Start_ThatAwaitsMetadata_ComesWhenItIsDecided(string how)
    {
        var fixture = new PipelineFixture(new EventFilter(EventKindSet.Of(EventKind.ContainerStart, EventKind.ContainerExit)) { AwaitsMetadata = true });
        fixture.Apply(r => r.Mkdir(Key, Path).Fork(RuntimeInit).Exec(Init));
        Assert.Empty(fixture.Sink.Events);

        switch (how)
        {
            case "the runtime tells":
                fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web-1"));
                break;
            case "nobody tells":
                fixture.Pipeline.Containers.SetMetadataFailed(Web);
                break;
            default:
                fixture.Pipeline.Complete();
                break;
        }

        Assert.Equal("container.start", Assert.Single(fixture.Sink.Names));
        fixture.Apply(r => r.Exit(Init));
        Assert.Equal(["container.start", "container.exit"], fixture.Sink.Names);
    }

    [Fact]
    public void Start_WithTheHostsPidNamespace_IsStillTheFirstExecInItsOwnMountNamespace()
    {
        ProcessSpec init = Init with { Pidns = TestHost.PidNamespace, Vpid = 500 };
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(init).Exit(init));

        Assert.Equal(["container.create", "container.start", "container.exit"], _fixture.Sink.Names);
    }

    [Fact]
    public void Start_InTheHostsMountNamespace_IsTheRuntimesWhateverItIsCalled()
    {
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(RuntimeInit, new ExecSpec { Args = ["crun", "create"] }));

        Assert.Equal(["container.create"], _fixture.Sink.Names);
    }

    [Fact]
    public void Start_OfTheRuntimeInARootlessMountNamespace_IsNotTheContainers()
    {
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(Init.In(Key, mntns: 77), RuncInit()));
        Assert.Equal(["container.create"], _fixture.Sink.Names);

        _fixture.Apply(r => r.Exec(Init));
        Assert.Equal(["container.create", "container.start"], _fixture.Sink.Names);
    }

    [Fact]
    public void Exit_OfAnotherProcess_IsNotTheContainers()
    {
        ProcessSpec other = Init.Child(600, 2_000);
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(Init).Fork(other).Exec(other).Exit(other));

        Assert.Equal(["container.create", "container.start"], _fixture.Sink.Names);
    }

    [Fact]
    public void Exit_OfAnInitNeverSeen_IsTheRmdir()
    {
        _fixture.Apply(r => r.Mkdir(Key, Path).Mkdir(Key + 1, Path).Rmdir(Key, Path));
        Assert.Equal(["container.create"], _fixture.Sink.Names);

        _fixture.Apply(r => r.Rmdir(Key + 1, Path));
        Assert.Equal(["container.create", "container.exit"], _fixture.Sink.Names);
        JsonElement exit = _fixture.Sink.Events[^1].Json;
        Assert.False(exit.TryGetProperty("process", out _));
        Assert.False(exit.TryGetProperty("result", out _));
    }

    [Fact]
    public void Container_ThatRanBefore_HasNoStartButAnExit()
    {
        ProcessSpec worker = Init.Child(600, 2_000) with { Vpid = 7 };
        _fixture.Snapshot(r => r.Mkdir(Key, Path).Exec(worker).Exec(Init));
        _fixture.Apply(r => r.Exec(worker).Exit(worker).Exit(Init, signal: 9));

        Assert.Equal(["container.exit"], _fixture.Sink.Names);
        Assert.Equal("SIGKILL", _fixture.Sink.Events[0].Json.GetProperty("exit").GetProperty("signal").GetString());
    }

    [Fact]
    public void Start_SeenLiveBehindASnapshotThatKnewIt_IsToldAllTheSame()
    {
        _fixture.Snapshot(r => r.Mkdir(Key, Path).Exec(Init));
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(Init).Exit(Init));

        Assert.Equal(["container.create", "container.start", "container.exit"], _fixture.Sink.Names);
    }

    [Fact]
    public void Container_StartedAgain_LivesTwice()
    {
        ProcessSpec second = Init with { Pid = 700, StartNs = 9_000 };
        _fixture.Apply(r => r.Mkdir(Key, Path).Exec(Init).Exit(Init).Rmdir(Key, Path));
        _fixture.Apply(r => r.Mkdir(Key + 1, Path).Exec(second.In(Key + 1)).Exit(second.In(Key + 1)).Rmdir(Key + 1, Path));

        string[] once = ["container.create", "container.start", "container.exit"];
        Assert.Equal([.. once, .. once], _fixture.Sink.Names);
        Assert.Single(_fixture.Asked);
    }

    [Fact]
    public void Container_NobodyRecognised_StartsAndEnds()
    {
        _fixture.Apply(r => r.Mkdir(Key, "/mycontainer").Exec(Init).Exit(Init).Rmdir(Key, "/mycontainer"));

        Assert.Equal(["container.start", "container.exit"], _fixture.Sink.Names);
        Assert.All(_fixture.Sink.Events, e => Assert.Equal("mycontainer", e.ContainerId));
    }

    [Fact]
    public void Session_WithAPidNamespaceOfItsOwn_HasNoExitWithoutAStart()
    {
        _fixture.Snapshot(r => r.Mkdir(Key, "/app-browser.scope"));
        _fixture.Apply(r => r.Fork(Init).Rmdir(Key, "/app-browser.scope"));

        Assert.Empty(_fixture.Sink.Events);
    }

    private static ExecSpec RuncInit() => new() { Exe = "/", Filename = "/dev/fd/6", Args = ["runc", "init"] };
}
