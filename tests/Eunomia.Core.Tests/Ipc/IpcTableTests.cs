using System.Text.Json;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Ipc;
using Eunomia.Core.Processes;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Ipc;

public sealed class IpcTableTests
{
    private const uint Device = 9;
    private static readonly ProcessSpec A = new(10, 100) { Comm = "a" };
    private static readonly ProcessSpec B = new(20, 200) { Comm = "b" };
    private static readonly ProcessSpec C = new(30, 300) { Comm = "c" };
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public void Pipe_Peers_AreThoseOnTheOtherSide()
    {
        Use(A, Writer(1));
        Use(C, Writer(1));

        Assert.Equal("a c", Peers(EventKind.IpcUse, B, Reader(1)));
        Assert.Equal("b", Peers(EventKind.IpcTraffic, A, Writer(1)));
        Assert.Equal("", Peers(EventKind.IpcUse, B, Reader(2)));
    }

    [Fact]
    public void Pipe_OfWhoNeverUsedIt_IsNoEnd()
    {
        Tell(EventKind.IpcOpen, A, new IpcSpec { Inode = 1, Device = Device });
        Tell(EventKind.IpcClose, A, Writer(1) with { MessagesSent = 0 });

        Assert.Equal("", Peers(EventKind.IpcUse, B, Reader(1)));
    }

    [Fact]
    public void Pipe_OfOneProcessAlone_HasNoPeer()
    {
        Use(A, Writer(1));

        Assert.Equal("", Peers(EventKind.IpcUse, A, Reader(1)));
    }

    [Fact]
    public void Ended_AreStillNamed_BehindThoseWhoAreThere()
    {
        Tell(EventKind.IpcClose, A, Writer(1));
        Use(C, Writer(1));

        Assert.Equal("c a", Peers(EventKind.IpcClose, B, Reader(1)));
    }

    [Fact]
    public void Fifo_OpenedAgain_ForgetsWhoLeftBefore()
    {
        IpcSpec fifo = Writer(1) with { Type = IpcType.Fifo, Name = "/f" };
        Tell(EventKind.IpcClose, A, fifo);
        Tell(EventKind.IpcOpen, C, fifo with { MessagesSent = 0 });

        Assert.Equal("c", Peers(EventKind.IpcUse, B, fifo with { Role = IpcRole.Reader }));
    }

    [Fact]
    public void Socket_Peer_IsWhoHasTheConnectedOne_WhicheverSideSaysSo()
    {
        Use(A, Socket(1, peer: 2));

        Assert.Equal("a", Peers(EventKind.IpcUse, B, Socket(2, peer: 0)));
        Assert.Equal("b", Peers(EventKind.IpcTraffic, A, Socket(1, peer: 0)));
    }

    [Fact]
    public void Socket_NobodyToldOf_HasThePeerThatTheKernelNames()
    {
        _fixture.Apply(r => r.Exec(B, new ExecSpec { Exe = "/b" }));

        Assert.Equal("b", Peers(EventKind.IpcOpen, A, Socket(1, peer: 0) with { PeerPid = B.Pid }));
        Assert.Equal("?", Peers(EventKind.IpcOpen, A, Socket(1, peer: 0) with { PeerPid = 77 }));
        Assert.Equal("", Peers(EventKind.IpcOpen, A, Socket(1, peer: 0) with { PeerPid = A.Pid }));
    }

    [Fact]
    public void Socket_ManyConnectedToOne_AreAllItsPeers()
    {
        Use(A, Socket(1, peer: 3));
        Use(B, Socket(2, peer: 3));

        Assert.Equal("a b", Peers(EventKind.IpcUse, C, Socket(3, peer: 0)));
    }

    [Fact]
    public void Sysv_TypeIdAndNamespace_MakeTheObject()
    {
        IpcSpec queue = new() { Type = IpcType.SysvMsg, Id = 0, Namespace = 5, MessagesSent = 1 };
        Use(A, queue);

        Assert.Equal("a", Peers(EventKind.IpcUse, B, queue));
        Assert.Equal("", Peers(EventKind.IpcUse, B, queue with { Namespace = 6 }));
        Assert.Equal("", Peers(EventKind.IpcUse, B, queue with { Id = 1 }));
        Assert.Equal("", Peers(EventKind.IpcUse, B, queue with { Type = IpcType.SysvSem }));
    }

