using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Eunomia.Core.Events;
using Eunomia.TestKit;
using Record = Eunomia.Core.Events.Record;

namespace Eunomia.Core.Tests.Events;

public sealed class RecordReaderTests
{
    private static readonly ProcessSpec Shell = new(42, 7_000) { Ppid = 1, Uid = 1000, Gid = 100, Vpid = 3 };

    [Fact]
    public void TryRead_EveryKind_GivesWhatWasWritten()
    {
        byte[] bytes = new RecordBuilder()
            .Mkdir(77, "/docker/x").Fork(Shell).Exec(Shell, Exec()).Exit(Shell, code: 7, durationNs: 5, cpuNs: 4).Rmdir(77, "/docker/x").Bytes;
        var reader = new RecordReader(bytes);

        Assert.True(reader.TryRead(out Record mkdir));
        Assert.Equal("/docker/x"u8, mkdir.AsCgroup().Path);
        Assert.Equal(77UL, mkdir.AsCgroup().Fields.Key);
        Assert.True(reader.TryRead(out Record fork));
        Assert.Equal((42u, 3u, 1000u), (fork.Header.Tgid, fork.AsFork().Fields.Vpid, fork.AsFork().Fields.Uid));
        Assert.Equal("sh"u8, fork.AsFork().Comm);
        Assert.True(reader.TryRead(out Record exec));
        Assert.Equal("/bin/busybox"u8, exec.AsExec().Exe);
        Assert.Equal("/bin/sh"u8, exec.AsExec().Filename);
        Assert.Equal("/tmp"u8, exec.AsExec().Cwd);
        Assert.Equal("sh\0-c\0exit 7\0"u8, exec.AsExec().Args);
        Assert.Equal("A=1\0"u8, exec.AsExec().Env);
        Assert.True(reader.TryRead(out Record exit));
        Assert.Equal((7u, 5UL, 4UL), (exit.AsExit().Fields.ExitCode, exit.AsExit().Fields.DurationNs, exit.AsExit().Fields.CpuNs));
        Assert.True(reader.TryRead(out Record rmdir));
        Assert.Equal("/docker/x"u8, rmdir.AsCgroup().Path);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void TryRead_ActivityKinds_GiveWhatWasWritten()
    {
        var reader = new RecordReader(Activities().Bytes);

        Assert.True(reader.TryRead(out Record open));
        Assert.Equal("/p"u8, open.AsFileOpen().Path);
        Assert.Equal("raw"u8, open.AsFileOpen().Raw);
        Assert.Equal("/base"u8, open.AsFileOpen().Base);
        Assert.Equal((0x80241UL, 7, 1000u, 3u), (open.AsFileOpen().Fields.OpenFlags, open.AsFileOpen().Fields.Result, open.Actor.Uid, open.Actor.Vpid));
        Assert.Equal("sh"u8, open.Actor.Comm.Text);
        Assert.True(reader.TryRead(out Record close));
        Assert.Equal("/closed"u8, close.AsFileIo().Path);
        Assert.Equal((9, 5UL, 100u), (close.AsFileIo().Fields.Fd, close.AsFileIo().Fields.BytesRead, close.Actor.Gid));
        Assert.True(reader.TryRead(out Record rename));
        FileChangeRecord change = rename.AsFileChange();
        Assert.Equal("/a"u8, change.Path);
        Assert.Equal("bb"u8, change.Raw);
        Assert.Equal("/ccc"u8, change.Base);
        Assert.Equal("dddd"u8, change.NewRaw);
        Assert.Equal("/eeeee"u8, change.NewBase);
        Assert.True(reader.TryRead(out Record tcp));
        Assert.Equal(new byte[] { 10, 0, 0, 5 }, tcp.AsTcp().LocalAddress);
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, tcp.AsTcp().PeerAddress);
        Assert.Equal((443, -111), (tcp.AsTcp().Fields.PeerPort, tcp.AsTcp().Fields.Result));
        Assert.True(reader.TryRead(out Record udp));
        Assert.Equal(new byte[] { 1, 2, 3, 4 }, udp.AsUdp().PeerAddress);
        Assert.Equal((123, 5UL, (long?)-1), ((int)udp.AsUdp().Fields.PeerPort, udp.AsUdp().Fields.BytesSent, udp.Result));
        Assert.True(reader.TryRead(out Record dns));
        Assert.Equal("abc"u8, dns.AsDns().Message);
        Assert.Equal((53, true, (long?)null), ((int)dns.AsDns().Fields.PeerPort, dns.AsDns().IsCut, dns.Result));
        Assert.True(reader.TryRead(out Record ipc));
        Assert.Equal("/run/x"u8, ipc.AsIpc().Name);
        Assert.Equal((IpcType.Unix, 5UL, 9, -13), (ipc.AsIpc().Fields.Type, ipc.AsIpc().Fields.BytesSent, ipc.AsIpc().Fields.Fd, ipc.Result));
        Assert.True(reader.TryRead(out Record signal));
        Assert.Equal("kill"u8, signal.AsSignal().Fields.TargetComm.Text);
        Assert.Equal((9u, 77u, null), (signal.AsSignal().Fields.Signal, signal.AsSignal().Fields.TargetTgid, signal.Result));
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void TryRead_SecurityKinds_GiveWhatWasWritten()
    {
        var reader = new RecordReader(SecurityCalls().Bytes);
        foreach (EventKind kind in new[] { EventKind.SecurityMount, EventKind.SecurityCredentials, EventKind.SecurityRedirect })
        {
            Assert.True(reader.TryRead(out Record record));
            SecurityRecord call = record.AsSecurity();
            Assert.Equal((kind, SecurityCall.Mount, -1, 7UL), (record.Kind, call.Fields.Call, call.Fields.Result, call.Fields.Count));
            ReadOnlySpan<ulong> arguments = call.Fields.Args;
            Assert.Equal([1, 2, 3, 4, 5, 6], arguments.ToArray());
            Assert.Equal("/p"u8, call.Path);
            Assert.Equal("raw"u8, call.Raw);
            Assert.Equal("/base"u8, call.Base);
            Assert.Equal("source"u8, call.Source);
            Assert.Equal("name"u8, call.Name);
            Assert.Equal("data=1"u8, call.Data);
            Assert.Equal((1000u, -1), (record.Actor.Uid, record.Result));
            if (kind == EventKind.SecurityCredentials)
            {
                Assert.Equal(9u, record.AsCredentials().Fields.After.Fsgid);
            }
            else if (kind == EventKind.SecurityRedirect)
            {
                Assert.Equal(new byte[] { 1, 2, 3, 4 }, record.AsRedirect().PeerAddress);
            }
        }

        Assert.False(reader.TryRead(out _));
        Assert.False(reader.Malformed);
    }

    [Fact]
    public void TryRead_AddressOfUnknownFamily_HasNoBytes()
    {
        var reader = new RecordReader(new RecordBuilder().Tcp(EventKind.TcpConnect, Shell, new TcpSpec { Family = 1 }).Bytes);

        Assert.True(reader.TryRead(out Record tcp));
        Assert.True(tcp.AsTcp().LocalAddress.IsEmpty && tcp.AsTcp().PeerAddress.IsEmpty);
    }

    [Theory]
    [InlineData("path of an open", EventKind.FileOpen, typeof(FileOpenLayout), nameof(FileOpenLayout.PathLen))]
    [InlineData("raw path of an open", EventKind.FileOpen, typeof(FileOpenLayout), nameof(FileOpenLayout.RawLen))]
    [InlineData("base of an open", EventKind.FileOpen, typeof(FileOpenLayout), nameof(FileOpenLayout.BaseLen))]
    [InlineData("path of a close", EventKind.FileClose, typeof(FileIoLayout), nameof(FileIoLayout.PathLen))]
    [InlineData("path of totals", EventKind.FileIo, typeof(FileIoLayout), nameof(FileIoLayout.PathLen))]
    [InlineData("path of a change", EventKind.FileChmod, typeof(FileChangeLayout), nameof(FileChangeLayout.PathLen))]
    [InlineData("raw path of a change", EventKind.FileUnlink, typeof(FileChangeLayout), nameof(FileChangeLayout.RawLen))]
    [InlineData("base of a change", EventKind.FileMkdir, typeof(FileChangeLayout), nameof(FileChangeLayout.BaseLen))]
    [InlineData("new raw path of a change", EventKind.FileRename, typeof(FileChangeLayout), nameof(FileChangeLayout.NewRawLen))]
    [InlineData("name of an end", EventKind.IpcTraffic, typeof(IpcLayout), nameof(IpcLayout.NameLen))]
    [InlineData("new base of a change", EventKind.FileLink, typeof(FileChangeLayout), nameof(FileChangeLayout.NewBaseLen))]
    [InlineData("path of a security call", EventKind.SecurityPtrace, typeof(SecurityLayout), nameof(SecurityLayout.PathLen))]
    [InlineData("raw path of a security call", EventKind.SecurityChroot, typeof(SecurityLayout), nameof(SecurityLayout.RawLen))]
    [InlineData("base of a security call", EventKind.SecurityMount, typeof(SecurityLayout), nameof(SecurityLayout.BaseLen))]
    [InlineData("source of a security call", EventKind.SecurityMount, typeof(SecurityLayout), nameof(SecurityLayout.SourceLen))]
    [InlineData("name of a security call", EventKind.SecurityMemfd, typeof(SecurityLayout), nameof(SecurityLayout.NameLen))]
    [InlineData("data of a change of credentials", EventKind.SecurityCredentials, typeof(SecurityLayout), nameof(SecurityLayout.DataLen))]
    [InlineData("raw path of a redirection", EventKind.SecurityRedirect, typeof(SecurityLayout), nameof(SecurityLayout.RawLen))]
    [InlineData("message", EventKind.DnsQuery, typeof(DnsLayout), nameof(DnsLayout.DataLen))]
    public void TryRead_FileStringBeyondTheRecord_IsMalformed(string name, EventKind kind, Type layout, string field)
    {
        Assert.NotEmpty(name);
        byte[] bytes = Activity(kind);
        int length = Unsafe.ReadUnaligned<ushort>(ref bytes[(int)Marshal.OffsetOf(layout, field)]);
        MemoryMarshal.Write(bytes.AsSpan((int)Marshal.OffsetOf(layout, field)), (ushort)(length + 8)); // more than the padding
        AssertMalformed(bytes);
    }

    [Theory]
    [InlineData(EventKind.FileOpen, 144)]
    [InlineData(EventKind.FileClose, 152)]
    [InlineData(EventKind.FileIo, 152)]
    [InlineData(EventKind.FileUnlink, 136)]
    [InlineData(EventKind.FileTruncate, 136)]
    [InlineData(EventKind.TcpConnect, 176)]
    [InlineData(EventKind.TcpListen, 176)]
    [InlineData(EventKind.TcpAccept, 176)]
    [InlineData(EventKind.TcpClose, 176)]
    [InlineData(EventKind.SecurityMount, 216)]
    [InlineData(EventKind.SecurityChroot, 216)]
    [InlineData(EventKind.SecurityCredentials, 328)]
    [InlineData(EventKind.SecurityRedirect, 264)]
    [InlineData(EventKind.IpcOpen, 200)]
    [InlineData(EventKind.IpcUse, 200)]
    [InlineData(EventKind.IpcTraffic, 200)]
    [InlineData(EventKind.IpcClose, 200)]
    [InlineData(EventKind.IpcSignal, 160)]
    [InlineData(EventKind.UdpOpen, 184)]
    [InlineData(EventKind.UdpClose, 184)]
    [InlineData(EventKind.DnsQuery, 152)]
    [InlineData(EventKind.DnsAnswer, 152)]
    public void TryRead_SizeBelowTheFixedPart_IsMalformed(EventKind kind, int size)
    {
        byte[] bytes = Activity(kind)[..size];
        MemoryMarshal.AsRef<RecordHeader>(bytes.AsSpan()).Size = (ushort)size;
        AssertMalformed(bytes);
    }

    [Fact]
    public void TryRead_UnknownKind_IsHandedOutByHeaderAndPassedBySize()
    {
        byte[] bytes = new RecordBuilder().Unknown(kind: 33, size: 200).Exit(Shell).Bytes;
        var reader = new RecordReader(bytes);

        Assert.True(reader.TryRead(out Record unknown));
        Assert.Equal((EventKind)33, unknown.Kind);
        Assert.True(reader.TryRead(out Record exit));
        Assert.Equal(EventKind.ProcessExit, exit.Kind);
    }

    [Fact]
    public void TryRead_EveryTruncationOfAValidBuffer_NeverThrowsAndSaysMalformedUnlessBetweenRecords()
    {
        byte[] bytes = new RecordBuilder().Mkdir(77, "/docker/x").Fork(Shell).Exec(Shell, Exec()).Exit(Shell).Bytes;
        bytes = [.. bytes, .. Activities().Bytes, .. SecurityCalls().Bytes];
        HashSet<int> ends = [0, .. Ends(bytes)];

        for (int length = 0; length <= bytes.Length; length++)
        {
            var reader = new RecordReader(bytes.AsSpan(0, length));
            while (reader.TryRead(out Record record))
            {
                Touch(record);
            }

            Assert.Equal(!ends.Contains(length), reader.Malformed);
        }
    }

    [Theory]
    [InlineData("size below the header", 56)]
    [InlineData("size zero", 0)]
    [InlineData("size not a multiple of 8", 123)]
    [InlineData("size beyond the buffer", 4096)]
    [InlineData("size below the fixed part", 64)]
    public void TryRead_BadSize_IsMalformed(string name, int size)
    {
        Assert.NotEmpty(name);
        byte[] bytes = new RecordBuilder().Exit(Shell).Bytes;
        MemoryMarshal.AsRef<RecordHeader>(bytes.AsSpan()).Size = (ushort)size;
        AssertMalformed(bytes);
    }

    [Theory]
    [InlineData("exe", nameof(ExecLayout.ExeLen))]
    [InlineData("filename", nameof(ExecLayout.FilenameLen))]
    [InlineData("cwd", nameof(ExecLayout.CwdLen))]
    [InlineData("args", nameof(ExecLayout.ArgsLen))]
    [InlineData("env", nameof(ExecLayout.EnvLen))]
    public void TryRead_ExecStringBeyondTheRecord_IsMalformed(string name, string field)
    {
        Assert.NotEmpty(name);
        byte[] bytes = new RecordBuilder().Exec(Shell, Exec()).Bytes;
        int offset = (int)Marshal.OffsetOf<ExecLayout>(field);
        MemoryMarshal.Write(bytes.AsSpan(offset), ushort.MaxValue);
        AssertMalformed(bytes);
    }

    [Fact]
    public void TryRead_CgroupPathBeyondTheRecord_IsMalformed()
    {
        byte[] bytes = new RecordBuilder().Mkdir(77, "/docker/x").Bytes;
        MemoryMarshal.AsRef<CgroupLayout>(bytes.AsSpan()).PathLen = 17;
        AssertMalformed(bytes);
    }

    [Fact]
    public void TryRead_RandomBytes_NeverThrows()
    {
        var random = new Random(20260101);
        byte[] bytes = new byte[600];
        int read = 0;
        for (int round = 0; round < 100_000; round++)
        {
            random.NextBytes(bytes);
            Span<byte> input = bytes.AsSpan(0, random.Next(bytes.Length));
            MakePlausible(input, random);
            var reader = new RecordReader(input);
            while (reader.TryRead(out Record record))
            {
                read += Touch(record);
            }
        }

        Assert.True(read > 10_000, $"only {read} strings were reached: the input is not plausible enough to test much");
    }

    [Fact]
    public void NulList_CutAndEmptyItems_GivesEachItem()
    {
        List<string> items = [];
        foreach (ReadOnlySpan<byte> item in new NulList("a\0\0b\0cut"u8))
        {
            items.Add(Encoding.UTF8.GetString(item));
        }

        Assert.Equal(["a", "", "b", "cut"], items);
    }

    [Fact]
    public void AsExec_OfAnotherKind_Throws() => Assert.Throws<InvalidOperationException>(() =>
    {
        var reader = new RecordReader(new RecordBuilder().Exit(Shell).Bytes);
        reader.TryRead(out Record record);
        record.AsExec();
    });

    [Fact]
    public void Actor_OfAProcessRecord_Throws() => Assert.Throws<InvalidOperationException>(() =>
    {
        var reader = new RecordReader(new RecordBuilder().Exit(Shell).Bytes);
        reader.TryRead(out Record record);
        _ = record.Actor;
    });

    /// <summary>One record of each layout with an actor; strings of different lengths.</summary>
    private static RecordBuilder Activities() => new RecordBuilder()
        .FileOpen(Shell, new FileOpenSpec { Path = "/p", Raw = "raw", Base = "/base", Flags = 0x80241, Result = 7 })
        .FileIo(EventKind.FileClose, Shell, new FileIoSpec { Path = "/closed", Fd = 9, BytesRead = 5 })
        .FileChange(EventKind.FileRename, Shell, new FileChangeSpec { Path = "/a", Raw = "bb", Base = "/ccc", NewRaw = "dddd", NewBase = "/eeeee" })
        .Tcp(EventKind.TcpConnect, Shell, new TcpSpec { Result = -111 })
        .Udp(EventKind.UdpOpen, Shell, new UdpSpec { Result = -1, BytesSent = 5 })
        .Dns(EventKind.DnsQuery, Shell, new DnsSpec { Message = "abc"u8.ToArray(), Length = 4 })
        .Ipc(EventKind.IpcOpen, Shell, new IpcSpec { Type = IpcType.Unix, Name = "/run/x", BytesSent = 5, Fd = 9, Result = -13 })
        .Signal(Shell, new SignalSpec(Shell with { Pid = 77, Comm = "kill" }) { Signal = 9 });

    private static readonly SecuritySpec Call = new()
    {
        Call = SecurityCall.Mount,
        Args = [1, 2, 3, 4, 5, 6],
        Path = "/p",
        Raw = "raw",
        Base = "/base",
        Source = "source",
        Name = "name",
        Data = "data=1",
        Result = -1,
        Count = 7,
        After = new IdsLayout { Fsgid = 9 },
    };

    private static RecordBuilder SecurityCalls() => new RecordBuilder()
        .Security(EventKind.SecurityMount, Shell, Call).Security(EventKind.SecurityCredentials, Shell, Call).Security(EventKind.SecurityRedirect, Shell, Call);

    private static byte[] Activity(EventKind kind) => kind switch
    {
        EventKind.FileOpen => new RecordBuilder().FileOpen(Shell, new FileOpenSpec { Path = "/p", Raw = "raw", Base = "/base" }).Bytes,
        EventKind.FileClose or EventKind.FileIo => new RecordBuilder().FileIo(kind, Shell, new FileIoSpec { Path = "/closed" }).Bytes,
        >= EventKind.SecurityPtrace => new RecordBuilder().Security(kind, Shell, Call).Bytes,
        EventKind.IpcSignal => new RecordBuilder().Signal(Shell, new SignalSpec(Shell)).Bytes,
        >= EventKind.IpcOpen => new RecordBuilder().Ipc(kind, Shell, new IpcSpec { Name = "/x" }).Bytes,
        EventKind.UdpOpen or EventKind.UdpClose => new RecordBuilder().Udp(kind, Shell, new UdpSpec()).Bytes,
        EventKind.DnsQuery or EventKind.DnsAnswer => new RecordBuilder().Dns(kind, Shell, new DnsSpec { Message = "abc"u8.ToArray() }).Bytes,
        >= EventKind.TcpConnect => new RecordBuilder().Tcp(kind, Shell, new TcpSpec()).Bytes,
        _ => new RecordBuilder().FileChange(kind, Shell, new FileChangeSpec { Path = "/a", Raw = "bb", Base = "/ccc", NewRaw = "dddd", NewBase = "/eeeee" }).Bytes,
    };

    private static ExecSpec Exec() => new()
    {
        Exe = "/bin/busybox",
        Cwd = "/tmp",
        Args = ["sh", "-c", "exit 7"],
        Env = ["A=1"],
    };

    private static void AssertMalformed(byte[] bytes)
    {
        var reader = new RecordReader(bytes);
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.Malformed);
        Assert.False(reader.TryRead(out _));
    }

