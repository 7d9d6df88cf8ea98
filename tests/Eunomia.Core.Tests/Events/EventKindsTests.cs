using Eunomia.Core.Events;

namespace Eunomia.Core.Tests.Events;

public sealed class EventKindsTests
{
    [Fact]
    public void Name_EveryKind_LeadsBackToIt()
    {
        Assert.Equal(Enum.GetValues<EventKind>().Where(kind => kind != EventKind.None).Order(), EventKinds.All.Order());
        foreach (EventKind kind in EventKinds.All)
        {
            Assert.True(EventKinds.TryGet(EventKinds.Name(kind), out EventKind found));
            Assert.Equal(kind, found);
        }
    }

    [Fact]
    public void Name_UnknownKind_IsItsNumber() => Assert.Equal("kind-33", EventKinds.Name((EventKind)33));

    [Fact]
    public void TryParse_List_GivesTheKinds()
    {
        Assert.True(EventKinds.TryParse("process.exec, container.exit", out EventKindSet kinds, out string? error));

        Assert.Null(error);
        Assert.Equal(EventKindSet.Of(EventKind.ProcessExec, EventKind.ContainerExit), kinds);
        Assert.True(kinds.Contains(EventKind.ContainerExit));
        Assert.False(kinds.Contains(EventKind.ProcessExit));
        Assert.False(kinds.Contains(EventKind.ContainerStart));
    }

    [Theory]
    [InlineData("unknown", "process.exec,process.exce", "unknown event 'process.exce'")]
    [InlineData("empty item", "process.exec,", "empty event name in 'process.exec,'")]
    [InlineData("empty list", "", "empty event name in ''")]
    [InlineData("wrong case", "Process.Exec", "unknown event 'Process.Exec'")]
    public void TryParse_WrongList_SaysWhatAndWhatIsAllowed(string name, string list, string expected)
    {
        Assert.NotEmpty(name);
        Assert.False(EventKinds.TryParse(list, out EventKindSet kinds, out string? error));

        Assert.True(kinds.IsEmpty);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.EndsWith(
            "allowed: process.fork, process.exec, process.exit, container.create, container.start, container.exit, cgroup.mkdir, cgroup.rmdir, "
            + "file.open, file.close, file.io, file.unlink, file.rename, file.link, file.symlink, file.mkdir, file.rmdir, file.chmod, file.chown, "
            + "file.truncate, file.mknod, tcp.connect, tcp.listen, tcp.accept, tcp.close, udp.connect, udp.open, udp.close, dns.query, dns.answer, syscall, syscall.call, ipc.open, ipc.use, ipc.traffic, ipc.close, ipc.signal, security.ptrace, security.namespace, security.mount, security.module, "
            + "security.bpf, security.credentials, security.capability, security.memfd, security.userfaultfd, security.key, security.io_uring, "
            + "security.io_uring_op, security.process_vm, security.prctl, security.redirect, security.oom, security.chroot, security.socket, security.system, perf.sample, perf.counters, enforce.decision",
            error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Trackers_Kinds_AreThoseOfTheirPrefix()
    {
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("file.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Files.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("tcp.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.TcpConnect.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("security.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Security.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("ipc.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Ipc.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("udp.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Udp.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("perf.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Perf.Kinds.Contains));
        Assert.Equal(EventKinds.All.Where(kind => EventKinds.Name(kind).StartsWith("dns.", StringComparison.Ordinal)), EventKinds.All.Where(Tracker.Dns.Kinds.Contains));
        Assert.Equal((13, 4), (EventKinds.All.Count(Tracker.Files.Kinds.Contains), EventKinds.All.Count(Tracker.TcpConnect.Kinds.Contains)));
    }

    [Fact]
    public void Trackers_OfAKind_AreOneUnlessItIsCommon()
    {
        foreach (EventKind kind in EventKinds.All.Where(kind => !EventKinds.Common.Contains(kind)))
        {
            Assert.Single(Tracker.All, tracker => tracker.AllKinds.Contains(kind));
        }
    }

    [Fact]
    public void LifeCycle_IsWhatAttributionHangsOn() =>
        Assert.Equal("process.fork,process.exec,process.exit,cgroup.mkdir,cgroup.rmdir", EventKinds.LifeCycle.ToString());

    [Theory]
    [InlineData("process")]
    [InlineData("files")]
    [InlineData("tcpconnect")]
    [InlineData("security")]
    [InlineData("ipc")]
    [InlineData("udp")]
    [InlineData("dns")]
    public void Find_TrackersName_GivesIt(string name) => Assert.Equal(name, Tracker.Find(name)?.Name);

    [Fact]
    public void Find_AnotherName_GivesNone() => Assert.Null(Tracker.Find("Files"));

    [Fact]
    public void Sets_PutTogetherAndTakenApart_HaveTheKindsTheyShould()
    {
        EventKindSet left = EventKindSet.Of(EventKind.FileOpen, EventKind.ContainerExit);
        EventKindSet right = EventKindSet.Of(EventKind.FileOpen, EventKind.TcpClose, EventKind.ContainerStart);

        Assert.Equal(EventKindSet.Of(EventKind.FileOpen, EventKind.ContainerExit, EventKind.TcpClose, EventKind.ContainerStart), left.Union(right));
        Assert.Equal(EventKindSet.Of(EventKind.FileOpen), left.Intersect(right));
        Assert.Equal(EventKindSet.Of(EventKind.ContainerExit), left.Except(right));
        Assert.Equal((1UL << 6) | (1UL << 21), right.RecordMask);
    }
}