    [Fact]
    public void Peers_Are8AtMost()
    {
        for (uint i = 0; i < 20; i++)
        {
            Use(A with { Pid = 100 + i, Comm = "w" }, Writer(1));
        }

        Assert.Equal(IpcTable.MaxPeers, Peers(EventKind.IpcUse, B, Reader(1)).Split(' ').Length);
    }

    [Fact]
    public void Table_Full_ForgetsWhatWasToldOfLongestAgo()
    {
        var table = new IpcTable(new ProcessTable(), capacity: 2);
        Apply(table, A, Writer(1));
        Apply(table, A, Writer(2));
        Apply(table, A, Writer(1));
        Apply(table, A, Writer(3));

        Assert.Equal(2, table.Count);
        Assert.Equal(1, Apply(table, B, Reader(1)));
        Assert.Equal(0, Apply(table, B, Reader(2)));
    }

    [Fact]
    public void Signal_PassesForItsSenderAndForItsTarget()
    {
        var fixture = new PipelineFixture(new EventFilter(PipelineFixture.Everything, [], [B.Pid]));
        fixture.Snapshot(r => r.Exec(A).Exec(B).Exec(C));
        fixture.Sink.Clear();
        fixture.Apply(r => r
            .Signal(A, new SignalSpec(B)).Signal(B, new SignalSpec(A)).Signal(A, new SignalSpec(C)));

        Assert.Equal(
            ["10 20", "20 10"],
            fixture.Sink.Events.Select(e => $"{e.Pid} {e.Json.GetProperty("signal").GetProperty("target").GetProperty("pid")}"));
    }

    [Fact]
    public void Signal_ToAContainerWithoutNameYet_WaitsForIt()
    {
        ProcessSpec inside = B.In(100);
        var fixture = new PipelineFixture(new EventFilter(PipelineFixture.Everything, [PipelineFixture.Selector("web")]));
        fixture.Apply(r => r.Mkdir(100, $"/docker/{TestHost.Id("3f5c")}").Signal(A, new SignalSpec(inside)));
        Assert.DoesNotContain(fixture.Sink.Events, e => e.Kind == EventKind.IpcSignal);

        fixture.Pipeline.Containers.SetMetadata(TestHost.Id("3f5c"), new ContainerMetadata(Name: "web"));
        SeenEvent signal = Assert.Single(fixture.Sink.Events, e => e.Kind == EventKind.IpcSignal);

        Assert.False(signal.Json.TryGetProperty("container", out _)); // the sender's
        Assert.Equal("web", signal.Json.GetProperty("signal").GetProperty("target").GetProperty("container").GetProperty("name").GetString());
    }

    private static IpcSpec Writer(ulong inode) =>
        new() { Role = IpcRole.Writer, Inode = inode, Device = Device, MessagesSent = 1, BytesSent = 1 };

    private static IpcSpec Reader(ulong inode) =>
        new() { Role = IpcRole.Reader, Inode = inode, Device = Device, MessagesReceived = 1, BytesReceived = 1 };

    private static IpcSpec Socket(ulong inode, ulong peer) =>
        new() { Type = IpcType.Unix, SocketType = 1, Inode = inode, Device = Device, PeerInode = peer, MessagesSent = 1 };

    private static int Apply(IpcTable table, ProcessSpec process, IpcSpec ipc)
    {
        var reader = new RecordReader(new RecordBuilder().Ipc(EventKind.IpcTraffic, process, ipc).Bytes);
        Assert.True(reader.TryRead(out Eunomia.Core.Events.Record record));
        return table.Apply(EventKind.IpcTraffic, record.AsIpc(), null).Length;
    }

    private void Use(ProcessSpec process, IpcSpec ipc) => Tell(EventKind.IpcUse, process, ipc);

    private void Tell(EventKind kind, ProcessSpec process, IpcSpec ipc) => _fixture.Apply(r => r.Ipc(kind, process, ipc));

    private string Peers(EventKind kind, ProcessSpec process, IpcSpec ipc)
    {
        Tell(kind, process, ipc);
        return _fixture.Sink.Events[^1].Json.GetProperty("ipc").TryGetProperty("peer", out JsonElement peers)
            ? string.Join(' ', peers.EnumerateArray().Select(peer => peer.TryGetProperty("name", out JsonElement name) ? name.GetString() : "?"))
            : "";
    }
}