    private static List<int> Ends(byte[] bytes)
    {
        List<int> ends = [];
        int end = 0;
        var reader = new RecordReader(bytes);
        while (reader.TryRead(out Record record))
        {
            ends.Add(end += record.Header.Size);
        }

        return ends;
    }

    /// <summary>Random bytes fail at the first size; so most rounds get a kind and a size that could be.</summary>
    private static void MakePlausible(Span<byte> input, Random random)
    {
        if (input.Length < Unsafe.SizeOf<RecordHeader>() || random.Next(8) == 0)
        {
            return;
        }

        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(input);
        header.Kind = (EventKind)random.Next(0, 52);
        header.Size = (ushort)(random.Next(4) == 0 ? random.Next(700) : input.Length & ~7);
        (int lengths, int count) = header.Kind switch
        {
            EventKind.ProcessExec => ((int)Marshal.OffsetOf<ExecLayout>(nameof(ExecLayout.ExeLen)), 5),
            EventKind.FileOpen => ((int)Marshal.OffsetOf<FileOpenLayout>(nameof(FileOpenLayout.PathLen)), 3),
            EventKind.FileClose or EventKind.FileIo => ((int)Marshal.OffsetOf<FileIoLayout>(nameof(FileIoLayout.PathLen)), 1),
            >= EventKind.SecurityPtrace => ((int)Marshal.OffsetOf<SecurityLayout>(nameof(SecurityLayout.PathLen)), 6),
            >= EventKind.IpcOpen and <= EventKind.IpcClose => ((int)Marshal.OffsetOf<IpcLayout>(nameof(IpcLayout.NameLen)), 1),
            EventKind.DnsQuery or EventKind.DnsAnswer => ((int)Marshal.OffsetOf<DnsLayout>(nameof(DnsLayout.DataLen)), 1),
            _ => ((int)Marshal.OffsetOf<FileChangeLayout>(nameof(FileChangeLayout.PathLen)), 5),
        };
        for (int i = 0; i < count && lengths + (2 * i) + 2 <= input.Length; i++)
        {
            MemoryMarshal.Write(input[(lengths + (2 * i))..], (ushort)random.Next(100));
        }
    }

