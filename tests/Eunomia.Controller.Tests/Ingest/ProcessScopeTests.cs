using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Ingest;

public sealed class ProcessScopeTests
{
    private const uint Root = 100;
    private readonly ProcessScope _scope = new([Root]);
    private readonly RecordBuilder _records = new();

    [Fact]
    public void BeginSubscription_NamesTheRoots() => Assert.Equal([Root], _scope.BeginSubscription());

    [Fact]
    public void EndSnapshot_DescendantsInAnyOrder_AreFound()
    {
        IReadOnlyCollection<uint> found = Snapshot((103, 102), (102, 101), (101, Root), (Root, 1), (200, 1), (201, 200));

        Assert.Equal([101u, 102u, 103u], found.Concat(_scope.EndSnapshot()).Order());
        Assert.Equal([Root, 101u, 102u, 103u], _scope.BeginSubscription().Order());
    }

    [Fact]
    public void EndSnapshot_ChildAdoptedMeanwhile_IsFoundByItsFork()
    {
        _scope.Observe(_records.Fork(Process(101, Root)).Take());
        _scope.Observe(_records.Fork(Process(102, 101)).Exit(Process(101, Root)).Take());
        Snapshot((Root, 1), (102, 1));
        _scope.EndSnapshot();

        Assert.Equal([Root, 102u], _scope.BeginSubscription().Order());
    }

    [Fact]
    public void EndSnapshot_ParentsInACircle_Ends()
    {
        Snapshot((301, 302), (302, 301));

        Assert.Empty(_scope.EndSnapshot());
    }

    [Fact]
    public void Observe_DescendantTheKernelDoesNotKnow_IsGiven()
    {
        _scope.EndSnapshot();
        _records.Flags = RecordTraits.Compact;

        Assert.Equal([101u], _scope.Observe(_records.Fork(Process(101, Root)).Take()));
    }

    [Fact]
    public void Observe_ConnectionThatOutlivedItsProcess_DoesNotBringItBack()
    {
        _scope.EndSnapshot();
        _scope.Observe(_records.Fork(Process(101, Root)).Exit(Process(101, Root)).Tcp(EventKind.TcpClose, Process(101, Root), new TcpSpec()).Take());

        Assert.Equal([Root], _scope.BeginSubscription());
    }

    [Fact]
    public void Observe_DescendantTheKernelFollows_IsNotGiven()
    {
        _scope.EndSnapshot();

        Assert.Empty(_scope.Observe(_records.Fork(Process(101, Root)).Take()));
        Assert.Equal([Root, 101u], _scope.BeginSubscription().Order());
    }

    [Fact]
    public void Observe_ProcessEnded_IsForgotten()
    {
        _scope.EndSnapshot();
        _records.Flags = RecordTraits.Compact;

        Assert.Empty(_scope.Observe(_records.Fork(Process(101, Root)).Exit(Process(101, Root)).Take()));
        Assert.Equal([Root], _scope.BeginSubscription());
    }

    [Fact]
    public void Observe_CgroupRecords_SayNothingOfProcesses()
    {
        _scope.EndSnapshot();
        _scope.Observe(_records.Mkdir(7, "/x").Take());

        Assert.Equal([Root], _scope.BeginSubscription());
    }

    private static ProcessSpec Process(uint pid, uint parent) => new(pid, pid) { Ppid = parent };

    private IReadOnlyCollection<uint> Snapshot(params (uint Pid, uint Parent)[] processes)
    {
        _records.Flags = RecordTraits.Snapshot;
        foreach ((uint pid, uint parent) in processes)
        {
            _records.Exec(Process(pid, parent));
        }
        IReadOnlyCollection<uint> found = _scope.Observe(_records.Take());
        _records.Flags = RecordTraits.None;
        return found;
    }
}
