using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Events;

public sealed partial class RecordAbiTests
{
    private static readonly (string Name, Type Type, int Size)[] Structs =
    [
        ("eu_event_header", typeof(RecordHeader), Unsafe.SizeOf<RecordHeader>()),
        ("eu_fork", typeof(ForkLayout), Unsafe.SizeOf<ForkLayout>()),
        ("eu_exec", typeof(ExecLayout), Unsafe.SizeOf<ExecLayout>()),
        ("eu_exit", typeof(ExitLayout), Unsafe.SizeOf<ExitLayout>()),
        ("eu_cgroup", typeof(CgroupLayout), Unsafe.SizeOf<CgroupLayout>()),
        ("eu_actor", typeof(ActorLayout), Unsafe.SizeOf<ActorLayout>()),
        ("eu_file_open", typeof(FileOpenLayout), Unsafe.SizeOf<FileOpenLayout>()),
        ("eu_file_io", typeof(FileIoLayout), Unsafe.SizeOf<FileIoLayout>()),
        ("eu_file_change", typeof(FileChangeLayout), Unsafe.SizeOf<FileChangeLayout>()),
        ("eu_tcp", typeof(TcpLayout), Unsafe.SizeOf<TcpLayout>()),
        ("eu_syscall_errno", typeof(SyscallErrno), Unsafe.SizeOf<SyscallErrno>()),
        ("eu_syscall", typeof(SyscallLayout), Unsafe.SizeOf<SyscallLayout>()),
        ("eu_syscall_call", typeof(SyscallCallLayout), Unsafe.SizeOf<SyscallCallLayout>()),
        ("eu_security", typeof(SecurityLayout), Unsafe.SizeOf<SecurityLayout>()),
        ("eu_ids", typeof(IdsLayout), Unsafe.SizeOf<IdsLayout>()),
        ("eu_security_credentials", typeof(CredentialsLayout), Unsafe.SizeOf<CredentialsLayout>()),
        ("eu_security_redirect", typeof(RedirectLayout), Unsafe.SizeOf<RedirectLayout>()),
        ("eu_ipc", typeof(IpcLayout), Unsafe.SizeOf<IpcLayout>()),
        ("eu_signal", typeof(SignalLayout), Unsafe.SizeOf<SignalLayout>()),
        ("eu_udp", typeof(UdpLayout), Unsafe.SizeOf<UdpLayout>()),
        ("eu_dns", typeof(DnsLayout), Unsafe.SizeOf<DnsLayout>()),
        ("eu_perf_sample", typeof(PerfSampleLayout), Unsafe.SizeOf<PerfSampleLayout>()),
        ("eu_perf_counters", typeof(PerfCountersLayout), Unsafe.SizeOf<PerfCountersLayout>()),
        ("eu_enforce", typeof(EnforceLayout), Unsafe.SizeOf<EnforceLayout>()),
    ];

