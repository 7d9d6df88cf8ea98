using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The decoders of all calls that security events tell of.</summary>
internal static class CallDecoders
{
    private static readonly CallDecoder?[] ByCall = Make();

    /// <summary>The decoder of a call; null where there is none, or where this version does not know it.</summary>
    internal static CallDecoder? Of(SecurityCall call) => (int)call < ByCall.Length ? ByCall[(int)call] : null;

    private static CallDecoder?[] Make()
    {
        var decoders = new CallDecoder?[(int)Enum.GetValues<SecurityCall>()[^1] + 1];
        foreach ((SecurityCall call, CallDecoder decoder) in (ReadOnlySpan<(SecurityCall, CallDecoder)>)
            [.. Processes(), .. Mounts(), .. Loads(), .. Credentials(), .. Memory(), .. Systems(), .. Clocks(), .. Others()])
        {
            decoders[(int)call] = decoder;
        }

        return decoders;
    }

    private static (SecurityCall Call, CallDecoder Decoder)[] Processes() =>
    [
        (SecurityCall.Ptrace, new("ptrace") { Operation = (0, SecurityNames.PtraceRequests.GetValueOrDefault) }),
        (SecurityCall.Setns, new("setns") { Flags = SecurityFlags.Namespaces, Descriptor = 0 }),
        (SecurityCall.Unshare, new("unshare") { Flags = SecurityFlags.Namespaces }),
        (SecurityCall.Clone, new("clone") { Flags = SecurityFlags.Clones }),
        (SecurityCall.Clone3, new("clone3") { Flags = SecurityFlags.Namespaces }),
        (SecurityCall.Prctl, new("prctl") { Operation = (0, SecurityNames.ProcessOptions.GetValueOrDefault) }),
        (SecurityCall.Seccomp, new("seccomp") { Operation = (0, In(SecurityNames.SeccompOperations)), Flags = SecurityFlags.Filters }),
        (SecurityCall.Chroot, new("chroot")),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Mounts() =>
    [
        (SecurityCall.Mount, new("mount") { Flags = SecurityFlags.Mounts, NamesType = true }),
        (SecurityCall.Umount, new("umount")),
        (SecurityCall.Umount2, new("umount2") { Flags = SecurityFlags.Unmounts }),
        (SecurityCall.PivotRoot, new("pivot_root")),
        (SecurityCall.MoveMount, new("move_mount") { Flags = SecurityFlags.MoveMounts, MountsDescriptor = true }),
        (SecurityCall.OpenTree, new("open_tree") { Flags = SecurityFlags.OpenTrees }),
        (SecurityCall.OpenTreeAttr, new("open_tree_attr")
        {
            Flags = SecurityFlags.OpenTrees,
            HasAttributes = true,
            ClearsAttributes = true,
        }),
        (SecurityCall.Fsopen, new("fsopen") { Flags = SecurityFlags.FsOpens, NamesType = true }),
        (SecurityCall.Fsconfig, new("fsconfig") { Operation = (1, In(SecurityNames.MountCommands)), Descriptor = 0 }),
        (SecurityCall.Fsmount, new("fsmount") { Flags = SecurityFlags.FsMounts, HasAttributes = true, Descriptor = 0 }),
        (SecurityCall.Fspick, new("fspick") { Flags = SecurityFlags.FsPicks }),
        (SecurityCall.MountSetattr, new("mount_setattr")
        {
            Flags = SecurityFlags.OpenTrees,
            HasAttributes = true,
            ClearsAttributes = true,
        }),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Loads() =>
    [
        (SecurityCall.InitModule, new("init_module")),
        (SecurityCall.FinitModule, new("finit_module") { Flags = SecurityFlags.ModuleLoads, Descriptor = 0 }),
        (SecurityCall.DeleteModule, new("delete_module") { Flags = SecurityFlags.ModuleRemovals }),
        (SecurityCall.Bpf, new("bpf") { Operation = (0, In(SecurityNames.BpfCommands)) }),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Credentials() =>
    [
        (SecurityCall.Setuid, new("setuid") { Requested = ["uid"] }),
        (SecurityCall.Setgid, new("setgid") { Requested = ["gid"] }),
        (SecurityCall.Setreuid, new("setreuid") { Requested = ["uid", "euid"] }),
        (SecurityCall.Setregid, new("setregid") { Requested = ["gid", "egid"] }),
        (SecurityCall.Setresuid, new("setresuid") { Requested = ["uid", "euid", "suid"] }),
        (SecurityCall.Setresgid, new("setresgid") { Requested = ["gid", "egid", "sgid"] }),
        (SecurityCall.Setfsuid, new("setfsuid") { Requested = ["fsuid"] }),
        (SecurityCall.Setfsgid, new("setfsgid") { Requested = ["fsgid"] }),
        (SecurityCall.Setgroups, new("setgroups") { Requested = ["groups"] }),
        (SecurityCall.Capset, new("capset")),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Memory() =>
    [
        (SecurityCall.MemfdCreate, new("memfd_create") { Flags = SecurityFlags.MemoryFiles }),
        (SecurityCall.MemfdSecret, new("memfd_secret") { Flags = SecurityFlags.SecretMemory }),
        (SecurityCall.Userfaultfd, new("userfaultfd") { Flags = SecurityFlags.PageFaults }),
        (SecurityCall.ProcessVmReadv, new("process_vm_readv")),
        (SecurityCall.ProcessVmWritev, new("process_vm_writev")),
        (SecurityCall.PidfdGetfd, new("pidfd_getfd") { Descriptor = 0 }),
        (SecurityCall.ProcessMadvise, new("process_madvise")
        {
            Operation = (3, SecurityNames.MemoryAdvice.GetValueOrDefault),
            Descriptor = 0,
        }),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Systems() =>
    [
        (SecurityCall.Socket, new("socket") { Flags = SystemNames.Sockets }),
        (SecurityCall.Swapon, new("swapon") { Flags = SystemNames.Swaps }),
        (SecurityCall.Swapoff, new("swapoff")),
        (SecurityCall.Acct, new("acct")),
        (SecurityCall.Quotactl, new("quotactl") { Operation = (0, SystemNames.QuotaCommand) }),
        (SecurityCall.QuotactlFd, new("quotactl_fd") { Operation = (1, SystemNames.QuotaCommand), Descriptor = 0 }),
        (SecurityCall.Syslog, new("syslog") { Operation = (0, In(SystemNames.LogActions)) }),
        (SecurityCall.KexecLoad, new("kexec_load") { Flags = SystemNames.Kexecs }),
        (SecurityCall.KexecFileLoad, new("kexec_file_load") { Flags = SystemNames.KexecFiles, Descriptor = 0 }),
        (SecurityCall.Iopl, new("iopl")),
        (SecurityCall.Ioperm, new("ioperm")),
        (SecurityCall.Reboot, new("reboot") { Operation = (2, SystemNames.RebootCommand) }),
        (SecurityCall.Sethostname, new("sethostname")),
        (SecurityCall.Setdomainname, new("setdomainname")),
        (SecurityCall.FanotifyInit, new("fanotify_init") { Flags = SystemNames.Fanotifies }),
        (SecurityCall.PerfEventOpen, new("perf_event_open") { Flags = SystemNames.PerfEvents }),
        (SecurityCall.Personality, new("personality") { Flags = SystemNames.Personalities }),
        (SecurityCall.ProcessMrelease, new("process_mrelease") { Descriptor = 0 }),
        (SecurityCall.Setxattr, new("setxattr") { Flags = SystemNames.Attributes }),
        (SecurityCall.Lsetxattr, new("lsetxattr") { Flags = SystemNames.Attributes }),
        (SecurityCall.Fsetxattr, new("fsetxattr") { Flags = SystemNames.Attributes, Descriptor = 0 }),
        (SecurityCall.Setxattrat, new("setxattrat") { Flags = FlagNames.At }),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Clocks() =>
    [
        (SecurityCall.Settimeofday, new("settimeofday")),
        (SecurityCall.Stime, new("stime")),
        (SecurityCall.ClockSettime, new("clock_settime") { Operation = (0, In(SystemNames.Clocks)) }),
        (SecurityCall.Adjtimex, new("adjtimex") { Flags = SystemNames.ClockModes }),
        (SecurityCall.ClockAdjtime, new("clock_adjtime") { Operation = (0, In(SystemNames.Clocks)), Flags = SystemNames.ClockModes }),
    ];

    private static (SecurityCall Call, CallDecoder Decoder)[] Others() =>
    [
        (SecurityCall.AddKey, new("add_key") { NamesType = true }),
        (SecurityCall.RequestKey, new("request_key") { NamesType = true }),
        (SecurityCall.Keyctl, new("keyctl") { Operation = (0, In(SecurityNames.KeyOperations)) }),
        (SecurityCall.IoUringSetup, new("io_uring_setup") { Flags = SecurityFlags.Rings }),
        (SecurityCall.IoUringRegister, new("io_uring_register")
        {
            Operation = (1, number => Name(SecurityNames.RingRegistrations, number & ~RegisteredRing)),
            Descriptor = 0,
        }),
        (SecurityCall.Dup, new("dup") { Descriptor = 0 }),
        (SecurityCall.Dup2, new("dup2") { Descriptor = 0 }),
        (SecurityCall.Dup3, new("dup3") { Flags = SecurityFlags.Duplicates, Descriptor = 0 }),
        (SecurityCall.Fcntl, new("fcntl") { Operation = (1, number => number == 0 ? "F_DUPFD" : "F_DUPFD_CLOEXEC"), Descriptor = 0 }),
    ];

    /// <summary>IORING_REGISTER_USE_REGISTERED_RING, a flag among the operations.</summary>
    private const uint RegisteredRing = 1u << 31;

    private static Func<uint, string?> In(string?[] names) => number => Name(names, number);

    /// <summary>The name of a number, or null.</summary>
    internal static string? Name(string?[] names, uint number) => number < names.Length ? names[number] : null;
}
