using System.Collections.Frozen;

namespace Eunomia.Core.Syscalls;

/// <summary>What an argument of a system call means, and so how it is shown.</summary>
internal enum ArgumentType
{
    /// <summary>Something in memory, or bits without names: hexadecimal.</summary>
    Hex,

    /// <summary>A signed number of 32 bits.</summary>
    Int,

    /// <summary>A signed number of 64 bits: a file's offset.</summary>
    Offset,

    /// <summary>An unsigned number: a length.</summary>
    Size,

    /// <summary>A file descriptor.</summary>
    Fd,

    /// <summary>A directory's descriptor, or AT_FDCWD.</summary>
    DirFd,

    /// <summary>A string, read by the kernel side.</summary>
    Text,

    /// <summary>A socket address, read by the kernel side; the argument behind it is its length.</summary>
    Address,

    /// <summary>Permissions, octal.</summary>
    Mode,
    Open,
    At,
    Access,
    Whence,
    Prot,
    Map,
    Family,
    Socket,
    Message,
    Signal,
    Clone,
    Fcntl,
    Futex,
    Epoll,
    Rename,
    Mount,
}

/// <summary>One argument.</summary>
internal readonly record struct Argument(string Name, ArgumentType Type);

/// <summary>
/// The arguments of system calls by name (origin: their man pages). A call that is not here, and 32-bit calls whose
/// arguments stand otherwise, are shown by their registers.
/// </summary>
internal static class SyscallSignatures
{
    private const string Table = """
        access path:text mode:access
        accept fd:fd addr:hex addrlen:hex
        accept4 fd:fd addr:address addrlen:hex flags:socket
        acct filename:text
        bind fd:fd addr:address addrlen:size
        brk addr:hex
        chdir path:text
        chmod path:text mode:mode
        chown path:text owner:int group:int
        chroot path:text
        clone flags:clone stack:hex parent_tid:hex child_tid:hex tls:hex
        clone3 cl_args:hex size:size
        close fd:fd
        close_range first:fd last:fd flags:hex
        connect fd:fd addr:address addrlen:size
        copy_file_range fd_in:fd off_in:hex fd_out:fd off_out:hex len:size flags:hex
        creat path:text mode:mode
        delete_module name:text flags:open
        dup oldfd:fd
        dup2 oldfd:fd newfd:fd
        dup3 oldfd:fd newfd:fd flags:open
        epoll_create1 flags:open
        epoll_ctl epfd:fd op:epoll fd:fd event:hex
        epoll_pwait epfd:fd events:hex maxevents:int timeout:int sigmask:hex sigsetsize:size
        epoll_wait epfd:fd events:hex maxevents:int timeout:int
        eventfd2 initval:size flags:open
        execve pathname:text argv:hex envp:hex
        execveat dirfd:dirfd pathname:text argv:hex envp:hex flags:at
        exit status:int
        exit_group status:int
        faccessat dirfd:dirfd pathname:text mode:access
        faccessat2 dirfd:dirfd pathname:text mode:access flags:at
        fallocate fd:fd mode:hex offset:offset len:offset
        fchdir fd:fd
        fchmod fd:fd mode:mode
        fchmodat dirfd:dirfd pathname:text mode:mode
        fchmodat2 dirfd:dirfd pathname:text mode:mode flags:at
        fchown fd:fd owner:int group:int
        fchownat dirfd:dirfd pathname:text owner:int group:int flags:at
        fcntl fd:fd cmd:fcntl arg:hex
        fcntl64 fd:fd cmd:fcntl arg:hex
        fdatasync fd:fd
        finit_module fd:fd param_values:text flags:hex
        flock fd:fd operation:hex
        fstat fd:fd statbuf:hex
        fstat64 fd:fd statbuf:hex
        fstatfs fd:fd buf:hex
        fsync fd:fd
        ftruncate fd:fd length:offset
        futex uaddr:hex futex_op:futex val:int timeout:hex uaddr2:hex val3:int
        getcwd buf:hex size:size
        getdents64 fd:fd dirp:hex count:size
        getegid
        geteuid
        getgid
        getpeername fd:fd addr:address addrlen:hex
        getpgid pid:int
        getpid
        getppid
        getrandom buf:hex buflen:size flags:hex
        getsockname fd:fd addr:address addrlen:hex
        getsockopt fd:fd level:int optname:int optval:hex optlen:hex
        gettid
        getuid
        getxattr path:text name:text value:hex size:size
        init_module module_image:hex len:size param_values:text
        inotify_add_watch fd:fd pathname:text mask:hex
        ioctl fd:fd op:hex arg:hex
        kill pid:int sig:signal
        lchown path:text owner:int group:int
        lgetxattr path:text name:text value:hex size:size
        link oldpath:text newpath:text
        linkat olddirfd:dirfd oldpath:text newdirfd:dirfd newpath:text flags:at
        listen fd:fd backlog:int
        lseek fd:fd offset:offset whence:whence
        lstat path:text statbuf:hex
        madvise addr:hex length:size advice:int
        memfd_create name:text flags:hex
        mkdir path:text mode:mode
        mkdirat dirfd:dirfd path:text mode:mode
        mknod path:text mode:mode dev:hex
        mknodat dirfd:dirfd path:text mode:mode dev:hex
        mmap addr:hex length:size prot:prot flags:map fd:fd offset:offset
        mmap2 addr:hex length:size prot:prot flags:map fd:fd pgoffset:offset
        mount source:text target:text filesystemtype:hex mountflags:mount data:hex
        mprotect addr:hex len:size prot:prot
        mremap old_address:hex old_size:size new_size:size flags:hex new_address:hex
        munmap addr:hex length:size
        newfstatat dirfd:dirfd path:text statbuf:hex flags:at
        fstatat64 dirfd:dirfd path:text statbuf:hex flags:at
        open path:text flags:open mode:mode
        openat dirfd:dirfd path:text flags:open mode:mode
        openat2 dirfd:dirfd path:text how:hex size:size
        pidfd_open pid:int flags:open
        pidfd_send_signal pidfd:fd sig:signal info:hex flags:hex
        pipe pipefd:hex
        pipe2 pipefd:hex flags:open
        pivot_root new_root:text put_old:text
        poll fds:hex nfds:size timeout:int
        ppoll fds:hex nfds:size tmo_p:hex sigmask:hex sigsetsize:size
        prctl op:int arg2:hex arg3:hex arg4:hex arg5:hex
        pread64 fd:fd buf:hex count:size offset:offset
        prlimit64 pid:int resource:int new_limit:hex old_limit:hex
        ptrace op:int pid:int addr:hex data:hex
        pwrite64 fd:fd buf:hex count:size offset:offset
        read fd:fd buf:hex count:size
        readlink path:text buf:hex bufsiz:size
        readlinkat dirfd:dirfd path:text buf:hex bufsiz:size
        readv fd:fd iov:hex iovcnt:int
        recvfrom fd:fd buf:hex len:size flags:message src_addr:address addrlen:hex
        recvmmsg fd:fd msgvec:hex vlen:size flags:message timeout:hex
        recvmsg fd:fd msg:hex flags:message
        rename oldpath:text newpath:text
        renameat olddirfd:dirfd oldpath:text newdirfd:dirfd newpath:text
        renameat2 olddirfd:dirfd oldpath:text newdirfd:dirfd newpath:text flags:rename
        rmdir path:text
        rt_sigaction signum:signal act:hex oldact:hex sigsetsize:size
        rt_sigprocmask how:int set:hex oldset:hex sigsetsize:size
        rt_sigqueueinfo tgid:int sig:signal info:hex
        rt_sigreturn
        sched_yield
        sendfile out_fd:fd in_fd:fd offset:hex count:size
        sendmmsg fd:fd msgvec:hex vlen:size flags:message
        sendmsg fd:fd msg:hex flags:message
        sendto fd:fd buf:hex len:size flags:message dest_addr:address addrlen:size
        setfsgid fsgid:int
        setfsuid fsuid:int
        setgid gid:int
        setgroups size:size list:hex
        sethostname name:text len:size
        setns fd:fd nstype:clone
        setpgid pid:int pgid:int
        setregid rgid:int egid:int
        setresgid rgid:int egid:int sgid:int
        setresuid ruid:int euid:int suid:int
        setreuid ruid:int euid:int
        setsid
        setsockopt fd:fd level:int optname:int optval:hex optlen:size
        setuid uid:int
        setxattr path:text name:text value:hex size:size flags:hex
        shutdown fd:fd how:int
        signalfd4 fd:fd mask:hex sizemask:size flags:open
        socket domain:family type:socket protocol:int
        socketpair domain:family type:socket protocol:int sv:hex
        splice fd_in:fd off_in:hex fd_out:fd off_out:hex len:size flags:hex
        stat path:text statbuf:hex
        stat64 path:text statbuf:hex
        statfs path:text buf:hex
        statx dirfd:dirfd path:text flags:at mask:hex statxbuf:hex
        swapon path:text swapflags:hex
        symlink target:text linkpath:text
        symlinkat target:text newdirfd:dirfd linkpath:text
        tgkill tgid:int tid:int sig:signal
        tkill tid:int sig:signal
        truncate path:text length:offset
        umask mask:mode
        umount2 target:text flags:hex
        uname buf:hex
        unlink path:text
        unlinkat dirfd:dirfd path:text flags:at
        unshare flags:clone
        utimensat dirfd:dirfd path:text times:hex flags:at
        wait4 pid:int wstatus:hex options:hex rusage:hex
        waitid idtype:int id:int infop:hex options:hex rusage:hex
        write fd:fd buf:hex count:size
        writev fd:fd iov:hex iovcnt:int
        """;

