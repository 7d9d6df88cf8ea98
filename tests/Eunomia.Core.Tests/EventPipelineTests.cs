using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests;

public sealed class EventPipelineTests
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly string Other = TestHost.Id("99aa");
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 1 };
    private static readonly ProcessSpec Inside = Shell.In(Key);
    private static readonly EventKindSet Activities = EventKinds.FilesTracker.Union(EventKinds.TcpConnectTracker);

    [Fact]
    public void Apply_Snapshot_ChangesStateAndHandsOutNothing()
    {
        var fixture = new PipelineFixture();
        fixture.Snapshot(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Inside));

        Assert.Empty(fixture.Sink.Events);
        Assert.Equal([Web], fixture.Asked);
        Assert.True(fixture.Pipeline.Processes.TryGetLatest(42, out _));
        Assert.Empty(fixture.Ledger.Close(final: true).Rows);
    }

    [Fact]
    public void Apply_Kinds_HandsOutTheWantedOnly()
    {
        var fixture = new PipelineFixture(new EventFilter(EventKindSet.Of(EventKind.ProcessExit, EventKind.CgroupRmdir)));
        fixture.Apply(r => r.Mkdir(5, "/x.slice").Fork(Shell).Exec(Shell).Exit(Shell).Rmdir(5, "/x.slice"));

        Assert.Equal(["process.exit", "cgroup.rmdir"], fixture.Sink.Names);
    }

    [Fact]
    public void Apply_FilesAndTcp_AreAttributedByTheirOwnHeader()
    {
        var fixture = new PipelineFixture(new EventFilter(Activities));
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Inside, new ExecSpec { Exe = "/bin/web" })
            .FileOpen(Inside, new FileOpenSpec { Raw = "/a" })
            .FileOpen(new ProcessSpec(77, 5).In(Key), new FileOpenSpec { Raw = "/b" }) // never seen to start
            .FileIo(EventKind.FileClose, new ProcessSpec(78, 6), new FileIoSpec { Path = "/c" })
            .Exit(Inside).After(TimeSpan.FromMinutes(1))
            .Tcp(EventKind.TcpClose, Inside, new TcpSpec())); // long gone

        Assert.Equal(["file.open 3f5c", "file.open 3f5c", "file.close -", "tcp.close 3f5c"], fixture.Seen());
        Assert.Equal("/bin/web", fixture.Sink.Events[0].Json.GetProperty("process").GetProperty("exe").GetString());
        Assert.False(fixture.Sink.Events[1].Json.GetProperty("process").TryGetProperty("exe", out _));
    }

    [Fact]
    public void Apply_FilesAndTcp_ChangeNoProcess()
    {
        var fixture = new PipelineFixture();
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec()).Tcp(EventKind.TcpConnect, Shell, new TcpSpec()));

        Assert.Equal((2, 0), (fixture.Sink.Events.Count, fixture.Pipeline.Processes.Count));
    }

    [Fact]
    public void Apply_FilesAndTcpInASnapshot_AreIgnored()
    {
        var fixture = new PipelineFixture();
        fixture.Snapshot(r => r.FileOpen(Shell, new FileOpenSpec()).Tcp(EventKind.TcpConnect, Shell, new TcpSpec()));

        Assert.Empty(fixture.Sink.Events);
    }

    [Fact]
    public void Filter_FilesAndTcp_FollowPidsAndContainersLikeOthers()
    {
        PipelineFixture fixture = new(new EventFilter(Activities, [PipelineFixture.Selector("3f5c")], [10]));
        ProcessSpec root = new(10, 500);
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(root).Fork(root.Child(11, 600))
            .FileOpen(root.Child(11, 600), new FileOpenSpec()).FileOpen(Inside, new FileOpenSpec()).FileOpen(Shell, new FileOpenSpec())
            .Tcp(EventKind.TcpListen, root, new TcpSpec()).Tcp(EventKind.TcpListen, Shell, new TcpSpec()));

        Assert.Equal([11u, 42u, 10u], fixture.Sink.Events.Select(e => e.Pid));
    }

    [Fact]
    public void Name_Unknown_HoldsFileEventsToo()
    {
        PipelineFixture fixture = new(new EventFilter(Activities, [PipelineFixture.Selector("web")]));
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").FileOpen(Inside, new FileOpenSpec { Raw = "/first" })
            .FileChange(EventKind.FileRename, Inside, new FileChangeSpec { Raw = "/first", NewRaw = "/second" }));
        Assert.Empty(fixture.Sink.Events);

        fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web-1"));
        Assert.Equal(["file.open", "file.rename"], fixture.Sink.Names);
        Assert.Equal("/second", fixture.Sink.Events[1].Json.GetProperty("file").GetProperty("new_path").GetString());
    }

    [Fact]
    public void Apply_OwnProcesses_AreNotHandedOut()
    {
        var supervisor = new ProcessSpec(10, 100) { Ppid = 1 };
        var actions = new ProcessSpec(11, 110) { Ppid = 10 };
        var reader = new ProcessSpec(12, 120) { Ppid = 11 };
        var fixture = new PipelineFixture(ownRoot: supervisor.Pid);
        fixture.Snapshot(r => r.Exec(actions).Exec(supervisor).Exec(Shell));
        fixture.Apply(r => r.Fork(reader).Exit(reader).Exec(Shell).Exit(actions));

        Assert.Equal(["process.exec"], fixture.Sink.Names);
    }

    [Fact]
    public void Apply_MalformedBatch_AppliesWhatIsGoodAndCounts()
    {
        var fixture = new PipelineFixture();
        byte[] good = fixture.Records.Exit(Shell).Take();
        fixture.Pipeline.Apply([.. good, 1, 2, 3], 0);

        Assert.Single(fixture.Sink.Events);
        LedgerReport report = fixture.Ledger.Close(final: true);
        Assert.Equal((1UL, 1UL), (report.Malformed, report.Rows[0].Delivered));
    }

    [Fact]
    public void Apply_UnknownKind_IsCountedAndSkipped()
    {
        var fixture = new PipelineFixture();
        fixture.Apply(r => r.Unknown(kind: 33, size: 128).Exit(Shell));

        Assert.Equal(["process.exit"], fixture.Sink.Names);
        Assert.Equal(["process.exit", "kind-33"], fixture.Ledger.Close(final: true).Rows.Select(row => row.Name));
    }

    [Fact]
    public void Apply_RandomRecords_NeverThrows()
    {
        var random = new Random(11);
        var fixture = new PipelineFixture(new EventFilter(PipelineFixture.Everything, [PipelineFixture.Selector("web")], [3]), ancestors: true);
        string[] paths = ["/docker/" + Web, "/", "/x", "/docker/" + Web + "/y", "/a.slice", "/lxc/z"];
        for (int round = 0; round < 50_000; round++)
        {
            ProcessSpec process = new((uint)random.Next(1, 9), (ulong)random.Next(1, 4)) { Ppid = (uint)random.Next(0, 9), ParentStartNs = (ulong)random.Next(0, 4), CgroupKey = (ulong)random.Next(9), Pidns = (uint)random.Next(3) };
            ulong key = (ulong)random.Next(9);
            string path = paths[random.Next(paths.Length)];
            fixture.Records.Flags = (RecordTraits)random.Next(8);
            fixture.Records.NowNs += (ulong)random.Next(1_000_000_000);
            _ = random.Next(12) switch
            {
                0 => fixture.Records.Fork(process),
                1 => fixture.Records.Exec(process),
                2 => fixture.Records.Exit(process),
                3 => fixture.Records.FileOpen(process, new FileOpenSpec { Raw = path, Base = path, Flags = (ulong)random.NextInt64(), Result = random.Next(-200, 9), Truncated = (Truncation)random.Next(0x800) }),
                4 => fixture.Records.FileIo((EventKind)random.Next(7, 9), process, new FileIoSpec { Path = path, Fd = random.Next(-2, 9), FileMode = (uint)random.Next() }),
                5 => fixture.Records.FileChange((EventKind)random.Next(9, 18), process, new FileChangeSpec { Raw = path, NewRaw = path, Mode = (uint)random.Next(), Flags = (uint)random.Next(), Truncated = (Truncation)random.Next(0x800) }),
                6 => fixture.Records.Tcp((EventKind)random.Next(18, 22), process, new TcpSpec { Family = (ushort)random.Next(11), Direction = (TcpDirection)random.Next(6), Result = random.Next() }),
                7 => fixture.Records.Security((EventKind)random.Next(34, 51), process, new SecuritySpec { Call = (SecurityCall)random.Next(60), Args = [(ulong)random.Next(70), (ulong)random.NextInt64(), 2, 3], Raw = path, Name = path, TargetPid = (uint)random.Next(9), TargetVpid = (uint)random.Next(9), Detail = (uint)random.Next(80), Result = random.Next(-200, 9), Truncated = (Truncation)random.Next(0x80000) }),
                8 => fixture.Records.Mkdir(key, path, (ulong)random.Next(9), (Truncation)(random.Next(2) << 5)),
                9 => fixture.Records.Ipc((EventKind)random.Next(26, 30), process, new IpcSpec { Type = (IpcType)random.Next(10), Role = (IpcRole)random.Next(10), Name = path, Inode = (ulong)random.Next(6), PeerInode = (ulong)random.Next(6), Id = random.Next(-1, 3), PeerPid = (uint)random.Next(9), MessagesSent = (ulong)random.Next(2), Result = random.Next(-200, 9) }),
                10 => fixture.Records.Signal(process, new SignalSpec(process with { Pid = (uint)random.Next(1, 9), CgroupKey = (ulong)random.Next(9) }) { Signal = (uint)random.Next(70), Code = random.Next(-70, 200), Result = (uint)random.Next(7), Traits = (SignalTraits)random.Next(4) }),
                _ => fixture.Records.Rmdir(key, path),
            };
            fixture.Apply();
            DecideSomething(fixture, random);
        }

        fixture.Pipeline.Complete();
        Assert.Equal(0, fixture.Pipeline.HeldEvents);
        Assert.InRange(fixture.Pipeline.Processes.Count, 0, 200);
    }

    [Fact]
    public void Security_Target_IsWhoeverHasThatNumber()
    {
        var fixture = new PipelineFixture();
        ProcessSpec debuggee = Inside with { Pid = 77, Vpid = 5, StartNs = 9_000, Comm = "victim" };
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(debuggee).Exec(Inside)
            .Security(EventKind.SecurityPtrace, Shell, new SecuritySpec { Call = SecurityCall.Ptrace, Args = [16, 77], TargetPid = 77, TargetVpid = 77 })
            .Security(EventKind.SecurityPtrace, Inside, new SecuritySpec { Call = SecurityCall.Ptrace, Args = [16, 5], TargetVpid = 5 })
            .Security(EventKind.SecurityPtrace, Inside, new SecuritySpec { Call = SecurityCall.Ptrace, Args = [16, 6], TargetVpid = 6 })
            .Security(EventKind.SecurityPtrace, Shell, new SecuritySpec { Call = SecurityCall.Ptrace, Args = [16, 99], TargetPid = 99, TargetVpid = 99 }));

        string[] targets = [.. fixture.Sink.Events.Where(e => e.Kind == EventKind.SecurityPtrace).Select(e => e.Json.GetProperty("security").GetProperty("target").GetRawText())];
        Assert.StartsWith("""{"pid":77,"name":"victim",""", targets[0], StringComparison.Ordinal);
        Assert.Contains("\"container\":{\"id\":\"" + Web, targets[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"pid":77,"vpid":5,"name":"victim",""", targets[1], StringComparison.Ordinal);
        Assert.Equal(["""{"vpid":6}""", """{"pid":99}"""], targets[2..]);
    }

    [Fact]
    public void Filter_ContainerById_LetsOnlyItsEventsPass()
    {
        PipelineFixture fixture = Filtered("3f5c");
        fixture.Apply(r => r
            .Mkdir(Key, $"/docker/{Web}").Mkdir(Key + 1, $"/docker/{Other}").Exit(Inside).Exit(Inside.In(Key + 1)).Exit(Shell));

        Assert.Equal(["process.exit 3f5c"], fixture.Seen());
    }

    [Fact]
    public void Filter_Pid_LetsItsDescendantsPass()
    {
        ProcessSpec root = new(10, 500);
        ProcessSpec child = root.Child(11, 600);
        ProcessSpec grandchild = child.Child(12, 700);
        PipelineFixture fixture = new(new EventFilter(EventKindSet.Of(EventKind.ProcessExec), pids: [10]));
        fixture.Snapshot(r => r.Exec(child with { ParentStartNs = 0 }).Exec(root));
        fixture.Apply(r => r.Exec(Shell).Fork(grandchild).Exit(child).Exec(grandchild).Exec(root));

        Assert.Equal([12u, 10u], fixture.Sink.Events.Select(e => e.Pid));
    }

    [Fact]
    public void Filter_PidWhoseRootIsLongDead_StillKnowsTheDescendants()
    {
        ProcessSpec root = new(10, 500);
        ProcessSpec child = root.Child(11, 600);
        PipelineFixture fixture = new(new EventFilter(EventKindSet.Of(EventKind.ProcessExec), pids: [10]));
        fixture.Snapshot(r => r.Exec(child with { ParentStartNs = 0 }).Exec(root));
        fixture.Apply(r => r.Exit(root).After(TimeSpan.FromMinutes(1)).Fork(child.Child(12, 700)).Exec(child).Exec(child.Child(12, 700)));

        Assert.Equal([11u, 12u], fixture.Sink.Events.Select(e => e.Pid));
    }

    [Fact]
    public void Filter_PidUsedAgain_IsAnotherProcess()
    {
        ProcessSpec root = new(10, 500);
        PipelineFixture fixture = new(new EventFilter(EventKindSet.Of(EventKind.ProcessExec), pids: [10]));
        fixture.Snapshot(r => r.Exec(root));
        fixture.Apply(r => r.Exit(root).Fork(root with { StartNs = 900 }).Exec(root with { StartNs = 900 }));

        Assert.Empty(fixture.Sink.Events);
    }

    [Fact]
    public void Filter_PidAndContainer_EitherIsEnough()
    {
        PipelineFixture fixture = new(new EventFilter(EventKindSet.Of(EventKind.ProcessExec), [PipelineFixture.Selector("3f5c")], [42]));
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Shell).Exec(Inside with { Pid = 7 }).Exec(new ProcessSpec(8, 1)));

        Assert.Equal([42u, 7u], fixture.Sink.Events.Select(e => e.Pid));
    }

    [Fact]
    public void Filter_ForkerWithCloneParent_IsFollowed()
    {
        ProcessSpec root = new(10, 500);
        ProcessSpec sibling = new(11, 600) { Ppid = 1, ParentStartNs = 500, ParentTid = 10 };
        PipelineFixture fixture = new(new EventFilter(EventKindSet.Of(EventKind.ProcessFork), pids: [10]));
        fixture.Apply(r => r.Exec(root).Fork(sibling));

        Assert.Equal([11u], fixture.Sink.Events.Select(e => e.Pid));
    }

    [Fact]
    public void Name_Unknown_HoldsEventsAndReleasesThemInOrder()
    {
        PipelineFixture fixture = Filtered("web");
        fixture.Apply(r => r
            .Mkdir(Key, $"/docker/{Web}").Exec(Inside, new ExecSpec { Exe = "/bin/first" }).Exit(Inside)
            .Exec(Inside with { Pid = 43 }, new ExecSpec { Exe = "/bin/second" }));
        Assert.Empty(fixture.Sink.Events);
        Assert.Equal(3, fixture.Pipeline.HeldEvents);

        fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web-1"));
        Assert.Equal([(EventKind.ProcessExec, 42u), (EventKind.ProcessExit, 42u), (EventKind.ProcessExec, 43u)], fixture.Sink.Events.Select(e => (e.Kind, e.Pid)));
        Assert.All(fixture.Sink.Events, e => Assert.Equal("web-1", e.Json.GetProperty("container").GetProperty("name").GetString()));
        Assert.Equal((0, 0UL), (fixture.Pipeline.HeldEvents, fixture.Pipeline.Undecided));
        Assert.Equal([(Web, true)], fixture.Decided);
    }

    [Fact]
    public void Name_UnknownForLong_HeldEventsSayWhatRanThen()
    {
        PipelineFixture fixture = Filtered("web");
        ProcessSpec child = Inside.Child(43, 2_000);
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Inside, new ExecSpec { Exe = "/bin/old" }).Fork(child).Exit(child));
        for (uint i = 0; i < 50; i++)
        {
            fixture.Apply(r => r.Exec(Inside, new ExecSpec { Exe = $"/bin/new{i}" }).After(TimeSpan.FromSeconds(1)));
        }

        fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web-1"));
        SeenEvent exit = fixture.Sink.Events.Single(e => e.Kind == EventKind.ProcessExit);
        Assert.Equal("/bin/old", exit.Json.GetProperty("process").GetProperty("exe").GetString());
        fixture.Pipeline.Processes.Advance(ulong.MaxValue);
        Assert.Equal(256, fixture.Pipeline.Processes.Images.StoredBytes); // that of the one process that lives
    }

    [Theory]
    [InlineData("another name", "db")]
    [InlineData("nobody knows", null)]
    public void Name_ThatDoesNotFit_DiscardsTheHeldEvents(string name, string? containerName)
    {
        Assert.NotEmpty(name);
        PipelineFixture fixture = Filtered("web");
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Inside));
        if (containerName is null)
        {
            fixture.Pipeline.Containers.SetMetadataFailed(Web);
        }
        else
        {
            fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: containerName));
        }

        fixture.Apply(r => r.Exec(Inside));
        Assert.Empty(fixture.Sink.Events);
        Assert.Equal((0, 0UL), (fixture.Pipeline.HeldEvents, fixture.Pipeline.Undecided));
        Assert.Equal([(Web, false)], fixture.Decided);
    }

    [Fact]
    public void Name_KnownAtFirstSight_HoldsNothing()
    {
        PipelineFixture fixture = Filtered("web");
        fixture.Pipeline.Containers.ContainerSeen += c => fixture.Pipeline.Containers.SetMetadata(c.Id, new ContainerMetadata(Name: "web"));
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}").Exec(Inside));

        Assert.Equal(["process.exec 3f5c"], fixture.Seen());
    }

    [Fact]
    public void Held_MoreThanFits_IsCountedAsLostInTheLedgerIfSelected()
    {
        PipelineFixture fixture = Filtered("web");
        fixture.Ledger.BeginSubscription();
        fixture.Ledger.OnBatch([]);
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{Web}"));
        for (int i = 0; i < HeldQueue.MaxEvents + 10; i++)
        {
            fixture.Apply(r => r.Exec(Inside));
        }

        Assert.Equal((HeldQueue.MaxEvents, 0UL), (fixture.Pipeline.HeldEvents, fixture.Pipeline.HeldOverflow));
        fixture.Pipeline.Containers.SetMetadata(Web, new ContainerMetadata(Name: "web"));
        fixture.Ledger.OnBatch(
        [
            new KindCounters(EventKind.ProcessExec, HeldQueue.MaxEvents + 10, 0, 0, 0, 0), new KindCounters(EventKind.CgroupMkdir, 1, 0, 0, 0, 0),
        ]);

        Assert.Equal(HeldQueue.MaxEvents, fixture.Sink.Events.Count);
        Assert.Equal(10UL, fixture.Pipeline.HeldOverflow);
        LedgerReport report = fixture.Ledger.Close(final: true);
        LedgerRow row = report.Rows.Single(r => r.Kind == EventKind.ProcessExec);
        Assert.Equal((10UL, (ulong)HeldQueue.MaxEvents, true), (row.LostByPlace.Controller, row.Delivered, report.Balanced));
    }

    [Fact]
    public void Held_InManyContainers_StaysBounded()
    {
        PipelineFixture fixture = Filtered("web");
        for (uint i = 0; i < 50; i++)
        {
            string id = TestHost.Id(i.ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            fixture.Apply(r => r.Mkdir(Key + i, $"/docker/{id}"));
            for (int n = 0; n < 300; n++)
            {
                fixture.Apply(r => r.Exec(Inside.In(Key + i), new ExecSpec { Args = [new string('x', 3_000)] }));
            }
        }

        Assert.InRange(fixture.Pipeline.HeldEvents, 1_000, (8 << 20) / 3_000);
        fixture.Pipeline.Complete();
        Assert.Equal((0, 15_000UL), (fixture.Pipeline.HeldEvents, fixture.Pipeline.Undecided));
    }

    [Fact]
    public void Held_ContainerForgottenUndecided_IsCounted()
    {
        PipelineFixture fixture = Filtered("web");
        fixture.Apply(r => r
            .Mkdir(Key, $"/docker/{Web}").Exec(Inside).Rmdir(Key, $"/docker/{Web}").After(TimeSpan.FromSeconds(91)).Exec(Shell));

        Assert.Equal((0, 1UL), (fixture.Pipeline.HeldEvents, fixture.Pipeline.Undecided));
    }

    [Fact]
    public void Ancestors_Asked_AreInTheEvent()
    {
        var fixture = new PipelineFixture(ancestors: true);
        ProcessSpec init = new(1, 10) { Ppid = 0, Comm = "init" };
        fixture.Snapshot(r => r.Exec(init, new ExecSpec { Exe = "/sbin/init" }));
        fixture.Apply(r => r.Fork(Shell with { ParentStartNs = 10 }).Exec(Shell));

        Assert.Equal(
            """[{"pid":1,"name":"init","exe":"/sbin/init"}]""",
            fixture.Sink.Events[^1].Json.GetProperty("process").GetProperty("ancestors").GetRawText());
    }

    private static PipelineFixture Filtered(string selector) => new(new EventFilter(
        EventKindSet.Of(EventKind.ProcessExec, EventKind.ProcessExit), [PipelineFixture.Selector(selector)]));

    private static void DecideSomething(PipelineFixture fixture, Random random)
    {
        if (random.Next(20) == 0 && fixture.Asked.Count > 0)
        {
            string id = fixture.Asked[random.Next(fixture.Asked.Count)];
            fixture.Pipeline.Containers.SetMetadata(id, new ContainerMetadata(Name: random.Next(2) == 0 ? "web" : "db"));
        }

        fixture.Sink.Clear();
    }
}
