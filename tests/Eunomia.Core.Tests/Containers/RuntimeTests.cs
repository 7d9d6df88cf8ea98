using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Containers;

/// <summary>Who works in a container on the runtime's behalf.</summary>
public sealed class RuntimeTests
{
    private const ulong Key = 100;
    private const uint Inner = 4026532700;
    private static readonly string Path = $"/docker/{TestHost.Id("3f5c")}";
    private static readonly ProcessSpec Shim = new(10, 500);
    private static readonly FileOpenSpec Page = new();
    private readonly List<(EventKind Kind, uint Pid, bool IsRuntime)> _seen = [];
    private readonly EventPipeline _pipeline;
    private readonly RecordBuilder _records = new();

    public RuntimeTests() => _pipeline = new EventPipeline(
        TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), new Sink(_seen))]), new Ledger());

    [Fact]
    public void ProcessThatIsPutIntoAContainer_IsTheRuntimes_UntilItRunsAProgramThere()
    {
        ProcessSpec runc = Shim.Child(20, 1_000);
        ProcessSpec inside = runc.In(Key, mntns: Inner);
        Apply(r => r.Exec(Shim).Mkdir(Key, Path).Fork(runc).FileOpen(inside, Page).Exec(inside).FileOpen(inside, Page));

        Assert.Equal([(EventKind.FileOpen, 20u, true), (EventKind.ContainerStart, 20u, false), (EventKind.ProcessExec, 20u, false), (EventKind.FileOpen, 20u, false)], Within(20)[1..]);
    }

    [Fact]
    public void ChildrenThatTheRuntimeMakesInside_AreTheRuntimesToo_AlsoWhenTheyRunItAnew()
    {
        ProcessSpec child = (Shim with { Pid = 10 }).Child(21, 1_000).In(Key, mntns: TestHost.MountNamespace);
        Apply(r => r.Exec(Shim).Mkdir(Key, Path).Fork(child).Exec(child).FileOpen(child, Page).Exec(child.In(Key, mntns: Inner)));

        Assert.Equal([true, true, true, false, false], Within(21).Select(e => e.IsRuntime));
    }

    [Fact]
    public void ProcessOfTheContainer_ThatEntersTheHostsNamespace_IsNotTheRuntimes()
    {
        ProcessSpec init = Shim.Child(22, 1_000).In(Key, mntns: Inner);
        Apply(r => r.Exec(Shim).Mkdir(Key, Path).Fork(Shim.Child(22, 1_000)).Exec(init));
        ProcessSpec child = init.Child(23, 2_000).In(Key, mntns: Inner);
        Apply(r => r.Fork(child).Exec(child.In(Key, mntns: TestHost.MountNamespace)).FileOpen(child.In(Key, mntns: TestHost.MountNamespace), Page));

        Assert.All(Within(23), e => Assert.False(e.IsRuntime));
        Assert.Equal(3, Within(23).Length);
    }

    private (EventKind Kind, uint Pid, bool IsRuntime)[] Within(uint pid) => [.. _seen.Where(e => e.Pid == pid)];

    private void Apply(Action<RecordBuilder> build)
    {
        build(_records);
        _pipeline.Apply(_records.Take(), PipelineFixture.BootToUnixNs);
    }

    private sealed class Sink(List<(EventKind Kind, uint Pid, bool IsRuntime)> seen) : IEventSink
    {
        public void OnEvent(in EventView e) => seen.Add((e.Kind, e.Record.Header.Tgid, e.IsRuntime));
    }
}
