namespace Eunomia.Core.Events;

/// <summary>Which call a security record tells of, however it is numbered (<c>enum eu_security_call</c>).</summary>
public enum SecurityCall : ushort
{
    /// <summary>It comes from no call.</summary>
    None = 0,

    /// <summary>ptrace(2).</summary>
    Ptrace = 1,

    /// <summary>setns(2).</summary>
    Setns = 2,

    /// <summary>unshare(2).</summary>
    Unshare = 3,

    /// <summary>clone(2).</summary>
    Clone = 4,

    /// <summary>clone3(2).</summary>
    Clone3 = 5,

    /// <summary>mount(2).</summary>
    Mount = 6,

    /// <summary>umount(2).</summary>
    Umount = 7,

    /// <summary>umount2(2).</summary>
    Umount2 = 8,

    /// <summary>pivot_root(2).</summary>
    PivotRoot = 9,

    /// <summary>move_mount(2).</summary>
    MoveMount = 10,

    /// <summary>open_tree(2).</summary>
    OpenTree = 11,

    /// <summary>open_tree_attr(2).</summary>
    OpenTreeAttr = 12,

    /// <summary>fsopen(2).</summary>
    Fsopen = 13,

    /// <summary>fsconfig(2).</summary>
    Fsconfig = 14,

    /// <summary>fsmount(2).</summary>
    Fsmount = 15,

    /// <summary>fspick(2).</summary>
    Fspick = 16,

    /// <summary>mount_setattr(2).</summary>
    MountSetattr = 17,

    /// <summary>init_module(2).</summary>
    InitModule = 18,

    /// <summary>finit_module(2).</summary>
    FinitModule = 19,

    /// <summary>delete_module(2).</summary>
    DeleteModule = 20,

    /// <summary>bpf(2).</summary>
    Bpf = 21,

    /// <summary>setuid(2).</summary>
    Setuid = 22,

    /// <summary>setgid(2).</summary>
    Setgid = 23,

    /// <summary>setreuid(2).</summary>
    Setreuid = 24,

    /// <summary>setregid(2).</summary>
    Setregid = 25,

    /// <summary>setresuid(2).</summary>
    Setresuid = 26,

    /// <summary>setresgid(2).</summary>
    Setresgid = 27,

    /// <summary>setfsuid(2).</summary>
    Setfsuid = 28,

    /// <summary>setfsgid(2).</summary>
    Setfsgid = 29,

    /// <summary>setgroups(2).</summary>
    Setgroups = 30,

    /// <summary>capset(2).</summary>
    Capset = 31,

    /// <summary>memfd_create(2).</summary>
    MemfdCreate = 32,

    /// <summary>memfd_secret(2).</summary>
    MemfdSecret = 33,

    /// <summary>userfaultfd(2).</summary>
    Userfaultfd = 34,

    /// <summary>add_key(2).</summary>
    AddKey = 35,

    /// <summary>request_key(2).</summary>
    RequestKey = 36,

    /// <summary>keyctl(2).</summary>
    Keyctl = 37,

    /// <summary>io_uring_setup(2).</summary>
    IoUringSetup = 38,

    /// <summary>io_uring_register(2).</summary>
    IoUringRegister = 39,

    /// <summary>process_vm_readv(2).</summary>
    ProcessVmReadv = 40,

    /// <summary>process_vm_writev(2).</summary>
    ProcessVmWritev = 41,

    /// <summary>pidfd_getfd(2).</summary>
    PidfdGetfd = 42,

    /// <summary>process_madvise(2).</summary>
    ProcessMadvise = 43,

    /// <summary>prctl(2).</summary>
    Prctl = 44,

    /// <summary>seccomp(2).</summary>
    Seccomp = 45,

    /// <summary>dup(2).</summary>
    Dup = 46,

    /// <summary>dup2(2).</summary>
    Dup2 = 47,

    /// <summary>dup3(2).</summary>
    Dup3 = 48,

    /// <summary>fcntl(2).</summary>
    Fcntl = 49,

    /// <summary>chroot(2).</summary>
    Chroot = 50,

    /// <summary>socket(2).</summary>
    Socket = 51,

    /// <summary>swapon(2).</summary>
    Swapon = 52,

    /// <summary>swapoff(2).</summary>
    Swapoff = 53,

    /// <summary>acct(2).</summary>
    Acct = 54,

    /// <summary>quotactl(2).</summary>
    Quotactl = 55,

    /// <summary>quotactl_fd(2).</summary>
    QuotactlFd = 56,

    /// <summary>settimeofday(2).</summary>
    Settimeofday = 57,

    /// <summary>stime(2), the old one of 32-bit calls.</summary>
    Stime = 58,

    /// <summary>clock_settime(2).</summary>
    ClockSettime = 59,

    /// <summary>adjtimex(2).</summary>
    Adjtimex = 60,

    /// <summary>clock_adjtime(2).</summary>
    ClockAdjtime = 61,

    /// <summary>syslog(2).</summary>
    Syslog = 62,

    /// <summary>kexec_load(2).</summary>
    KexecLoad = 63,

    /// <summary>kexec_file_load(2).</summary>
    KexecFileLoad = 64,

    /// <summary>iopl(2).</summary>
    Iopl = 65,

    /// <summary>ioperm(2).</summary>
    Ioperm = 66,

    /// <summary>reboot(2).</summary>
    Reboot = 67,

    /// <summary>sethostname(2).</summary>
    Sethostname = 68,

    /// <summary>setdomainname(2).</summary>
    Setdomainname = 69,

    /// <summary>fanotify_init(2).</summary>
    FanotifyInit = 70,

    /// <summary>perf_event_open(2).</summary>
    PerfEventOpen = 71,

    /// <summary>personality(2).</summary>
    Personality = 72,

    /// <summary>process_mrelease(2).</summary>
    ProcessMrelease = 73,

    /// <summary>setxattr(2).</summary>
    Setxattr = 74,

    /// <summary>lsetxattr(2).</summary>
    Lsetxattr = 75,

    /// <summary>fsetxattr(2).</summary>
    Fsetxattr = 76,

    /// <summary>setxattrat(2).</summary>
    Setxattrat = 77,
}

/// <summary>What is notable about a security record (<c>EU_SECURITY_*</c>).</summary>
[Flags]
public enum SecurityTraits : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A 32-bit call.</summary>
    Compat = 0x1,

    /// <summary>What was before is known.</summary>
    Before = 0x2,
}