    private static readonly Dictionary<string, ulong> Constants = new()
    {
        ["EU_ABI_VERSION"] = RecordAbi.Version,
        ["EU_KIND_UNSPECIFIED"] = (ulong)EventKind.None,
        ["EU_KIND_PROCESS_FORK"] = (ulong)EventKind.ProcessFork,
        ["EU_KIND_PROCESS_EXEC"] = (ulong)EventKind.ProcessExec,
        ["EU_KIND_PROCESS_EXIT"] = (ulong)EventKind.ProcessExit,
        ["EU_KIND_CGROUP_MKDIR"] = (ulong)EventKind.CgroupMkdir,
        ["EU_KIND_CGROUP_RMDIR"] = (ulong)EventKind.CgroupRmdir,
        ["EU_KIND_FILE_OPEN"] = (ulong)EventKind.FileOpen,
        ["EU_KIND_FILE_CLOSE"] = (ulong)EventKind.FileClose,
        ["EU_KIND_FILE_IO"] = (ulong)EventKind.FileIo,
        ["EU_KIND_FILE_UNLINK"] = (ulong)EventKind.FileUnlink,
        ["EU_KIND_FILE_RENAME"] = (ulong)EventKind.FileRename,
        ["EU_KIND_FILE_LINK"] = (ulong)EventKind.FileLink,
        ["EU_KIND_FILE_SYMLINK"] = (ulong)EventKind.FileSymlink,
        ["EU_KIND_FILE_MKDIR"] = (ulong)EventKind.FileMkdir,
        ["EU_KIND_FILE_RMDIR"] = (ulong)EventKind.FileRmdir,
        ["EU_KIND_FILE_CHMOD"] = (ulong)EventKind.FileChmod,
        ["EU_KIND_FILE_CHOWN"] = (ulong)EventKind.FileChown,
        ["EU_KIND_FILE_TRUNCATE"] = (ulong)EventKind.FileTruncate,
        ["EU_KIND_TCP_CONNECT"] = (ulong)EventKind.TcpConnect,
        ["EU_KIND_TCP_LISTEN"] = (ulong)EventKind.TcpListen,
        ["EU_KIND_TCP_ACCEPT"] = (ulong)EventKind.TcpAccept,
        ["EU_KIND_TCP_CLOSE"] = (ulong)EventKind.TcpClose,
        ["EU_KIND_SYSCALL"] = (ulong)EventKind.Syscall,
        ["EU_KIND_SYSCALL_CALL"] = (ulong)EventKind.SyscallCall,
        ["EU_ABI_NATIVE"] = (ulong)SyscallAbi.Native,
        ["EU_ABI_COMPAT"] = (ulong)SyscallAbi.Compat,
        ["EU_ABI_X32"] = (ulong)SyscallAbi.X32,
        ["EU_SYSCALL_UNKNOWN"] = SyscallNames.Unknown,
        ["EU_SYSCALL_ERRNOS"] = RecordAbi.SyscallErrnos,
        ["EU_SYSCALL_BUCKETS"] = RecordAbi.SyscallBuckets,
        ["EU_SYSCALL_OVERFLOW"] = (ulong)SyscallTraits.Overflow,
        ["EU_SYSCALL_TEXTS"] = RecordAbi.SyscallTexts,
        ["EU_SYSCALL_TEXT_MAX"] = RecordAbi.SyscallTextMax,
        ["EU_SYSCALL_ADDRESS_MAX"] = RecordAbi.SyscallAddressMax,
        ["EU_TRUNC_TEXT"] = (ulong)Truncation.Text,
        ["EU_KIND_SECURITY_PTRACE"] = (ulong)EventKind.SecurityPtrace,
        ["EU_KIND_SECURITY_NAMESPACE"] = (ulong)EventKind.SecurityNamespace,
        ["EU_KIND_SECURITY_MOUNT"] = (ulong)EventKind.SecurityMount,
        ["EU_KIND_SECURITY_MODULE"] = (ulong)EventKind.SecurityModule,
        ["EU_KIND_SECURITY_BPF"] = (ulong)EventKind.SecurityBpf,
        ["EU_KIND_SECURITY_CREDENTIALS"] = (ulong)EventKind.SecurityCredentials,
        ["EU_KIND_SECURITY_CAPABILITY"] = (ulong)EventKind.SecurityCapability,
        ["EU_KIND_SECURITY_MEMFD"] = (ulong)EventKind.SecurityMemfd,
        ["EU_KIND_SECURITY_USERFAULTFD"] = (ulong)EventKind.SecurityUserfaultfd,
        ["EU_KIND_SECURITY_KEY"] = (ulong)EventKind.SecurityKey,
        ["EU_KIND_SECURITY_IO_URING"] = (ulong)EventKind.SecurityIoUring,
        ["EU_KIND_SECURITY_IO_URING_OP"] = (ulong)EventKind.SecurityIoUringOp,
        ["EU_KIND_SECURITY_PROCESS_VM"] = (ulong)EventKind.SecurityProcessVm,
        ["EU_KIND_SECURITY_PRCTL"] = (ulong)EventKind.SecurityPrctl,
        ["EU_KIND_SECURITY_REDIRECT"] = (ulong)EventKind.SecurityRedirect,
        ["EU_KIND_SECURITY_OOM"] = (ulong)EventKind.SecurityOom,
        ["EU_KIND_SECURITY_CHROOT"] = (ulong)EventKind.SecurityChroot,
        ["EU_KIND_IPC_OPEN"] = (ulong)EventKind.IpcOpen,
        ["EU_KIND_IPC_USE"] = (ulong)EventKind.IpcUse,
        ["EU_KIND_IPC_TRAFFIC"] = (ulong)EventKind.IpcTraffic,
        ["EU_KIND_IPC_CLOSE"] = (ulong)EventKind.IpcClose,
        ["EU_KIND_IPC_SIGNAL"] = (ulong)EventKind.IpcSignal,
        ["EU_IPC_PIPE"] = (ulong)IpcType.Pipe,
        ["EU_IPC_FIFO"] = (ulong)IpcType.Fifo,
        ["EU_IPC_UNIX"] = (ulong)IpcType.Unix,
        ["EU_IPC_SYSV_SHM"] = (ulong)IpcType.SysvShm,
        ["EU_IPC_SYSV_MSG"] = (ulong)IpcType.SysvMsg,
        ["EU_IPC_SYSV_SEM"] = (ulong)IpcType.SysvSem,
        ["EU_IPC_POSIX_MQ"] = (ulong)IpcType.PosixMq,
        ["EU_IPC_POSIX_SHM"] = (ulong)IpcType.PosixShm,
        ["EU_IPC_ROLE_NONE"] = (ulong)IpcRole.None,
        ["EU_IPC_READER"] = (ulong)IpcRole.Reader,
        ["EU_IPC_WRITER"] = (ulong)IpcRole.Writer,
        ["EU_IPC_READER_WRITER"] = (ulong)IpcRole.ReaderWriter,
        ["EU_IPC_CLIENT"] = (ulong)IpcRole.Client,
        ["EU_IPC_SERVER"] = (ulong)IpcRole.Server,
        ["EU_IPC_LISTENER"] = (ulong)IpcRole.Listener,
        ["EU_IPC_BOUND"] = (ulong)IpcRole.Bound,
        ["EU_IPC_PAIR"] = (ulong)IpcRole.Pair,
        ["EU_IPC_INHERITED"] = (ulong)IpcTraits.Inherited,
        ["EU_IPC_IMPLICIT"] = (ulong)IpcTraits.Implicit,
        ["EU_IPC_REMOVED"] = (ulong)IpcTraits.Removed,
        ["EU_SIGNAL_KERNEL"] = (ulong)SignalTraits.Kernel,
        ["EU_SIGNAL_THREAD"] = (ulong)SignalTraits.Thread,
        ["EU_KIND_UDP_OPEN"] = (ulong)EventKind.UdpOpen,
        ["EU_KIND_UDP_CLOSE"] = (ulong)EventKind.UdpClose,
        ["EU_KIND_DNS_QUERY"] = (ulong)EventKind.DnsQuery,
        ["EU_KIND_DNS_ANSWER"] = (ulong)EventKind.DnsAnswer,
        ["EU_KIND_PERF_SAMPLE"] = (ulong)EventKind.PerfSample,
        ["EU_KIND_PERF_COUNTERS"] = (ulong)EventKind.PerfCounters,
        ["EU_KIND_FILE_MKNOD"] = (ulong)EventKind.FileMknod,
        ["EU_KIND_SECURITY_SOCKET"] = (ulong)EventKind.SecuritySocket,
        ["EU_KIND_SECURITY_SYSTEM"] = (ulong)EventKind.SecuritySystem,
        ["EU_KIND_UDP_CONNECT"] = (ulong)EventKind.UdpConnect,
        ["EU_KIND_ENFORCE_DECISION"] = (ulong)EventKind.EnforceDecision,
        ["EU_ENFORCE_EXEC"] = (ulong)EnforceOperation.Exec,
        ["EU_ENFORCE_OPEN_READ"] = (ulong)EnforceOperation.OpenRead,
        ["EU_ENFORCE_OPEN_WRITE"] = (ulong)EnforceOperation.OpenWrite,
        ["EU_ENFORCE_CONNECT"] = (ulong)EnforceOperation.Connect,
        ["EU_ENFORCE_SEND"] = (ulong)EnforceOperation.Send,
        ["EU_ENFORCE_BIND"] = (ulong)EnforceOperation.Bind,
        ["EU_ENFORCE_DRY_RUN"] = (ulong)EnforceTraits.DryRun,
        ["EU_ENFORCE_KILLED"] = (ulong)EnforceTraits.Killed,
        ["EU_ENFORCE_DENIED"] = (ulong)EnforceTraits.Denied,
        ["EU_ENFORCE_TEXT_MAX"] = 256,
        ["_EU_ENFORCE_OPERATION_MAX"] = (ulong)EnforceOperation.Bind + 1,
        ["EU_PERF_FRAMES"] = RecordAbi.PerfFrames,
        ["EU_PERF_COUNTER_SLOTS"] = RecordAbi.PerfCounterSlots,
        ["EU_PERF_CPU_CYCLES"] = (ulong)PerfCounter.CpuCycles,
        ["EU_PERF_INSTRUCTIONS"] = (ulong)PerfCounter.Instructions,
        ["EU_PERF_CACHE_REFERENCES"] = (ulong)PerfCounter.CacheReferences,
        ["EU_PERF_CACHE_MISSES"] = (ulong)PerfCounter.CacheMisses,
        ["EU_PERF_BRANCHES"] = (ulong)PerfCounter.Branches,
        ["EU_PERF_BRANCH_MISSES"] = (ulong)PerfCounter.BranchMisses,
        ["EU_PERF_CPU_CLOCK"] = (ulong)PerfCounter.CpuClock,
        ["_EU_PERF_COUNTER_MAX"] = Enum.GetValues<PerfCounter>().Max(counter => (ulong)counter) + 1,
        ["EU_TRUNC_STACK"] = (ulong)Truncation.Stack,
        ["_EU_KIND_MAX"] = EventKinds.All.Where(kind => (int)kind < 1000).Max(kind => (ulong)kind) + 1,
        ["EU_KIND_SLOTS"] = RecordAbi.KindSlots,
        ["EU_FLAG_SNAPSHOT"] = (ulong)RecordTraits.Snapshot,
        ["EU_FLAG_LATE"] = (ulong)RecordTraits.Late,
        ["EU_FLAG_COMPACT"] = (ulong)RecordTraits.Compact,
        ["EU_TRUNC_ARGS"] = (ulong)Truncation.Args,
        ["EU_TRUNC_EXE"] = (ulong)Truncation.Exe,
        ["EU_TRUNC_CWD"] = (ulong)Truncation.Cwd,
        ["EU_TRUNC_FILENAME"] = (ulong)Truncation.Filename,
        ["EU_TRUNC_ENV"] = (ulong)Truncation.Env,
        ["EU_TRUNC_CGROUP"] = (ulong)Truncation.Cgroup,
        ["EU_TRUNC_PATH"] = (ulong)Truncation.Path,
        ["EU_TRUNC_RAW"] = (ulong)Truncation.Raw,
        ["EU_TRUNC_BASE"] = (ulong)Truncation.Base,
        ["EU_TRUNC_NEW_RAW"] = (ulong)Truncation.NewRaw,
        ["EU_TRUNC_NEW_BASE"] = (ulong)Truncation.NewBase,
        ["EU_TRUNC_SOURCE"] = (ulong)Truncation.Source,
        ["EU_TRUNC_NAME"] = (ulong)Truncation.Name,
        ["EU_TRUNC_DATA"] = (ulong)Truncation.Data,
        ["EU_TRUNC_MESSAGE"] = (ulong)Truncation.Message,
        ["EU_FILE_CREATED"] = (ulong)FileTraits.Created,
        ["EU_FILE_UNLINKED"] = (ulong)FileTraits.Unlinked,
        ["EU_FILE_IMPLICIT"] = (ulong)FileTraits.Implicit,
        ["EU_FILE_INHERITED"] = (ulong)FileTraits.Inherited,
        ["EU_TCP_UNKNOWN"] = (ulong)TcpDirection.Unknown,
        ["EU_TCP_OUTBOUND"] = (ulong)TcpDirection.Outbound,
        ["EU_TCP_INBOUND"] = (ulong)TcpDirection.Inbound,
        ["EU_TCP_LISTENING"] = (ulong)TcpDirection.Listening,
        ["EU_AF_UNIX"] = RecordAbi.AfUnix,
        ["EU_UDP_RUNNING"] = (ulong)UdpEnd.Running,
        ["EU_UDP_IDLE"] = (ulong)UdpEnd.Idle,
        ["EU_UDP_CLOSED"] = (ulong)UdpEnd.Closed,
        ["EU_UDP_CONNECTED"] = (ulong)UdpTraits.Connected,
        ["EU_AF_INET"] = RecordAbi.AfInet,
        ["EU_AF_INET6"] = RecordAbi.AfInet6,
        ["EU_OPEN_PATH_MAX"] = RecordAbi.OpenPathMax,
        ["EU_DNS_MESSAGE_MAX"] = RecordAbi.DnsMessageMax,
        ["EU_EXE_MEMFD"] = (ulong)ExeTraits.Memfd,
        ["EU_EXE_UPPER_LAYER"] = (ulong)ExeTraits.UpperLayer,
        ["EU_EXE_WRITABLE"] = (ulong)ExeTraits.Writable,
        ["EU_EXE_UNLINKED"] = (ulong)ExeTraits.Unlinked,
        ["EU_EXIT_CORE"] = (ulong)ExitTraits.Core,
        ["EU_CALL_NONE"] = (ulong)SecurityCall.None,
        ["EU_CALL_PTRACE"] = (ulong)SecurityCall.Ptrace,
        ["EU_CALL_SETNS"] = (ulong)SecurityCall.Setns,
        ["EU_CALL_UNSHARE"] = (ulong)SecurityCall.Unshare,
        ["EU_CALL_CLONE"] = (ulong)SecurityCall.Clone,
        ["EU_CALL_CLONE3"] = (ulong)SecurityCall.Clone3,
        ["EU_CALL_MOUNT"] = (ulong)SecurityCall.Mount,
        ["EU_CALL_UMOUNT"] = (ulong)SecurityCall.Umount,
        ["EU_CALL_UMOUNT2"] = (ulong)SecurityCall.Umount2,
        ["EU_CALL_PIVOT_ROOT"] = (ulong)SecurityCall.PivotRoot,
        ["EU_CALL_MOVE_MOUNT"] = (ulong)SecurityCall.MoveMount,
        ["EU_CALL_OPEN_TREE"] = (ulong)SecurityCall.OpenTree,
        ["EU_CALL_OPEN_TREE_ATTR"] = (ulong)SecurityCall.OpenTreeAttr,
        ["EU_CALL_FSOPEN"] = (ulong)SecurityCall.Fsopen,
        ["EU_CALL_FSCONFIG"] = (ulong)SecurityCall.Fsconfig,
        ["EU_CALL_FSMOUNT"] = (ulong)SecurityCall.Fsmount,
        ["EU_CALL_FSPICK"] = (ulong)SecurityCall.Fspick,
        ["EU_CALL_MOUNT_SETATTR"] = (ulong)SecurityCall.MountSetattr,
        ["EU_CALL_INIT_MODULE"] = (ulong)SecurityCall.InitModule,
        ["EU_CALL_FINIT_MODULE"] = (ulong)SecurityCall.FinitModule,
        ["EU_CALL_DELETE_MODULE"] = (ulong)SecurityCall.DeleteModule,
        ["EU_CALL_BPF"] = (ulong)SecurityCall.Bpf,
        ["EU_CALL_SETUID"] = (ulong)SecurityCall.Setuid,
        ["EU_CALL_SETGID"] = (ulong)SecurityCall.Setgid,
        ["EU_CALL_SETREUID"] = (ulong)SecurityCall.Setreuid,
        ["EU_CALL_SETREGID"] = (ulong)SecurityCall.Setregid,
        ["EU_CALL_SETRESUID"] = (ulong)SecurityCall.Setresuid,
        ["EU_CALL_SETRESGID"] = (ulong)SecurityCall.Setresgid,
        ["EU_CALL_SETFSUID"] = (ulong)SecurityCall.Setfsuid,
        ["EU_CALL_SETFSGID"] = (ulong)SecurityCall.Setfsgid,
        ["EU_CALL_SETGROUPS"] = (ulong)SecurityCall.Setgroups,
        ["EU_CALL_CAPSET"] = (ulong)SecurityCall.Capset,
        ["EU_CALL_MEMFD_CREATE"] = (ulong)SecurityCall.MemfdCreate,
        ["EU_CALL_MEMFD_SECRET"] = (ulong)SecurityCall.MemfdSecret,
        ["EU_CALL_USERFAULTFD"] = (ulong)SecurityCall.Userfaultfd,
        ["EU_CALL_ADD_KEY"] = (ulong)SecurityCall.AddKey,
        ["EU_CALL_REQUEST_KEY"] = (ulong)SecurityCall.RequestKey,
        ["EU_CALL_KEYCTL"] = (ulong)SecurityCall.Keyctl,
        ["EU_CALL_IO_URING_SETUP"] = (ulong)SecurityCall.IoUringSetup,
        ["EU_CALL_IO_URING_REGISTER"] = (ulong)SecurityCall.IoUringRegister,
        ["EU_CALL_PROCESS_VM_READV"] = (ulong)SecurityCall.ProcessVmReadv,
        ["EU_CALL_PROCESS_VM_WRITEV"] = (ulong)SecurityCall.ProcessVmWritev,
        ["EU_CALL_PIDFD_GETFD"] = (ulong)SecurityCall.PidfdGetfd,
        ["EU_CALL_PROCESS_MADVISE"] = (ulong)SecurityCall.ProcessMadvise,
        ["EU_CALL_PRCTL"] = (ulong)SecurityCall.Prctl,
        ["EU_CALL_SECCOMP"] = (ulong)SecurityCall.Seccomp,
        ["EU_CALL_DUP"] = (ulong)SecurityCall.Dup,
        ["EU_CALL_DUP2"] = (ulong)SecurityCall.Dup2,
        ["EU_CALL_DUP3"] = (ulong)SecurityCall.Dup3,
        ["EU_CALL_FCNTL"] = (ulong)SecurityCall.Fcntl,
        ["EU_CALL_CHROOT"] = (ulong)SecurityCall.Chroot,
        ["EU_CALL_SOCKET"] = (ulong)SecurityCall.Socket,
        ["EU_CALL_SWAPON"] = (ulong)SecurityCall.Swapon,
        ["EU_CALL_SWAPOFF"] = (ulong)SecurityCall.Swapoff,
        ["EU_CALL_ACCT"] = (ulong)SecurityCall.Acct,
        ["EU_CALL_QUOTACTL"] = (ulong)SecurityCall.Quotactl,
        ["EU_CALL_QUOTACTL_FD"] = (ulong)SecurityCall.QuotactlFd,
        ["EU_CALL_SETTIMEOFDAY"] = (ulong)SecurityCall.Settimeofday,
        ["EU_CALL_STIME"] = (ulong)SecurityCall.Stime,
        ["EU_CALL_CLOCK_SETTIME"] = (ulong)SecurityCall.ClockSettime,
        ["EU_CALL_ADJTIMEX"] = (ulong)SecurityCall.Adjtimex,
        ["EU_CALL_CLOCK_ADJTIME"] = (ulong)SecurityCall.ClockAdjtime,
        ["EU_CALL_SYSLOG"] = (ulong)SecurityCall.Syslog,
        ["EU_CALL_KEXEC_LOAD"] = (ulong)SecurityCall.KexecLoad,
        ["EU_CALL_KEXEC_FILE_LOAD"] = (ulong)SecurityCall.KexecFileLoad,
        ["EU_CALL_IOPL"] = (ulong)SecurityCall.Iopl,
        ["EU_CALL_IOPERM"] = (ulong)SecurityCall.Ioperm,
        ["EU_CALL_REBOOT"] = (ulong)SecurityCall.Reboot,
        ["EU_CALL_SETHOSTNAME"] = (ulong)SecurityCall.Sethostname,
        ["EU_CALL_SETDOMAINNAME"] = (ulong)SecurityCall.Setdomainname,
        ["EU_CALL_FANOTIFY_INIT"] = (ulong)SecurityCall.FanotifyInit,
        ["EU_CALL_PERF_EVENT_OPEN"] = (ulong)SecurityCall.PerfEventOpen,
        ["EU_CALL_PERSONALITY"] = (ulong)SecurityCall.Personality,
        ["EU_CALL_PROCESS_MRELEASE"] = (ulong)SecurityCall.ProcessMrelease,
        ["EU_CALL_SETXATTR"] = (ulong)SecurityCall.Setxattr,
        ["EU_CALL_LSETXATTR"] = (ulong)SecurityCall.Lsetxattr,
        ["EU_CALL_FSETXATTR"] = (ulong)SecurityCall.Fsetxattr,
        ["EU_CALL_SETXATTRAT"] = (ulong)SecurityCall.Setxattrat,
        ["_EU_CALL_MAX"] = Enum.GetValues<SecurityCall>().Max(call => (ulong)call) + 1,
        ["EU_SECURITY_COMPAT"] = (ulong)SecurityTraits.Compat,
        ["EU_SECURITY_BEFORE"] = (ulong)SecurityTraits.Before,
        ["EU_ID_UNSET"] = RecordAbi.IdUnset,
        ["EU_COMM_LEN"] = RecordAbi.CommLength,
        ["EU_CGROUP_PATH_MAX"] = RecordAbi.CgroupPathMax,
        ["EU_ARGS_MAX"] = RecordAbi.ArgsMax,
        ["EU_PATH_MAX"] = RecordAbi.PathMax,
        ["EU_ENV_MAX"] = RecordAbi.EnvMax,
        ["EU_RECORD_MAX"] = RecordAbi.RecordMax,
        ["EU_CGROUP_KEY_SAMPLE"] = RecordAbi.CgroupKey(7, 0xab00000000000001),
    };