    /// <summary>Reads every byte that a consumer could.</summary>
    private static int Touch(Record record) => record.Kind switch
    {
        EventKind.ProcessFork => 1 + record.AsFork().Comm.Length,
        EventKind.ProcessExec => TouchExec(record.AsExec()),
        EventKind.ProcessExit => 1 + record.AsExit().Comm.Length,
        EventKind.CgroupMkdir or EventKind.CgroupRmdir => 1 + Sum(record.AsCgroup().Path),
        EventKind.FileOpen => TouchOpen(record.AsFileOpen()) + record.Actor.Comm.Text.Length,
        EventKind.FileClose or EventKind.FileIo => 1 + Sum(record.AsFileIo().Path) + record.Actor.Comm.Text.Length,
        (>= EventKind.FileUnlink and <= EventKind.FileTruncate) or EventKind.FileMknod => TouchChange(record.AsFileChange()) + record.Actor.Comm.Text.Length,
        >= EventKind.TcpConnect and <= EventKind.TcpClose => 1 + Sum(record.AsTcp().LocalAddress) + Sum(record.AsTcp().PeerAddress),
        (>= EventKind.SecurityPtrace and <= EventKind.SecurityChroot) or EventKind.SecuritySocket or EventKind.SecuritySystem => TouchSecurity(record) + record.Actor.Comm.Text.Length,
        >= EventKind.IpcOpen and <= EventKind.IpcClose => 1 + Sum(record.AsIpc().Name) + record.Actor.Comm.Text.Length,
        EventKind.IpcSignal => 1 + record.AsSignal().Fields.TargetComm.Text.Length,
        EventKind.UdpConnect or EventKind.UdpOpen or EventKind.UdpClose => 1 + Sum(record.AsUdp().LocalAddress) + Sum(record.AsUdp().PeerAddress),
        EventKind.DnsQuery or EventKind.DnsAnswer => 1 + Sum(record.AsDns().Message) + Sum(record.AsDns().PeerAddress),
        _ => 0,
    };