    /// <summary>32-bit calls of the same name whose arguments stand otherwise: 64-bit offsets take two registers.</summary>
    private static readonly FrozenSet<string> Otherwise =
        FrozenSet.Create("mmap", "pread64", "pwrite64", "fallocate", "fstatat64");

    private static readonly Lazy<FrozenDictionary<string, Argument[]>> Parsed = new(Parse);

    /// <summary>The call's arguments in order; null when they are not known.</summary>
    internal static IReadOnlyList<Argument>? Find(SyscallAbi abi, string name) =>
        abi == SyscallAbi.Compat && Otherwise.Contains(name) ? null : Parsed.Value.GetValueOrDefault(name);

    /// <summary>The names of all arguments.</summary>
    internal static FrozenSet<string> ArgumentNames() =>
        Parsed.Value.Values.SelectMany(arguments => arguments).Select(argument => argument.Name).ToFrozenSet(StringComparer.Ordinal);

    private static FrozenDictionary<string, Argument[]> Parse() => Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' '))
        .ToFrozenDictionary(words => words[0], words => Array.ConvertAll(words[1..], ParseArgument));

    private static Argument ParseArgument(string text)
    {
        string[] parts = text.Split(':');
        return new Argument(parts[0], Enum.Parse<ArgumentType>(parts[1], ignoreCase: true));
    }
}