    [AbiFact]
    public void Layouts_ComparedWithC_AreTheSame()
    {
        string[] ours = [.. Structs.SelectMany(Describe).Order()];
        string[] theirs = [.. Lines().Where(line => line.StartsWith("eu_", StringComparison.Ordinal)).Order()];

        Assert.Equal(theirs, ours);
    }

    [AbiFact]
    public void Constants_ComparedWithC_AreTheSame()
    {
        string[] ours = [.. Constants.Select(pair => $"{pair.Key} {pair.Value}").Order()];
        string[] theirs = [.. Lines().Where(line => !line.StartsWith("eu_", StringComparison.Ordinal)).Order()];

        Assert.Equal(theirs, ours);
    }

    /// <summary>A field that the dump forgets would leave a hole here, so the dump cannot fall behind the header.</summary>
    [AbiFact]
    public void Dump_FieldsOfEachStruct_FillItWithoutHoles()
    {
        foreach ((string name, _, int size) in Structs)
        {
            int end = 0;
            foreach (string[] field in Lines().Select(line => line.Split(' ')).Where(words => words[0].StartsWith(name + ".", StringComparison.Ordinal)))
            {
                Assert.Equal(end, int.Parse(field[1], System.Globalization.CultureInfo.InvariantCulture));
                end += int.Parse(field[2], System.Globalization.CultureInfo.InvariantCulture);
            }

            Assert.Equal(size, end);
        }
    }

