using System.Buffers;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>Each security kind as JSON and as text.</summary>
public sealed class SecurityOutputTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 7, Uid = 1000, Gid = 100 };

    /// <summary>Name, kind, what the record says, the JSON object, the last column.</summary>
    private static readonly Dictionary<string, (EventKind Kind, SecuritySpec Spec, string Json, string Text)> Cases = new()
    {
        ["ptrace"] = (
            EventKind.SecurityPtrace,
            new() { Call = SecurityCall.Ptrace, Args = [0x4206, 9, 0, 1], TargetPid = 9, TargetVpid = 9, Result = -1 },
            """{"syscall":"ptrace","operation":"PTRACE_SEIZE","arguments":["0x0","0x1"],"target":{"pid":9}}""",
            "ptrace PTRACE_SEIZE on 9 = EPERM"),
        ["request without a name"] = (
            EventKind.SecurityPtrace,
            new() { Call = SecurityCall.Ptrace, Args = [77, 9, 0xff, 1] },
            """{"syscall":"ptrace","operation":"77","arguments":["0xff","0x1"]}""",
            "ptrace 77"),
        ["setns"] = (
            EventKind.SecurityNamespace,
            new() { Call = SecurityCall.Setns, Args = [3, 0x40000000], Flags = 0x40000000, Value = 4026531840, Name = "net" },
            """{"syscall":"setns","flags":["CLONE_NEWNET"],"fd":3,"namespace_type":"net","namespace":4026531840}""",
            "setns net CLONE_NEWNET"),
        ["clone, whose low byte is a signal"] = (
            EventKind.SecurityNamespace,
            new() { Call = SecurityCall.Clone, Flags = 0x20000080 | 17, TargetPid = 50, TargetVpid = 50, Result = 50 },
            """{"syscall":"clone","flags":["CLONE_NEWPID"],"target":{"pid":50}}""",
            "clone CLONE_NEWPID on 50 = 50"),
        ["time namespace"] = (
            EventKind.SecurityNamespace,
            new() { Call = SecurityCall.Unshare, Flags = 0x80 },
            """{"syscall":"unshare","flags":["CLONE_NEWTIME"]}""",
            "unshare CLONE_NEWTIME"),
        ["mount"] = (
            EventKind.SecurityMount,
            new() { Call = SecurityCall.Mount, Flags = 0x1001, Source = "/dev/sda1", Raw = "../mnt", Base = "/srv", Name = "ext4", Data = "ro", Result = -16 },
            """{"syscall":"mount","flags":["MS_RDONLY","MS_BIND"],"path":"/mnt","path_raw":"../mnt","path_source":"lexical","source":"/dev/sda1","type":"ext4","data":"ro"}""",
            "mount /dev/sda1 /mnt ext4 MS_RDONLY|MS_BIND ro = EBUSY"),
        ["move_mount from a descriptor"] = (
            EventKind.SecurityMount,
            new() { Call = SecurityCall.MoveMount, Flags = 4, Path = "/tree", Raw = "/mnt" },
            """{"syscall":"move_mount","flags":["MOVE_MOUNT_F_EMPTY_PATH"],"path":"/mnt","path_raw":"/mnt","path_source":"lexical","source":"/tree"}""",
            "move_mount /tree /mnt MOVE_MOUNT_F_EMPTY_PATH"),
        ["attributes of a mount"] = (
            EventKind.SecurityMount,
            new() { Call = SecurityCall.MountSetattr, Args = [0, 0, 0, 0x70], Flags = 0x8000, Value = 0x10, Detail = 1 << 20, Raw = "/" },
            """{"syscall":"mount_setattr","flags":["AT_RECURSIVE"],"path":"/","path_raw":"/","path_source":"lexical","attributes":["MOUNT_ATTR_NOATIME"],"attributes_cleared":["MOUNT_ATTR__ATIME"],"propagation":["MS_SHARED"]}""",
            "mount_setattr / AT_RECURSIVE"),
        ["module"] = (
            EventKind.SecurityModule,
            new() { Call = SecurityCall.FinitModule, Args = [5], Flags = 0x12, Path = "/m.ko", Data = "a=1" },
            """{"syscall":"finit_module","flags":["MODULE_INIT_IGNORE_VERMAGIC","0x10"],"fd":5,"path":"/m.ko","path_source":"dentry","data":"a=1"}""",
            "finit_module /m.ko MODULE_INIT_IGNORE_VERMAGIC|0x10 a=1"),
        ["program"] = (
            EventKind.SecurityBpf,
            new() { Call = SecurityCall.Bpf, Args = [5], Detail = 2, Name = "p", Result = 4 },
            """{"syscall":"bpf","operation":"BPF_PROG_LOAD","type":"BPF_PROG_TYPE_KPROBE","name":"p"}""",
            "bpf BPF_PROG_LOAD BPF_PROG_TYPE_KPROBE p = 4"),
        ["command and type of tomorrow"] = (
            EventKind.SecurityBpf,
            new() { Call = SecurityCall.Bpf, Args = [99], Detail = 999 },
            """{"syscall":"bpf","operation":"99"}""",
            "bpf 99"),
        ["setuid, the old ids not known"] = (
            EventKind.SecurityCredentials,
            new() { Call = SecurityCall.Setuid, After = new IdsLayout { Uid = 5, CapPermitted = 0x80 } },
            """{"syscall":"setuid","requested":{"uid":0},"after":{"uid":5,"euid":0,"suid":0,"fsuid":0,"gid":0,"egid":0,"sgid":0,"fsgid":0,"cap_effective":"0x0","cap_permitted":"0x80","cap_inheritable":"0x0"}}""",
            "setuid uid 5 euid 0 gid 0 egid 0"),
        ["setresuid, of which two stay"] = (
            EventKind.SecurityCredentials,
            new()
            {
                Call = SecurityCall.Setresuid,
                Args = [0xffffffff, 3, 0xffffffffffffffff],
                Traits = SecurityTraits.Before | SecurityTraits.Compat,
                Before = new IdsLayout { CapEffective = 0xff },
                After = new IdsLayout { Euid = 3 },
            },
            """{"syscall":"setresuid","abi":"compat","requested":{"euid":3},"before":{"uid":0,"euid":0,"suid":0,"fsuid":0,"gid":0,"egid":0,"sgid":0,"fsgid":0,"cap_effective":"0xff","cap_permitted":"0x0","cap_inheritable":"0x0"},"after":{"uid":0,"euid":3,"suid":0,"fsuid":0,"gid":0,"egid":0,"sgid":0,"fsgid":0,"cap_effective":"0x0","cap_permitted":"0x0","cap_inheritable":"0x0"}}""",
            "setresuid euid 0 to 3 capabilities 0xff to 0x0"),
        ["capability"] = (
            EventKind.SecurityCapability,
            new() { Detail = 21, Value = 4026531837, Count = 12, Result = -1 },
            """{"capability":"CAP_SYS_ADMIN","user_namespace":4026531837,"count":12}""",
            "CAP_SYS_ADMIN, 12 times = EPERM"),
        ["capability of tomorrow"] = (
            EventKind.SecurityCapability, new() { Detail = 99 }, """{"capability":"99","count":1}""", "99"),
        ["memfd"] = (
            EventKind.SecurityMemfd,
            new() { Call = SecurityCall.MemfdCreate, Flags = 3, Name = "x", Result = 3 },
            """{"syscall":"memfd_create","flags":["MFD_CLOEXEC","MFD_ALLOW_SEALING"],"name":"x"}""",
            "memfd_create x MFD_CLOEXEC|MFD_ALLOW_SEALING = 3"),
        ["special keyring"] = (
            EventKind.SecurityKey,
            new() { Call = SecurityCall.Keyctl, Args = [11, 0xfffffffe] },
            """{"syscall":"keyctl","operation":"KEYCTL_READ","key":-2}""",
            "keyctl KEYCTL_READ"),
        ["session keyring, which has a name"] = (
            EventKind.SecurityKey,
            new() { Call = SecurityCall.Keyctl, Args = [1, 0x7fff0000] },
            """{"syscall":"keyctl","operation":"KEYCTL_JOIN_SESSION_KEYRING"}""",
            "keyctl KEYCTL_JOIN_SESSION_KEYRING"),
        ["operation of a ring"] = (
            EventKind.SecurityIoUringOp,
            new() { Detail = 37, Count = 3 },
            """{"operation":"IORING_OP_MKDIRAT","count":3}""",
            "IORING_OP_MKDIRAT, 3 times"),
        ["registered ring"] = (
            EventKind.SecurityIoUring,
            new() { Call = SecurityCall.IoUringRegister, Args = [3, 0x80000002] },
            """{"syscall":"io_uring_register","operation":"IORING_REGISTER_FILES","fd":3}""",
            "io_uring_register IORING_REGISTER_FILES"),
        ["ambient capability"] = (
            EventKind.SecurityPrctl,
            new() { Call = SecurityCall.Prctl, Args = [47, 2, 13, 0, 0] },
            """{"syscall":"prctl","operation":"PR_CAP_AMBIENT","arguments":["0x2","0xd"],"capability":"CAP_NET_RAW"}""",
            "prctl PR_CAP_AMBIENT CAP_NET_RAW"),
        ["unix socket"] = (
            EventKind.SecurityRedirect,
            new() { Call = SecurityCall.Dup2, Args = [3, 0], Raw = "/run/x", Socket = new() { Family = 1 } },
            """{"syscall":"dup2","fd":3}""",
            "unix /run/x on descriptor = 0"),
        ["tcp socket"] = (
            EventKind.SecurityRedirect,
            new() { Call = SecurityCall.Fcntl, Args = [3, 1030], Result = 1 },
            """{"syscall":"fcntl","operation":"F_DUPFD_CLOEXEC","fd":3}""",
            "tcp 10.0.0.5:43210 - 1.2.3.4:443 on descriptor = 1"),
        ["packet socket"] = (
            EventKind.SecuritySocket,
            new() { Call = SecurityCall.Socket, Args = [17, 0x80803, 0x300], Result = 3 },
            """{"syscall":"socket","flags":["SOCK_NONBLOCK","SOCK_CLOEXEC"],"family":"AF_PACKET","socket_type":"SOCK_RAW","protocol":"ETH_P_ALL"}""",
            "socket AF_PACKET SOCK_RAW ETH_P_ALL SOCK_NONBLOCK|SOCK_CLOEXEC = 3"),
        ["audit socket"] = (
            EventKind.SecuritySocket,
            new() { Call = SecurityCall.Socket, Args = [16, 3, 9], Result = -1 },
            """{"syscall":"socket","family":"AF_NETLINK","socket_type":"SOCK_RAW","protocol":"NETLINK_AUDIT"}""",
            "socket AF_NETLINK SOCK_RAW NETLINK_AUDIT = EPERM"),
        ["socket of tomorrow"] = (
            EventKind.SecuritySocket,
            new() { Call = SecurityCall.Socket, Args = [99, 10, 7], Result = -97 },
            """{"syscall":"socket","family":"99","socket_type":"SOCK_PACKET","protocol":"7"}""",
            "socket 99 SOCK_PACKET 7 = EAFNOSUPPORT"),
        ["swap"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.Swapon, Flags = 0x8005, Raw = "swap", Base = "/srv", Result = -2 },
            """{"syscall":"swapon","flags":["SWAP_FLAG_PREFER","0x5"],"path":"/srv/swap","path_raw":"swap","path_source":"lexical"}""",
            "swapon /srv/swap SWAP_FLAG_PREFER|0x5 = ENOENT"),
        ["quota"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.QuotactlFd, Args = [3, 0x80000201], Path = "/srv" },
            """{"syscall":"quotactl_fd","operation":"Q_QUOTAON","fd":3,"path":"/srv","path_source":"dentry"}""",
            "quotactl_fd Q_QUOTAON /srv"),
        ["kernel log"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.Syslog, Args = [3], Result = 12 },
            """{"syscall":"syslog","operation":"SYSLOG_ACTION_READ_ALL"}""",
            "syslog SYSLOG_ACTION_READ_ALL = 12"),
        ["clock"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.ClockAdjtime, Args = [0], Flags = 0x8001 | 0x10 },
            """{"syscall":"clock_adjtime","operation":"CLOCK_REALTIME","flags":["ADJ_OFFSET_SINGLESHOT","ADJ_STATUS"]}""",
            "clock_adjtime CLOCK_REALTIME ADJ_OFFSET_SINGLESHOT|ADJ_STATUS"),
        ["another kernel"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.KexecFileLoad, Args = [3, 4], Flags = 2, Path = "/boot/vmlinuz", Data = "quiet" },
            """{"syscall":"kexec_file_load","flags":["KEXEC_FILE_ON_CRASH"],"fd":3,"path":"/boot/vmlinuz","path_source":"dentry","data":"quiet"}""",
            "kexec_file_load /boot/vmlinuz KEXEC_FILE_ON_CRASH quiet"),
        ["ports"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.Ioperm, Args = [0x70, 2, 1] },
            """{"syscall":"ioperm","arguments":["0x70","0x2","0x1"]}""",
            "ioperm"),
        ["reboot"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.Reboot, Args = [0xfee1dead, 0x28121969, 0x4321fedc], Result = -1 },
            """{"syscall":"reboot","operation":"LINUX_REBOOT_CMD_POWER_OFF"}""",
            "reboot LINUX_REBOOT_CMD_POWER_OFF = EPERM"),
        ["perf"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.PerfEventOpen, Detail = 4, Flags = 8, TargetPid = 9, TargetVpid = 9, Result = 5 },
            """{"syscall":"perf_event_open","flags":["PERF_FLAG_FD_CLOEXEC"],"type":"PERF_TYPE_RAW","target":{"pid":9}}""",
            "perf_event_open PERF_TYPE_RAW PERF_FLAG_FD_CLOEXEC on 9 = 5"),
        ["file capability"] = (
            EventKind.SecuritySystem,
            new() { Call = SecurityCall.Setxattr, Flags = 1, Raw = "/x", Name = "security.capability" },
            """{"syscall":"setxattr","flags":["XATTR_CREATE"],"path":"/x","path_raw":"/x","path_source":"lexical","name":"security.capability"}""",
            "setxattr /x security.capability XATTR_CREATE"),
        ["oom"] = (
            EventKind.SecurityOom, new() { Detail = unchecked((uint)-500) }, """{"oom_score_adj":-500}""", "sh killed: out of memory"),
        ["call of tomorrow"] = (
            EventKind.SecurityChroot, new() { Call = (SecurityCall)999, Raw = "/x" }, """{"path":"/x","path_raw":"/x","path_source":"lexical"}""", "? /x"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Json_OfARecord_SaysWhatItIs(string name) =>
        Assert.Equal(Cases[name].Json, Event(name).Json.GetProperty("security").GetRawText());

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_OfARecord_SaysWhatItIs(string name)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new TextEventWriter(new TextOptions());
        var pipeline = new EventPipeline(
            TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(EventKinds.SecurityTracker), new TextSink(writer, output))]), new Ledger());
        pipeline.Apply(new RecordBuilder().Security(Cases[name].Kind, Shell, Cases[name].Spec).Bytes, 1);

        Assert.EndsWith("     42       7 " + Cases[name].Text, Encoding.UTF8.GetString(output.WrittenSpan).TrimEnd('\n'), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_OfTheProcess_HasWhatItMayDo()
    {
        JsonElement process = Event("ptrace").Json.GetProperty("process");

        Assert.Equal(
            """{"pid":42,"tid":42,"ppid":7,"vpid":42,"name":"sh","uid":1000,"gid":100,"euid":0,"cap_effective":"0x1ff","cap_permitted":"0x1ff","start_time":"2026-01-01T00:00:00.000001000Z"}""",
            process.GetRawText());
    }

    [Theory]
    [InlineData("tcp socket", """{"transport":"tcp","type":"ipv4","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"1.2.3.4","port":443}}""")]
    [InlineData("unix socket", """{"transport":"unix","path":"/run/x"}""")]
    public void Json_OfARedirection_HasTheSocket(string name, string expected) =>
        Assert.Equal(expected, Event(name).Json.GetProperty("network").GetRawText());

    [Theory]
    [InlineData("oom")]
    [InlineData("operation of a ring")]
    public void Json_OfWhatNoCallDid_HasNoOutcome(string name)
    {
        JsonElement json = Event(name).Json;

        Assert.False(json.TryGetProperty("result", out _) || json.TryGetProperty("error", out _));
    }

    [Fact]
    public void Json_CutStrings_SaysWhich()
    {
        const Truncation Cut = Truncation.Raw | Truncation.Base | Truncation.Source | Truncation.Name | Truncation.Data;
        SeenEvent e = Apply(EventKind.SecurityMount, new SecuritySpec { Call = SecurityCall.Mount, Raw = "mnt", Base = "/deep", Truncated = Cut });

        Assert.Equal("""["source","name","data","path","path_raw"]""", e.Json.GetProperty("truncated").GetRawText());
        Assert.False(e.Json.GetProperty("security").TryGetProperty("path", out _));
    }

    [Fact]
    public void Decoders_EveryCall_HasOneWithItsName()
    {
        foreach (SecurityCall call in Enum.GetValues<SecurityCall>().Where(call => call != SecurityCall.None))
        {
            string name = CallDecoders.Of(call)?.Name ?? "";
            Assert.Equal(call.ToString(), name.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }
    }

    private static SeenEvent Event(string name) => Apply(Cases[name].Kind, Cases[name].Spec);

    private static SeenEvent Apply(EventKind kind, SecuritySpec spec)
    {
        var fixture = new PipelineFixture();
        fixture.Apply(r => r.Security(kind, Shell, spec));
        return Assert.Single(fixture.Sink.Events);
    }

    private sealed class TextSink(TextEventWriter writer, IBufferWriter<byte> output) : IEventSink
    {
        public void OnEvent(in EventView e) => writer.Write(e, output);
    }
}
