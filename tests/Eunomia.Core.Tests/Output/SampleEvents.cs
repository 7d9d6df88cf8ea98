using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>One event of each kind with every member that it can have, and the same with none that can be left out.</summary>
internal static class SampleEvents
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec Parent = new(400, 500_000_000) { Ppid = 0, Comm = "shim" };

    private static readonly ProcessSpec Init =
        Parent.Child(500, 1_000_000_123).In(Key) with { Vpid = 1, Uid = 1000, Gid = 100, Tid = 501 };

    private static readonly ProcessSpec Caller = Init.Calling("openat");

    private static readonly ExecSpec Full = new()
    {
        Exe = "/bin/busybox",
        Filename = "/bin/sh",
        Cwd = "/srv",
        Args = ["sh", "-c", "exit 7"],
        Argc = 900,
        Env = ["LANG=C", "EMPTY="],
        Euid = 0,
        Egid = 5,
        Loginuid = 1000,
        AuditSession = 3,
        Sid = 500,
        Pgid = 500,
        Tty = 136 << 20,
        CapEffective = 0x1ffffffffff,
        CapPermitted = 0xa80425fb,
        CapInheritable = 0x1,
        ExeInode = 77,
        ExeDevice = (253 << 20) | 1,
        ExeMode = 0x89ed,
        ExeCtimeNs = 1_700_000_000_123_456_789,
        ExeMtimeNs = 1_600_000_000_000_000_001,
        UserNamespace = 4026531837,
        Vsid = 1,
        Vpgid = 1,
        ExeFlags = ExeTraits.Memfd | ExeTraits.UpperLayer | ExeTraits.Writable | ExeTraits.Unlinked,
        Truncated = Truncation.Args | Truncation.Env,
    };

    /// <summary>Every kind, with every member.</summary>
    public static IReadOnlyList<SeenEvent> All()
    {
        var fixture = new PipelineFixture(ancestors: true);
        fixture.Pipeline.Containers.ContainerSeen += container => fixture.Pipeline.Containers.SetMetadata(
            container.Id, new ContainerMetadata("docker", "web", "nginx:1.27", "web-0", "default"));
        fixture.Snapshot(r => r.Exec(new ProcessSpec(1, 1) { Ppid = 0 }));
        fixture.Snapshot(r => r.Exec(new ProcessSpec(900, 5) { Comm = "runc", CgroupKey = Key }, new ExecSpec { Exe = "/usr/bin/runc" }));
        fixture.Snapshot(r => r.Exec(Parent, new ExecSpec { Exe = "/usr/bin/shim", Loginuid = 1000 }));
        fixture.Apply(r => r
            .Mkdir(Key, $"/docker/{Web}").Fork(Init).Exec(Init.Calling("execve"), Full));
        fixture.Apply(AddFiles);
        fixture.Apply(AddDns);
        fixture.Apply(AddTcp);
        fixture.Apply(r => SecuritySamples.Add(r, Init));
        fixture.Apply(AddSyscalls);
        fixture.Apply(AddIpc);
        fixture.Apply(AddUdp);
        fixture.Apply(r => PerfSamples.Add(r, Init));
        fixture.Apply(r => r
            .Enforce(Init, new EnforceSpec
            {
                Operation = EnforceOperation.Exec,
                Traits = EnforceTraits.Killed | EnforceTraits.DryRun,
                Path = "/usr/bin/nc",
                Inode = 5,
                Truncated = Truncation.Path,
            })
            .Enforce(Init, new EnforceSpec
            {
                Operation = EnforceOperation.Connect,
                Traits = EnforceTraits.Denied,
                Address = "10.0.0.5",
                Port = 443,
                Protocol = 6,
            }));
        fixture.Apply(r => r.Exit(Init, code: 7).Rmdir(Key, $"/docker/{Web}"));
        ProcessSpec second = Init.In(Key + 1) with { Pid = 600, StartNs = 2_000_000_000 };
        fixture.Apply(r => r
            .Mkdir(Key + 1, $"/docker/{TestHost.Id("99aa")}").Exec(second.Calling("execveat"), Full).Exit(second, signal: 11, flags: ExitTraits.Core));
        return [.. fixture.Sink.Events, .. PerfSamples.Summed()];
    }

    /// <summary>A host process of which nothing is known.</summary>
    public static IReadOnlyList<SeenEvent> Bare()
    {
        var fixture = new PipelineFixture();
        ProcessSpec process = new(42, 0) { Vpid = 0 };
        fixture.Apply(r => r.Fork(process).Exit(process)
            .FileOpen(process, new FileOpenSpec { Result = -14 }).FileIo(EventKind.FileIo, process, new FileIoSpec())
            .FileChange(EventKind.FileUnlink, process, new FileChangeSpec())
            .Tcp(EventKind.TcpConnect, process, new TcpSpec { Family = 0, Direction = TcpDirection.Unknown })
            .Udp(EventKind.UdpClose, process, new UdpSpec { Peer = "0.0.0.0", PeerPort = 0, LocalPort = 0 })
            .Dns(EventKind.DnsAnswer, process, new DnsSpec())
            .Security(EventKind.SecurityPtrace, process, new SecuritySpec())
            .Security(EventKind.SecurityCredentials, process, new SecuritySpec())
            .Security(EventKind.SecurityRedirect, process, new SecuritySpec { Socket = new TcpSpec { Family = 40 } })
            .Syscall(process, new SyscallSpec()).SyscallCall(process, new SyscallCallSpec { Number = SyscallNames.Unknown })
            .PerfSample(process, new PerfSampleSpec { WeightNs = 0 }).PerfCounters(process, new PerfCountersSpec())
            .Ipc(EventKind.IpcUse, process, new IpcSpec { Type = IpcType.Unknown })
            .Signal(process, new SignalSpec(process with { Comm = "" }))
            .Enforce(process, new EnforceSpec()));
        return fixture.Sink.Events;
    }

    private static void AddFiles(RecordBuilder records)
    {
        const uint RegularFile = 0x81a4;
        const uint Device = (253 << 20) | 1;
        var change = new FileChangeSpec
        {
            Raw = "a/../b",
            Base = "/srv",
            NewRaw = "c",
            NewBase = "/tmp",
            Flags = 0x1000,
            Truncated = Truncation.Raw | Truncation.Base | Truncation.NewRaw | Truncation.NewBase,
        };
        var io = new FileIoSpec
        {
            Path = "/srv/b",
            OpenedNs = 1,
            BytesRead = 1,
            BytesWritten = 2,
            Reads = 3,
            Writes = 4,
            Inode = 5,
            Device = Device,
            FileMode = RegularFile,
            Traits = FileTraits.Created | FileTraits.Unlinked | FileTraits.Implicit | FileTraits.Inherited,
        };
        var open = new FileOpenSpec
        {
            Path = "/srv/b",
            Raw = "a/../b",
            Flags = 0x80042,
            Resolve = 0x8,
            Mode = 0x1a4,
            Inode = 5,
            Device = Device,
            FileMode = RegularFile,
            Traits = FileTraits.Created | FileTraits.Unlinked,
            Truncated = Truncation.Path | Truncation.Raw,
        };
        records.FileOpen(Caller, open).FileOpen(Caller, new FileOpenSpec { Raw = "/nope", Result = -2 })
            .FileIo(EventKind.FileIo, Init, io with { Traits = FileTraits.Created | FileTraits.Unlinked | FileTraits.Inherited })
            .FileIo(EventKind.FileClose, Caller, io).FileIo(EventKind.FileClose, Caller, io with { Result = -5 });
        for (EventKind kind = EventKind.FileUnlink; kind <= EventKind.FileTruncate; kind++)
        {
            FileChangeSpec mine = kind switch
            {
                EventKind.FileRename => change with { Flags = 1 },
                EventKind.FileLink => change,
                EventKind.FileSymlink => change with { Flags = 0, NewBase = "" },
                EventKind.FileMkdir or EventKind.FileTruncate => change with { Flags = 0, NewRaw = "", NewBase = "" },
                _ => change with { NewRaw = "", NewBase = "", Owner = 1, Group = 2 },
            };
            records.FileChange(kind, Caller, mine).FileChange(kind, Caller, mine with { Truncated = Truncation.None, Result = -1 });
            if (kind >= EventKind.FileChmod)
            {
                records.FileChange(kind, Caller, mine with { Fd = 3, Path = "/srv/b", Raw = "", Flags = 0 });
            }
        }

        FileChangeSpec node = change with { Flags = 0, NewRaw = "", NewBase = "", Mode = 0x61b0, Device = (8 << 20) | 1 };
        records.FileChange(EventKind.FileMknod, Caller, node)
            .FileChange(EventKind.FileMknod, Caller, node with { Truncated = Truncation.None, Result = -1 });
    }

    private static void AddIpc(RecordBuilder records)
    {
        ProcessSpec other = Init with { Pid = 700, StartNs = 3_000_000_000, Vpid = 2, Comm = "peer" };
        var unix = new IpcSpec
        {
            Type = IpcType.Unix,
            Role = IpcRole.Pair,
            SocketType = 1,
            Name = "/run/x",
            OpenedNs = 1,
            BytesSent = 1,
            BytesReceived = 2,
            MessagesSent = 3,
            MessagesReceived = 4,
            Inode = 5,
            PeerInode = 6,
            Device = 9,
            Fd = 3,
            PeerFd = 4,
            Flags = 0x80000,
            Traits = IpcTraits.Inherited,
            Truncated = Truncation.Path,
        };
        var sysv = new IpcSpec
        {
            Type = IpcType.SysvShm,
            Namespace = 7,
            Key = 0x45,
            Id = 0,
            Size = 4096,
            Flags = 0x380,
            MessagesSent = 1,
            OpenedNs = 1,
            Traits = IpcTraits.Inherited,
        };
        IpcSpec queue = unix with { Type = IpcType.PosixMq, Role = IpcRole.Reader, SocketType = 0, Name = "/q", PeerInode = 0, Inode = 8 };
        for (EventKind kind = EventKind.IpcOpen; kind <= EventKind.IpcClose; kind++)
        {
            IpcTraits more = kind == EventKind.IpcClose ? IpcTraits.Implicit | IpcTraits.Removed : IpcTraits.None;
            int pair = kind == EventKind.IpcOpen ? 4 : -1;
            records.Ipc(kind, other, unix with { Inode = 6, PeerInode = 5, PeerFd = pair, Traits = unix.Traits | more })
                .Ipc(kind, kind == EventKind.IpcTraffic ? Init : Caller, unix with { PeerFd = pair, Traits = unix.Traits | more })
                .Ipc(kind, Init, unix with { Name = "\0x", PeerFd = pair, Truncated = Truncation.None, Result = -111 })
                .Ipc(kind, Init, sysv with { Traits = sysv.Traits | more })
                .Ipc(kind, Init, queue with { PeerFd = -1 });
        }

        records.Signal(Caller, new SignalSpec(other) { Traits = SignalTraits.Kernel | SignalTraits.Thread, Count = 9 });
    }

    private static void AddSyscalls(RecordBuilder records) => records
        .Syscall(Init, new SyscallSpec
        {
            Count = 9,
            Refused = 2,
            Errors = [(2, 3), (13, 1)],
            Buckets = [0, 5, 31],
            TotalNs = 1_000,
            MaxNs = 500,
        })
        .Syscall(Init with { Pid = 0, StartNs = 0 }, new SyscallSpec { Overflow = true })
        .SyscallCall(Init, new SyscallCallSpec
        {
            Args = [unchecked((ulong)-100), 1, 0x80000, 0],
            Text = "/etc/passwd",
            Result = 3,
            LatencyNs = 7,
            Refused = true,
            IsCut = true,
        })
        .SyscallCall(Init, new SyscallCallSpec { Result = -2 });

    private static void AddTcp(RecordBuilder records)
    {
        var tcp = new TcpSpec
        {
            LatencyNs = 1_000,
            DurationNs = 2,
            BytesSent = 3,
            BytesReceived = 4,
            Retransmits = 5,
            Backlog = 6,
            Netns = 7,
        };
        for (EventKind kind = EventKind.TcpConnect; kind <= EventKind.TcpClose; kind++)
        {
            TcpSpec mine = tcp with { Direction = kind == EventKind.TcpListen ? TcpDirection.Listening : TcpDirection.Outbound };
            records.Tcp(kind, kind == EventKind.TcpClose ? Init : Caller, mine).Tcp(kind, Init, mine with { Result = -111 });
        }
    }

    private static void AddUdp(RecordBuilder records)
    {
        var udp = new UdpSpec { Local = "10.0.0.5", DurationNs = 1, DatagramsSent = 2, DatagramsReceived = 3, BytesSent = 4, BytesReceived = 5, Errors = 6, Netns = 7, End = UdpEnd.Closed, Traits = UdpTraits.Connected };
        records.Udp(EventKind.UdpConnect, Caller, udp).Udp(EventKind.UdpConnect, Caller, udp with { Result = -101, Traits = UdpTraits.None })
            .Udp(EventKind.UdpOpen, Caller, udp).Udp(EventKind.UdpOpen, Init, udp with { Result = -101 })
            .Udp(EventKind.UdpClose, Init, udp).Udp(EventKind.UdpClose, Init, udp with { End = UdpEnd.Running });
    }

    /// <summary>What connections and flows later have to do with has a name from here.</summary>
    private static void AddDns(RecordBuilder records)
    {
        byte[] query = DnsMessages.Query("example.org");
        byte[] answer = DnsMessages.Answer("example.org", 1, 0x1234, 0, (1, 300, [1, 2, 3, 4]));
        var spec = new DnsSpec { Message = query, Local = "10.0.0.5", Netns = 7 };
        records.Dns(EventKind.DnsQuery, Caller, spec).After(TimeSpan.FromMilliseconds(1))
            .Dns(EventKind.DnsAnswer, Caller, spec with { Message = answer, Transport = RecordAbi.ProtocolTcp });
        byte[] odd = [.. query];
        (odd[2], odd[^1]) = (0x21, 3);
        byte[] oddAnswer = [.. answer, 0];
        (oddAnswer[2], oddAnswer[28]) = (0xa1, 4);
        oddAnswer[12 + 17 + 5] = 3;
        records.Dns(EventKind.DnsQuery, Init, spec with { Message = [.. odd, 0], Length = 4_000 })
            .Dns(EventKind.DnsAnswer, Init, spec with { Message = oddAnswer });
    }
}
