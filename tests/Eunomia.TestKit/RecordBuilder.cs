using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>
/// Lays records back to back as the collector does. Time goes on by 1 µs per record unless set; live records are numbered
/// per CPU.
/// </summary>
public sealed class RecordBuilder
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<ushort, ulong> _sequences = [];

    /// <summary>CLOCK_BOOTTIME of the next record.</summary>
    public ulong NowNs { get; set; } = 1_000_000_000_000;

    /// <summary>CPU of the next records.</summary>
    public ushort Cpu { get; set; }

    /// <summary>Flags of the next records.</summary>
    public RecordTraits Flags { get; set; }

    /// <summary>All records so far.</summary>
    public byte[] Bytes => [.. _bytes];

    /// <summary>All records so far; the builder begins anew, its clock and numbers go on.</summary>
    public byte[] Take()
    {
        byte[] bytes = Bytes;
        _bytes.Clear();
        return bytes;
    }

    /// <summary>A later time.</summary>
    public RecordBuilder After(TimeSpan time)
    {
        NowNs += (ulong)time.Ticks * 100;
        return this;
    }

    /// <summary>Records that the kernel numbered and lost.</summary>
    public RecordBuilder Skip(ulong count)
    {
        _sequences[Cpu] = _sequences.GetValueOrDefault(Cpu) + count;
        return this;
    }

    public RecordBuilder Fork(ProcessSpec child)
    {
        var fork = new ForkLayout
        {
            Hdr = Header(child, EventKind.ProcessFork),
            ParentStartNs = child.ParentStartNs,
            ParentTid = child.ParentTid == 0 ? child.Ppid : child.ParentTid,
            Vpid = child.Vpid,
            Uid = child.Uid,
            Gid = child.Gid,
            Comm = Comm(child.Comm),
        };
        return Add(fork);
    }

    public RecordBuilder Exec(ProcessSpec process, ExecSpec? exec = null)
    {
        exec ??= new ExecSpec();
        byte[][] tail =
        [
            Encoding.UTF8.GetBytes(exec.Exe),
            Encoding.UTF8.GetBytes(exec.Filename),
            Encoding.UTF8.GetBytes(exec.Cwd),
            exec.RawArgs ?? NulList(exec.Args),
            NulList(exec.Env),
        ];
        var layout = new ExecLayout
        {
            Hdr = Header(process, EventKind.ProcessExec, exec.Truncated),
            CapEffective = exec.CapEffective,
            CapPermitted = exec.CapPermitted,
            CapInheritable = exec.CapInheritable,
            ExeInode = exec.ExeInode,
            ExeCtimeNs = exec.ExeCtimeNs,
            ExeMtimeNs = exec.ExeMtimeNs,
            ExeDev = exec.ExeDevice,
            Userns = exec.UserNamespace,
            Uid = process.Uid,
            Gid = process.Gid,
            Euid = exec.Euid,
            Egid = exec.Egid,
            Loginuid = exec.Loginuid,
            AuditSession = exec.AuditSession,
            Sid = exec.Sid,
            Pgid = exec.Pgid,
            Tty = exec.Tty,
            Vpid = process.Vpid,
            Vsid = exec.Vsid,
            Vpgid = exec.Vpgid,
            Argc = exec.Argc ?? (uint)exec.Args.Count,
            ExeFlags = exec.ExeFlags,
            Comm = Comm(process.Comm),
            ExeLen = (ushort)tail[0].Length,
            FilenameLen = (ushort)tail[1].Length,
            CwdLen = (ushort)tail[2].Length,
            ArgsLen = (ushort)tail[3].Length,
            EnvLen = (ushort)tail[4].Length,
            Syscall = process.Syscall?.Number ?? 0,
            SyscallAbi = AbiOf(process),
            ExeMode = exec.ExeMode,
        };
        return Add(layout, tail);
    }

    public RecordBuilder Exit(
        ProcessSpec process, uint code = 0, uint signal = 0, ExitTraits flags = ExitTraits.None, ulong durationNs = 1_000_000, ulong cpuNs = 400_000)
    {
        var exit = new ExitLayout
        {
            Hdr = Header(process, EventKind.ProcessExit),
            DurationNs = durationNs,
            CpuNs = cpuNs,
            ExitCode = code,
            Signal = signal,
            Vpid = process.Vpid,
            Uid = process.Uid,
            Gid = process.Gid,
            ExitFlags = flags,
            Comm = Comm(process.Comm),
        };
        return Add(exit);
    }

    public RecordBuilder Mkdir(ulong key, string path, ulong parentKey = TestHost.RootCgroup, Truncation truncated = Truncation.None) =>
        Cgroup(EventKind.CgroupMkdir, key, path, parentKey, truncated);

    public RecordBuilder Rmdir(ulong key, string path, ulong parentKey = TestHost.RootCgroup) =>
        Cgroup(EventKind.CgroupRmdir, key, path, parentKey, Truncation.None);

    public RecordBuilder FileOpen(ProcessSpec process, FileOpenSpec open)
    {
        byte[][] tail = Tail(open.Path, open.Raw, open.Base);
        var layout = new FileOpenLayout
        {
            Hdr = Header(process, EventKind.FileOpen, open.Truncated),
            Actor = Actor(process),
            OpenFlags = open.Flags,
            Resolve = open.Resolve,
            Inode = open.Inode,
            Dev = open.Device,
            Mode = open.Mode,
            FileMode = open.FileMode,
            Result = open.Result,
            FileFlags = open.Traits,
            PathLen = (ushort)tail[0].Length,
            RawLen = (ushort)tail[1].Length,
            BaseLen = (ushort)tail[2].Length,
        };
        return Add(layout, tail);
    }

    /// <summary>A close, or totals.</summary>
    public RecordBuilder FileIo(EventKind kind, ProcessSpec process, FileIoSpec io)
    {
        byte[][] tail = Tail(io.Path);
        var layout = new FileIoLayout
        {
            Hdr = Header(process, kind, io.Truncated),
            Actor = Actor(process),
            OpenedNs = io.OpenedNs,
            BytesRead = io.BytesRead,
            BytesWritten = io.BytesWritten,
            Inode = io.Inode,
            Reads = io.Reads,
            Writes = io.Writes,
            Dev = io.Device,
            FileMode = io.FileMode,
            Fd = io.Fd,
            Result = io.Result,
            FileFlags = io.Traits,
            PathLen = (ushort)tail[0].Length,
        };
        return Add(layout, tail);
    }

    /// <summary>Any of the kinds from unlink to truncate.</summary>
    public RecordBuilder FileChange(EventKind kind, ProcessSpec process, FileChangeSpec change)
    {
        byte[][] tail = Tail(change.Path, change.Raw, change.Base, change.NewRaw, change.NewBase);
        var layout = new FileChangeLayout
        {
            Hdr = Header(process, kind, change.Truncated),
            Actor = Actor(process),
            Length = change.Length,
            Flags = change.Flags,
            Mode = change.Mode,
            Owner = change.Owner,
            Group = change.Group,
            Result = change.Result,
            Fd = change.Fd,
            PathLen = (ushort)tail[0].Length,
            RawLen = (ushort)tail[1].Length,
            BaseLen = (ushort)tail[2].Length,
            NewRawLen = (ushort)tail[3].Length,
            NewBaseLen = (ushort)tail[4].Length,
            Dev = change.Device,
        };
        return Add(layout, tail);
    }

    public RecordBuilder Tcp(EventKind kind, ProcessSpec process, TcpSpec tcp)
    {
        var local = IPAddress.Parse(tcp.Local);
        var layout = new TcpLayout
        {
            Hdr = Header(process, kind),
            Actor = Actor(process),
            LocalAddr = Address(local),
            PeerAddr = Address(IPAddress.Parse(tcp.Peer)),
            LatencyNs = tcp.LatencyNs,
            DurationNs = tcp.DurationNs,
            BytesSent = tcp.BytesSent,
            BytesReceived = tcp.BytesReceived,
            Retransmits = tcp.Retransmits,
            Backlog = tcp.Backlog,
            Netns = tcp.Netns,
            Result = tcp.Result,
            LocalPort = tcp.LocalPort,
            PeerPort = tcp.PeerPort,
            Family = tcp.Family ?? FamilyOf(local),
            Direction = tcp.Direction,
        };
        return Add(layout);
    }

    /// <summary>A count of system calls.</summary>
    public RecordBuilder Syscall(ProcessSpec process, SyscallSpec syscall)
    {
        var layout = new SyscallLayout
        {
            Hdr = Header(process, EventKind.Syscall),
            Actor = Actor(process),
            Count = syscall.Count,
            Errors = (ulong)syscall.Errors.Sum(error => error.Count),
            Refused = syscall.Refused,
            LatencyTotalNs = syscall.TotalNs,
            LatencyMaxNs = syscall.MaxNs,
            Number = syscall.Number,
            Abi = syscall.Abi,
            Flags = syscall.Overflow ? SyscallTraits.Overflow : SyscallTraits.None,
        };
        for (int i = 0; i < syscall.Errors.Count; i++)
        {
            layout.Errnos[i] = new SyscallErrno { Number = syscall.Errors[i].Number, Count = syscall.Errors[i].Count };
        }

        foreach (int bucket in syscall.Buckets)
        {
            layout.Latency[bucket]++;
        }

        return Add(layout);
    }

    /// <summary>A system call.</summary>
    public RecordBuilder SyscallCall(ProcessSpec process, SyscallCallSpec call)
    {
        byte[][] tail = [.. Tail(call.Text, call.SecondText), call.Address];
        var layout = new SyscallCallLayout
        {
            Hdr = Header(process, EventKind.SyscallCall),
            Actor = Actor(process),
            Result = call.Result,
            LatencyNs = call.LatencyNs,
            Number = call.Number,
            Abi = call.Abi,
            Refused = call.Refused ? (ushort)1 : (ushort)0,
            AddressLen = (ushort)tail[2].Length,
        };
        layout.Hdr.Truncated = call.IsCut ? Truncation.Text : Truncation.None;
        (layout.TextLen[0], layout.TextLen[1]) = ((ushort)tail[0].Length, (ushort)tail[1].Length);
        for (int i = 0; i < call.Args.Count; i++)
        {
            layout.Args[i] = call.Args[i];
        }

        return Add(layout, tail);
    }

    /// <summary>Any of the security kinds; the longer ones get what they have besides.</summary>
    public RecordBuilder Security(EventKind kind, ProcessSpec process, SecuritySpec security)
    {
        byte[][] tail = Tail(security.Path, security.Raw, security.Base, security.Source, security.Name, security.Data);
        SecurityLayout call = Call(kind, process, security, tail);
        return kind switch
        {
            EventKind.SecurityCredentials => Add(
                new CredentialsLayout { Call = call, Before = security.Before, After = security.After }, tail),
            EventKind.SecurityRedirect => Add(Redirect(call, security.Socket), tail),
            _ => Add(call, tail),
        };
    }

    /// <summary>An end of something that processes talk through.</summary>
    public RecordBuilder Ipc(EventKind kind, ProcessSpec process, IpcSpec ipc)
    {
        byte[][] tail = Tail(ipc.Name);
        var layout = new IpcLayout
        {
            Hdr = Header(process, kind, ipc.Truncated),
            Actor = Actor(process),
            OpenedNs = ipc.OpenedNs,
            BytesSent = ipc.BytesSent,
            BytesReceived = ipc.BytesReceived,
            MessagesSent = ipc.MessagesSent,
            MessagesReceived = ipc.MessagesReceived,
            Inode = ipc.Inode,
            PeerInode = ipc.PeerInode,
            Size = ipc.Size,
            Dev = ipc.Device,
            PeerPid = ipc.PeerPid,
            Ns = ipc.Namespace,
            Key = ipc.Key,
            Id = ipc.Id,
            Fd = ipc.Fd,
            PeerFd = ipc.PeerFd,
            OpenFlags = ipc.Flags,
            Result = ipc.Result,
            IpcFlags = ipc.Traits,
            Type = ipc.Type,
            Role = ipc.Role,
            SocketType = ipc.SocketType,
            NameLen = (ushort)tail[0].Length,
        };
        return Add(layout, tail);
    }

    /// <summary>A signal from a process to another.</summary>
    public RecordBuilder Signal(ProcessSpec sender, SignalSpec signal)
    {
        var layout = new SignalLayout
        {
            Hdr = Header(sender, EventKind.IpcSignal),
            Actor = Actor(sender),
            TargetStartNs = signal.Target.StartNs,
            TargetCgroupKey = signal.Target.CgroupKey,
            Count = signal.Count,
            TargetTgid = signal.Target.Pid,
            TargetTid = signal.Target.Tid,
            TargetVpid = signal.Target.Vpid,
            TargetPidns = signal.Target.Pidns,
            Signal = signal.Signal,
            Code = signal.Code,
            Result = signal.Result,
            SignalFlags = signal.Traits,
            TargetComm = Comm(signal.Target.Comm),
        };
        return Add(layout);
    }

    /// <summary>An open or a close.</summary>
    public RecordBuilder Udp(EventKind kind, ProcessSpec process, UdpSpec udp)
    {
        var peer = IPAddress.Parse(udp.Peer);
        var layout = new UdpLayout
        {
            Hdr = Header(process, kind),
            Actor = Actor(process),
            LocalAddr = Address(IPAddress.Parse(udp.Local)),
            PeerAddr = Address(peer),
            DurationNs = udp.DurationNs,
            DatagramsSent = udp.DatagramsSent,
            DatagramsReceived = udp.DatagramsReceived,
            BytesSent = udp.BytesSent,
            BytesReceived = udp.BytesReceived,
            Errors = udp.Errors,
            Netns = udp.Netns,
            Result = udp.Result,
            End = udp.End,
            UdpFlags = udp.Traits,
            LocalPort = udp.LocalPort,
            PeerPort = udp.PeerPort,
            Family = FamilyOf(peer),
            Direction = udp.Direction,
        };
        return Add(layout);
    }

    /// <summary>A query or an answer.</summary>
    public RecordBuilder Dns(EventKind kind, ProcessSpec process, DnsSpec dns)
    {
        var peer = IPAddress.Parse(dns.Peer);
        uint length = dns.Length ?? (uint)dns.Message.Length;
        var layout = new DnsLayout
        {
            Hdr = Header(process, kind, length > dns.Message.Length ? Truncation.Message : Truncation.None),
            Actor = Actor(process),
            LocalAddr = Address(IPAddress.Parse(dns.Local)),
            PeerAddr = Address(peer),
            Socket = dns.Socket,
            MessageLen = length,
            Netns = dns.Netns,
            LocalPort = dns.LocalPort,
            PeerPort = dns.PeerPort,
            Family = FamilyOf(peer),
            Direction = dns.Direction,
            Transport = dns.Transport,
            DataLen = (ushort)dns.Message.Length,
        };
        return Add(layout, [dns.Message]);
    }

    /// <summary>A record of a kind nobody knows.</summary>
    public RecordBuilder Unknown(ushort kind, int size)
    {
        RecordHeader header = Header(new ProcessSpec(1, 1), (EventKind)kind);
        return Add(header, [new byte[size - Unsafe.SizeOf<RecordHeader>()]]);
    }

    private static SecurityLayout Call(SecurityLayout call, byte[][] tail) => call with
    {
        PathLen = (ushort)tail[0].Length,
        RawLen = (ushort)tail[1].Length,
        BaseLen = (ushort)tail[2].Length,
        SourceLen = (ushort)tail[3].Length,
        NameLen = (ushort)tail[4].Length,
        DataLen = (ushort)tail[5].Length,
    };

    private SecurityLayout Call(EventKind kind, ProcessSpec process, SecuritySpec security, byte[][] tail)
    {
        var call = new SecurityLayout
        {
            Hdr = Header(process, kind, security.Truncated),
            Actor = Actor(process),
            Flags = security.Flags,
            Value = security.Value,
            CapEffective = security.CapEffective,
            CapPermitted = security.CapPermitted,
            Count = security.Count,
            Euid = security.Euid,
            TargetPid = security.TargetPid,
            TargetVpid = security.TargetVpid,
            Detail = security.Detail,
            Result = security.Result,
            Call = security.Call,
            SecurityFlags = security.Traits,
        };
        security.Args.CopyTo(call.Args);
        return Call(call, tail);
    }

    private static RedirectLayout Redirect(SecurityLayout call, TcpSpec socket)
    {
        var local = IPAddress.Parse(socket.Local);
        return new RedirectLayout
        {
            Call = call,
            LocalAddr = Address(local),
            PeerAddr = Address(IPAddress.Parse(socket.Peer)),
            Netns = socket.Netns,
            LocalPort = socket.LocalPort,
            PeerPort = socket.PeerPort,
            Family = socket.Family ?? (local.GetAddressBytes().Length == 4 ? RecordAbi.AfInet : RecordAbi.AfInet6),
            Protocol = 6,
        };
    }

    private RecordBuilder Cgroup(EventKind kind, ulong key, string path, ulong parentKey, Truncation truncated)
    {
        byte[] tail = Encoding.UTF8.GetBytes(path);
        var cgroup = new CgroupLayout
        {
            Hdr = Header(new ProcessSpec(900, 5) { Comm = "runc" }, kind, truncated),
            Key = key,
            ParentKey = parentKey,
            Hierarchy = (uint)(key >> 56),
            Level = (uint)path.Count(c => c == '/'),
            PathLen = (ushort)tail.Length,
        };
        return Add(cgroup, [tail]);
    }

    private RecordHeader Header(ProcessSpec process, EventKind kind, Truncation truncated = Truncation.None) => new()
    {
        TsNs = NowNs,
        Seq = NextSequence(),
        CgroupKey = process.CgroupKey,
        StartNs = process.StartNs,
        Tgid = process.Pid,
        Tid = process.Tid,
        Ppid = process.Ppid,
        Pidns = process.Pidns,
        Mntns = process.Mntns,
        Kind = kind,
        Cpu = Cpu,
        Flags = Flags,
        Truncated = truncated,
    };

    private ulong NextSequence()
    {
        if ((Flags & RecordTraits.Snapshot) != 0)
        {
            return 0;
        }

        ulong next = _sequences.GetValueOrDefault(Cpu) + 1;
        _sequences[Cpu] = next;
        return next;
    }

    public RecordBuilder Enforce(ProcessSpec process, EnforceSpec decision)
    {
        byte[] path = System.Text.Encoding.UTF8.GetBytes(decision.Path);
        var layout = new EnforceLayout
        {
            Hdr = Header(process, EventKind.EnforceDecision, decision.Truncated),
            Actor = Actor(process),
            Inode = decision.Inode,
            Policy = decision.Policy,
            Operation = (ushort)decision.Operation,
            EnforceFlags = (ushort)decision.Traits,
            Port = decision.Port,
            Protocol = decision.Protocol,
            PathLen = (ushort)path.Length,
        };
        if (decision.Address is { } text)
        {
            var address = IPAddress.Parse(text);
            layout.Addr = Address(address);
            layout.Family = address.GetAddressBytes().Length == 4 ? RecordAbi.AfInet : RecordAbi.AfInet6;
        }

        return Add(layout, [path]);
    }

    public RecordBuilder PerfSample(ProcessSpec process, PerfSampleSpec sample)
    {
        byte[][] tail = [[.. sample.Kernel.SelectMany(BitConverter.GetBytes)], [.. sample.User.SelectMany(BitConverter.GetBytes)]];
        var layout = new PerfSampleLayout
        {
            Hdr = Header(process, EventKind.PerfSample, sample.Truncated),
            Actor = Actor(process),
            WeightNs = sample.WeightNs,
            KernelLen = (ushort)tail[0].Length,
            UserLen = (ushort)tail[1].Length,
        };
        return Add(layout, tail);
    }

    public RecordBuilder PerfCounters(ProcessSpec process, PerfCountersSpec used)
    {
        var layout = new PerfCountersLayout
        {
            Hdr = Header(process, EventKind.PerfCounters),
            Actor = Actor(process),
            CpuNs = used.CpuNs,
            VoluntarySwitches = used.VoluntarySwitches,
            InvoluntarySwitches = used.InvoluntarySwitches,
            MinorFaults = used.MinorFaults,
            MajorFaults = used.MajorFaults,
            Migrations = used.Migrations,
            Final = used.IsFinal ? 1u : 0,
        };
        foreach ((PerfCounter counter, ulong count) in used.Counts)
        {
            layout.Counters[(int)counter] = count;
            layout.Available |= 1u << (int)counter;
        }

        return Add(layout);
    }

    private RecordBuilder Add<T>(T layout, byte[][]? tail = null)
        where T : unmanaged
    {
        int start = _bytes.Count;
        _bytes.AddRange(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref layout)));
        foreach (byte[] part in tail ?? [])
        {
            _bytes.AddRange(part);
        }

        while (_bytes.Count % RecordAbi.Alignment != 0)
        {
            _bytes.Add(0);
        }

        Span<byte> record = CollectionsMarshal.AsSpan(_bytes)[start..];
        MemoryMarshal.AsRef<RecordHeader>(record).Size = (ushort)record.Length;
        NowNs += 1_000;
        return this;
    }

    private static ActorLayout Actor(ProcessSpec process) => new()
    {
        Uid = process.Uid,
        Gid = process.Gid,
        Vpid = process.Vpid,
        Syscall = process.Syscall?.Number ?? 0,
        SyscallAbi = AbiOf(process),
        SyscallPart = process.SyscallPart,
        Comm = Comm(process.Comm),
    };

    private static byte AbiOf(ProcessSpec process) => (byte)(process.Syscall is { } call ? 1 + (int)call.Abi : 0);

    private static AddressBytes Address(IPAddress address)
    {
        var bytes = default(AddressBytes);
        address.GetAddressBytes().CopyTo(bytes);
        return bytes;
    }

    private static ushort FamilyOf(IPAddress address) =>
        address.GetAddressBytes().Length == 4 ? RecordAbi.AfInet : RecordAbi.AfInet6;

    private static byte[][] Tail(params string[] parts) => Array.ConvertAll(parts, Encoding.UTF8.GetBytes);

    private static byte[] NulList(IEnumerable<string> items) =>
        Encoding.UTF8.GetBytes(string.Concat(items.Select(item => item + "\0")));

    private static TaskComm Comm(string text)
    {
        var comm = default(TaskComm);
        Encoding.UTF8.GetBytes(text).AsSpan(0, Math.Min(Encoding.UTF8.GetByteCount(text), RecordAbi.CommLength - 1)).CopyTo(comm);
        return comm;
    }
}
