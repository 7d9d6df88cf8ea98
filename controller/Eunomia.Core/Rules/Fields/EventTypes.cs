using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Rules.Fields;

/// <summary>
/// What <c>evt.type</c> says: the system call's name. Where a record does not say which call of a family it was, all names
/// of the family stand for it, the most common one first. What is no single call has its dotted kind. Each answer is a group
/// of names with a number, so that a condition on it is decided once for each group.
/// </summary>
internal static class EventTypes
{
    private const int DerivedFrom = 1000;
    private const int DerivedSlot = RecordAbi.KindSlots;
    private const int KindCount = DerivedSlot + 8;
    private const int SignalByThread = -6;
    private const int SignalQueued = -1;
    private static readonly List<string[]> Names = [];
    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal);
    private static readonly int Exec = Add("execve", "execveat");
    private static readonly int Open = Add("openat", "open");
    private static readonly int Open2 = Add("openat2");
    private static readonly int Creat = Add("openat", "open", "creat");
    private static readonly int Send = Add("sendto", "sendmsg", "sendmmsg", "write", "writev");
    private static readonly int Receive = Add("recvfrom", "recvmsg", "recvmmsg", "read", "readv");
    private static readonly int Pipe = Add("pipe2", "pipe");
    private static readonly int Connect = Add("connect");
    private static readonly int Accept = Add("accept4", "accept");
    private static readonly int Listen = Add("listen");
    private static readonly int SocketPair = Add("socketpair");
    private static readonly int Bind = Add("bind");
    private static readonly int SharedMemory = Add("shmget");
    private static readonly int MessageQueue = Add("msgget");
    private static readonly int Semaphores = Add("semget");
    private static readonly int PosixQueue = Add("mq_open");
    private static readonly int Kill = Add("kill");
    private static readonly int ThreadKill = Add("tgkill", "tkill");
    private static readonly int Queue = Add("rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal");
    private static readonly int[] ByKind = MakeKinds();
    private static readonly int[] ByCall = MakeCalls();
    private static readonly int[][] BySyscall = [MakeSyscalls(SyscallAbi.Native), MakeSyscalls(SyscallAbi.Compat)];

    private static readonly int[][] Groups = MakeGroups();

    /// <summary>Names that an event of another kind than <see cref="EventKind.SyscallCall"/> has.</summary>
    private static readonly HashSet<string> Told = [.. AllKinds().SelectMany(GroupsOf).SelectMany(NamesOf)];

    /// <summary>How many groups there are.</summary>
    internal static int Count => Names.Count;

    /// <summary>The names of a group.</summary>
    internal static string[] NamesOf(int group) => Names[group];

    /// <summary>The name of a group that is shown.</summary>
    internal static byte[] TextOf(int group) => Texts.Value[group];

    /// <summary>Whether another kind tells of the call, so that the call itself is no event for rules.</summary>
    internal static bool IsToldOtherwise(string call) => Told.Contains(call);

    /// <summary>Whether another kind tells of a single system call.</summary>
    internal static bool IsToldOtherwise(in EventView e) => ToldGroups.Value[GroupOf(e)];

    /// <summary>The group of an event.</summary>
    internal static int GroupOf(in EventView e) => e.Kind switch
    {
        EventKind.SyscallCall => OfSyscall(e.Record.AsSyscallCall().Fields.Abi, e.Record.AsSyscallCall().Fields.Number),
        EventKind.ContainerStart => ByKind[Slot(e.Kind)],
        _ when e.Record.Syscall is { } call && OfSyscall(call.Abi, call.Number) is var single && IsOf(e.Kind, single) => single,
        _ => OfFamily(e),
    };

    private static int OfFamily(in EventView e)
    {
        switch (e.Kind)
        {
            case EventKind.FileOpen:
                return OfOpen(e.Record.AsFileOpen().Fields);
            case EventKind.UdpOpen:
                return e.Record.AsUdp().Fields.Direction == TcpDirection.Inbound ? Receive : Send;
            case EventKind.IpcOpen:
                return OfIpc(e.Record.AsIpc().Fields);
            case EventKind.IpcSignal:
                ref readonly SignalLayout signal = ref e.Record.AsSignal().Fields;
                return OfSignal(signal.Code, (signal.SignalFlags & SignalTraits.Kernel) != 0);
            default:
                return e.Record.Shape is RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect
                    ? OfSecurity(e.Kind, e.Record.AsSecurity().Fields.Call)
                    : ByKind[Slot(e.Kind)];
        }
    }

    /// <summary>All groups that events of a kind can have: families, and each of their calls by itself.</summary>
    internal static IEnumerable<int> GroupsOf(EventKind kind) => kind == EventKind.SyscallCall ? FamiliesOf(kind) : Groups[Slot(kind)];

    private static IEnumerable<int> FamiliesOf(EventKind kind) => kind switch
    {
        EventKind.FileOpen => [Open, Open2, Creat],
        EventKind.UdpOpen => [Send, Receive],
        EventKind.IpcOpen => [Open, Pipe, Connect, Accept, Listen, SocketPair, Bind, SharedMemory, MessageQueue, Semaphores, PosixQueue, ByKind[Slot(kind)]],
        EventKind.IpcSignal => [Kill, ThreadKill, Queue, ByKind[Slot(kind)]],
        EventKind.SyscallCall => BySyscall.SelectMany(table => table).Where(group => !IsToldOtherwise(Names[group][0])).Distinct(),
        _ when EventKinds.Shape(kind) is RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect => CallsOf(kind),
        _ => [ByKind[Slot(kind)]],
    };

    /// <summary>Whether events of a kind can come from a call: what is counted, or told later, comes from another one.</summary>
    private static bool IsOf(EventKind kind, int group) => Array.IndexOf(Groups[Slot(kind)], group) >= 0;

    /// <summary>The number of a kind among all, derived ones behind.</summary>
    internal static int Slot(EventKind kind) =>
        (int)kind >= DerivedFrom ? Math.Min(DerivedSlot + (int)kind - DerivedFrom, KindCount - 1) : Math.Min((int)kind, DerivedSlot - 1);

    /// <summary>How many numbers there are.</summary>
    internal static int Slots => KindCount;

    private static readonly Lazy<byte[][]> Texts = new(() => [.. Names.Select(names => System.Text.Encoding.UTF8.GetBytes(names[0]))]);

    private static readonly Lazy<bool[]> ToldGroups = new(() => [.. Names.Select(names => IsToldOtherwise(names[0]))]);

    private static IEnumerable<EventKind> AllKinds() => EventKinds.All.Where(kind => kind != EventKind.SyscallCall);

    private static int Add(params string[] names)
    {
        string key = string.Join(' ', names);
        if (!Numbers.TryGetValue(key, out int number))
        {
            Numbers[key] = number = Names.Count;
            Names.Add(names);
        }

        return number;
    }

    private static int[] MakeKinds()
    {
        int[] groups = new int[KindCount];
        foreach (EventKind kind in EventKinds.All)
        {
            groups[Slot(kind)] = Add(FixedNames(kind));
        }

        return groups;
    }

    private static int[][] MakeGroups()
    {
        int[][] groups = new int[KindCount][];
        Array.Fill(groups, []);
        foreach (EventKind kind in AllKinds())
        {
            int[] families = [.. FamiliesOf(kind)];
            groups[Slot(kind)] = [.. families.Concat(families.SelectMany(NamesOf).Select(name => Add(name))).Distinct()];
        }

        return groups;
    }

    private static string[] FixedNames(EventKind kind) => kind switch
    {
        EventKind.ProcessFork => ["clone", "clone3", "fork", "vfork"],
        EventKind.ProcessExec => NamesOf(Exec),
        EventKind.ProcessExit => ["procexit"],
        EventKind.ContainerStart => ["container"],
        EventKind.FileClose => ["close"],
        EventKind.FileUnlink => ["unlinkat", "unlink"],
        EventKind.FileRename => ["renameat2", "renameat", "rename"],
        EventKind.FileLink => ["linkat", "link"],
        EventKind.FileSymlink => ["symlinkat", "symlink"],
        EventKind.FileMkdir => ["mkdirat", "mkdir"],
        EventKind.FileRmdir => ["rmdir", "unlinkat"],
        EventKind.FileChmod => ["fchmodat", "chmod", "fchmod", "fchmodat2"],
        EventKind.FileChown => ["fchownat", "chown", "fchown", "lchown"],
        EventKind.FileTruncate => ["truncate", "ftruncate"],
        EventKind.FileMknod => ["mknodat", "mknod"],
        EventKind.TcpConnect or EventKind.UdpConnect => ["connect"],
        EventKind.TcpListen => ["listen"],
        EventKind.TcpAccept => ["accept4", "accept"],
        _ => [EventKinds.Name(kind)],
    };

    private static int[] MakeCalls()
    {
        SecurityCall[] calls = Enum.GetValues<SecurityCall>();
        int[] groups = new int[(int)calls[^1] + 1];
        foreach (SecurityCall call in calls)
        {
            groups[(int)call] = CallDecoders.Of(call) is { } decoder ? Add(decoder.Name) : -1;
        }

        return groups;
    }

    private static int[] MakeSyscalls(SyscallAbi abi)
    {
        int[] groups = new int[SyscallNames.Numbers + 1];
        for (int number = 0; number < groups.Length; number++)
        {
            groups[number] = Add(SyscallNames.Name(abi, number == SyscallNames.Numbers ? SyscallNames.Unknown : (ushort)number));
        }

        return groups;
    }

    private static int OfOpen(in FileOpenLayout open)
    {
        const ulong CreatFlags = 0x241; // O_CREAT | O_WRONLY | O_TRUNC
        return open.Resolve != 0 ? Open2 : open.OpenFlags == CreatFlags ? Creat : Open;
    }

    private static int OfSyscall(SyscallAbi abi, ushort number) =>
        BySyscall[abi == SyscallAbi.Compat ? 1 : 0][Math.Min(number, (ushort)SyscallNames.Numbers)];

    private static int OfSecurity(EventKind kind, SecurityCall call) =>
        (int)call < ByCall.Length && ByCall[(int)call] is >= 0 and var group ? group : ByKind[Slot(kind)];

    private static int OfSignal(int code, bool isKernels) => code switch
    {
        0 when !isKernels => Kill,
        SignalByThread when !isKernels => ThreadKill,
        SignalQueued when !isKernels => Queue,
        _ => ByKind[Slot(EventKind.IpcSignal)],
    };

    private static int OfIpc(in IpcLayout ipc) => (ipc.Type, ipc.Role) switch
    {
        (IpcType.Pipe, _) => Pipe,
        (IpcType.Fifo or IpcType.PosixShm, _) => Open,
        (IpcType.Unix, IpcRole.Client) => Connect,
        (IpcType.Unix, IpcRole.Server) => Accept,
        (IpcType.Unix, IpcRole.Listener) => Listen,
        (IpcType.Unix, IpcRole.Pair) => SocketPair,
        (IpcType.Unix, IpcRole.Bound) => Bind,
        (IpcType.SysvShm, _) => SharedMemory,
        (IpcType.SysvMsg, _) => MessageQueue,
        (IpcType.SysvSem, _) => Semaphores,
        (IpcType.PosixMq, _) => PosixQueue,
        _ => ByKind[Slot(EventKind.IpcOpen)],
    };

    /// <summary>Which calls a security kind tells of; the kind itself stands for what comes from none.</summary>
    private static IEnumerable<int> CallsOf(EventKind kind)
    {
        (SecurityCall First, SecurityCall Last) range = kind switch
        {
            EventKind.SecurityPtrace => (SecurityCall.Ptrace, SecurityCall.Ptrace),
            EventKind.SecurityNamespace => (SecurityCall.Setns, SecurityCall.Clone3),
            EventKind.SecurityMount => (SecurityCall.Mount, SecurityCall.MountSetattr),
            EventKind.SecurityModule => (SecurityCall.InitModule, SecurityCall.DeleteModule),
            EventKind.SecurityBpf => (SecurityCall.Bpf, SecurityCall.Bpf),
            EventKind.SecurityCredentials => (SecurityCall.Setuid, SecurityCall.Capset),
            EventKind.SecurityMemfd => (SecurityCall.MemfdCreate, SecurityCall.MemfdSecret),
            EventKind.SecurityUserfaultfd => (SecurityCall.Userfaultfd, SecurityCall.Userfaultfd),
            EventKind.SecurityKey => (SecurityCall.AddKey, SecurityCall.Keyctl),
            EventKind.SecurityIoUring => (SecurityCall.IoUringSetup, SecurityCall.IoUringRegister),
            EventKind.SecurityProcessVm => (SecurityCall.ProcessVmReadv, SecurityCall.ProcessMadvise),
            EventKind.SecurityPrctl => (SecurityCall.Prctl, SecurityCall.Seccomp),
            EventKind.SecurityRedirect => (SecurityCall.Dup, SecurityCall.Fcntl),
            EventKind.SecurityChroot => (SecurityCall.Chroot, SecurityCall.Chroot),
            EventKind.SecuritySocket => (SecurityCall.Socket, SecurityCall.Socket),
            EventKind.SecuritySystem => (SecurityCall.Swapon, SecurityCall.Setxattrat),
            EventKind.SecurityCapability or EventKind.SecurityIoUringOp or EventKind.SecurityOom => (SecurityCall.None, SecurityCall.None),
            _ => (SecurityCall.None, Enum.GetValues<SecurityCall>()[^1]), // a kind that this table was not told of: any
        };
        for (SecurityCall call = range.First; call <= range.Last; call++)
        {
            yield return OfSecurity(kind, call);
        }
    }
}