    [AbiFact]
    public void Dump_ConstantsOfTheHeader_AreAllThere()
    {
        string header = File.ReadAllText(RepositoryFiles.Path("bpf", "include", "eunomia", "event.h"));
        string[] names = [.. Names().Matches(header).Select(match => match.Groups[1].Value).Where(IsShared).Distinct().Order()];

        Assert.Empty(names.Except(Constants.Keys));
    }

    /// <summary>Families are spoken of in the protocol, not in records; the key macro is compared by a sample.</summary>
    private static bool IsShared(string name) =>
        !name.Contains("FAMILY", StringComparison.Ordinal) && name is not "EU_CGROUP_KEY";

    private static string[] Lines() => AbiDump.Result.Value.Lines ?? throw new InvalidOperationException(AbiDump.Result.Value.Reason);

    private static IEnumerable<string> Describe((string Name, Type Type, int Size) type)
    {
        yield return $"{type.Name} {type.Size}";
        foreach (FieldInfo field in type.Type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            nint offset = Marshal.OffsetOf(type.Type, field.Name);
            yield return $"{type.Name}.{SnakeCase(field.Name)} {offset} {SizeOf(field.FieldType)}";
        }
    }

    private static int SizeOf(Type type) => type switch
    {
        _ when type.IsEnum => SizeOf(Enum.GetUnderlyingType(type)),
        _ when type == typeof(TaskComm) => Unsafe.SizeOf<TaskComm>(),
        _ when type == typeof(Reserved3) => Unsafe.SizeOf<Reserved3>(),
        _ when type == typeof(Reserved2) => Unsafe.SizeOf<Reserved2>(),
        _ when type == typeof(ActorLayout) => Unsafe.SizeOf<ActorLayout>(),
        _ when type == typeof(AddressBytes) => Unsafe.SizeOf<AddressBytes>(),
        _ when type == typeof(CallArguments) => Unsafe.SizeOf<CallArguments>(),
        _ when type == typeof(SecurityLayout) => Unsafe.SizeOf<SecurityLayout>(),
        _ when type == typeof(PerfCounts) => Unsafe.SizeOf<PerfCounts>(),
        _ when type == typeof(IdsLayout) => Unsafe.SizeOf<IdsLayout>(),
        _ => Marshal.SizeOf(type),
    };

    private static string SnakeCase(string name) =>
#pragma warning disable CA1308 // C names are lower case
        Capitals().Replace(name, "_$1").ToLowerInvariant();
#pragma warning restore CA1308

    [GeneratedRegex("(?<=[a-z])([A-Z])")]
    private static partial Regex Capitals();

    [GeneratedRegex(@"(?:#define |\n\t)(_?EU_[A-Z0-9_]+)\b")]
    private static partial Regex Names();
}