    private static int TouchSecurity(Record record)
    {
        SecurityRecord call = record.AsSecurity();
        int sum = Sum(call.Path) + Sum(call.Raw) + Sum(call.Base) + Sum(call.Source) + Sum(call.Name) + Sum(call.Data);
        if (record.Kind == EventKind.SecurityRedirect)
        {
            sum += Sum(record.AsRedirect().LocalAddress) + Sum(record.AsRedirect().PeerAddress);
        }
        else if (record.Kind == EventKind.SecurityCredentials)
        {
            sum += (int)(record.AsCredentials().Fields.After.Fsgid & 1);
        }

        return 1 + (sum & 1);
    }

    private static int TouchOpen(FileOpenRecord open) => 1 + (Sum(open.Path) + Sum(open.Raw) + Sum(open.Base) & 1);

    private static int TouchChange(FileChangeRecord change) =>
        1 + (Sum(change.Path) + Sum(change.Raw) + Sum(change.Base) + Sum(change.NewRaw) + Sum(change.NewBase) & 1);

    private static int TouchExec(ExecRecord exec) =>
        1 + (Sum(exec.Exe) + Sum(exec.Filename) + Sum(exec.Cwd) + Sum(exec.Args) + Sum(exec.Env) & 1);

    private static int Sum(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        foreach (byte b in bytes)
        {
            sum += b;
        }

        return sum & 1;
    }
}
