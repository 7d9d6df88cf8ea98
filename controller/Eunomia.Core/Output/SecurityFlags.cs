namespace Eunomia.Core.Output;

/// <summary>
/// Flags of security calls, as on x86-64 (origin: the kernel's uapi headers). Flags of several bits stand in front of those
/// that have one of these bits alone.
/// </summary>
internal static class SecurityFlags
{
    /// <summary>linux/sched.h, of unshare, setns and clone3.</summary>
    internal static readonly (ulong Bits, string Name)[] Namespaces =
    [
        (0x80, "CLONE_NEWTIME"), (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"),
        (0x800, "CLONE_SIGHAND"), (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"), (0x4000, "CLONE_VFORK"),
        (0x8000, "CLONE_PARENT"), (0x10000, "CLONE_THREAD"), (0x20000, "CLONE_NEWNS"), (0x40000, "CLONE_SYSVSEM"),
        (0x80000, "CLONE_SETTLS"), (0x100000, "CLONE_PARENT_SETTID"), (0x200000, "CLONE_CHILD_CLEARTID"),
        (0x400000, "CLONE_DETACHED"), (0x800000, "CLONE_UNTRACED"), (0x1000000, "CLONE_CHILD_SETTID"),
        (0x2000000, "CLONE_NEWCGROUP"), (0x4000000, "CLONE_NEWUTS"), (0x8000000, "CLONE_NEWIPC"),
        (0x10000000, "CLONE_NEWUSER"), (0x20000000, "CLONE_NEWPID"), (0x40000000, "CLONE_NEWNET"),
        (0x80000000, "CLONE_IO"), (0x100000000, "CLONE_CLEAR_SIGHAND"), (0x200000000, "CLONE_INTO_CGROUP"),
    ];

    /// <summary>linux/sched.h; the low byte of clone's is a signal.</summary>
    internal static readonly (ulong Bits, string Name)[] Clones =
    [
        (0x100, "CLONE_VM"), (0x200, "CLONE_FS"), (0x400, "CLONE_FILES"), (0x800, "CLONE_SIGHAND"),
        (0x1000, "CLONE_PIDFD"), (0x2000, "CLONE_PTRACE"), (0x4000, "CLONE_VFORK"), (0x8000, "CLONE_PARENT"),
        (0x10000, "CLONE_THREAD"), (0x20000, "CLONE_NEWNS"), (0x40000, "CLONE_SYSVSEM"), (0x80000, "CLONE_SETTLS"),
        (0x100000, "CLONE_PARENT_SETTID"), (0x200000, "CLONE_CHILD_CLEARTID"), (0x400000, "CLONE_DETACHED"),
        (0x800000, "CLONE_UNTRACED"), (0x1000000, "CLONE_CHILD_SETTID"), (0x2000000, "CLONE_NEWCGROUP"),
        (0x4000000, "CLONE_NEWUTS"), (0x8000000, "CLONE_NEWIPC"), (0x10000000, "CLONE_NEWUSER"),
        (0x20000000, "CLONE_NEWPID"), (0x40000000, "CLONE_NEWNET"), (0x80000000, "CLONE_IO"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Mounts =
    [
        (0x1, "MS_RDONLY"), (0x2, "MS_NOSUID"), (0x4, "MS_NODEV"), (0x8, "MS_NOEXEC"), (0x10, "MS_SYNCHRONOUS"),
        (0x20, "MS_REMOUNT"), (0x40, "MS_MANDLOCK"), (0x80, "MS_DIRSYNC"), (0x100, "MS_NOSYMFOLLOW"),
        (0x400, "MS_NOATIME"), (0x800, "MS_NODIRATIME"), (0x1000, "MS_BIND"), (0x2000, "MS_MOVE"), (0x4000, "MS_REC"),
        (0x8000, "MS_SILENT"), (0x10000, "MS_POSIXACL"), (0x20000, "MS_UNBINDABLE"), (0x40000, "MS_PRIVATE"),
        (0x80000, "MS_SLAVE"), (0x100000, "MS_SHARED"), (0x200000, "MS_RELATIME"), (0x400000, "MS_KERNMOUNT"),
        (0x800000, "MS_I_VERSION"), (0x1000000, "MS_STRICTATIME"), (0x2000000, "MS_LAZYTIME"),
        (0x4000000, "MS_SUBMOUNT"), (0x8000000, "MS_NOREMOTELOCK"),
    ];

    /// <summary>linux/fs.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Unmounts =
    [
        (0x1, "MNT_FORCE"), (0x2, "MNT_DETACH"), (0x4, "MNT_EXPIRE"), (0x8, "UMOUNT_NOFOLLOW"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] MoveMounts =
    [
        (0x1, "MOVE_MOUNT_F_SYMLINKS"), (0x2, "MOVE_MOUNT_F_AUTOMOUNTS"), (0x4, "MOVE_MOUNT_F_EMPTY_PATH"),
        (0x10, "MOVE_MOUNT_T_SYMLINKS"), (0x20, "MOVE_MOUNT_T_AUTOMOUNTS"), (0x40, "MOVE_MOUNT_T_EMPTY_PATH"),
        (0x100, "MOVE_MOUNT_SET_GROUP"), (0x200, "MOVE_MOUNT_BENEATH"),
    ];

    /// <summary>linux/mount.h, fcntl.h; mount_setattr takes them too.</summary>
    internal static readonly (ulong Bits, string Name)[] OpenTrees =
    [
        (0x1, "OPEN_TREE_CLONE"), (0x100, "AT_SYMLINK_NOFOLLOW"), (0x800, "AT_NO_AUTOMOUNT"), (0x1000, "AT_EMPTY_PATH"),
        (0x8000, "AT_RECURSIVE"), (0x80000, "OPEN_TREE_CLOEXEC"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] FsOpens =
    [
        (0x1, "FSOPEN_CLOEXEC"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] FsMounts =
    [
        (0x1, "FSMOUNT_CLOEXEC"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] FsPicks =
    [
        (0x1, "FSPICK_CLOEXEC"), (0x2, "FSPICK_SYMLINK_NOFOLLOW"), (0x4, "FSPICK_NO_AUTOMOUNT"),
        (0x8, "FSPICK_EMPTY_PATH"),
    ];

    /// <summary>linux/mount.h.</summary>
    internal static readonly (ulong Bits, string Name)[] MountAttributes =
    [
        (0x1, "MOUNT_ATTR_RDONLY"), (0x2, "MOUNT_ATTR_NOSUID"), (0x4, "MOUNT_ATTR_NODEV"), (0x8, "MOUNT_ATTR_NOEXEC"),
        (0x70, "MOUNT_ATTR__ATIME"), (0x10, "MOUNT_ATTR_NOATIME"), (0x20, "MOUNT_ATTR_STRICTATIME"),
        (0x80, "MOUNT_ATTR_NODIRATIME"), (0x100000, "MOUNT_ATTR_IDMAP"), (0x200000, "MOUNT_ATTR_NOSYMFOLLOW"),
    ];

    /// <summary>linux/module.h.</summary>
    internal static readonly (ulong Bits, string Name)[] ModuleLoads =
    [
        (0x1, "MODULE_INIT_IGNORE_MODVERSIONS"), (0x2, "MODULE_INIT_IGNORE_VERMAGIC"),
        (0x4, "MODULE_INIT_COMPRESSED_FILE"),
    ];

    /// <summary>As delete_module(2) takes them.</summary>
    internal static readonly (ulong Bits, string Name)[] ModuleRemovals =
    [
        (0x200, "O_TRUNC"), (0x800, "O_NONBLOCK"),
    ];

    /// <summary>linux/memfd.h.</summary>
    internal static readonly (ulong Bits, string Name)[] MemoryFiles =
    [
        (0x1, "MFD_CLOEXEC"), (0x2, "MFD_ALLOW_SEALING"), (0x4, "MFD_HUGETLB"), (0x8, "MFD_NOEXEC_SEAL"),
        (0x10, "MFD_EXEC"),
    ];

    /// <summary>As memfd_secret(2) takes them.</summary>
    internal static readonly (ulong Bits, string Name)[] SecretMemory =
    [
        (0x80000, "O_CLOEXEC"),
    ];

    /// <summary>linux/userfaultfd.h, fcntl.h.</summary>
    internal static readonly (ulong Bits, string Name)[] PageFaults =
    [
        (0x1, "UFFD_USER_MODE_ONLY"), (0x800, "O_NONBLOCK"), (0x80000, "O_CLOEXEC"),
    ];

    /// <summary>linux/io_uring.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Rings =
    [
        (0x1, "IORING_SETUP_IOPOLL"), (0x2, "IORING_SETUP_SQPOLL"), (0x4, "IORING_SETUP_SQ_AFF"),
        (0x8, "IORING_SETUP_CQSIZE"), (0x10, "IORING_SETUP_CLAMP"), (0x20, "IORING_SETUP_ATTACH_WQ"),
        (0x40, "IORING_SETUP_R_DISABLED"), (0x80, "IORING_SETUP_SUBMIT_ALL"), (0x100, "IORING_SETUP_COOP_TASKRUN"),
        (0x200, "IORING_SETUP_TASKRUN_FLAG"), (0x400, "IORING_SETUP_SQE128"), (0x800, "IORING_SETUP_CQE32"),
        (0x1000, "IORING_SETUP_SINGLE_ISSUER"), (0x2000, "IORING_SETUP_DEFER_TASKRUN"),
        (0x4000, "IORING_SETUP_NO_MMAP"), (0x8000, "IORING_SETUP_REGISTERED_FD_ONLY"),
        (0x10000, "IORING_SETUP_NO_SQARRAY"), (0x20000, "IORING_SETUP_HYBRID_IOPOLL"),
        (0x40000, "IORING_SETUP_CQE_MIXED"),
    ];

    /// <summary>linux/seccomp.h.</summary>
    internal static readonly (ulong Bits, string Name)[] Filters =
    [
        (0x1, "SECCOMP_FILTER_FLAG_TSYNC"), (0x2, "SECCOMP_FILTER_FLAG_LOG"), (0x4, "SECCOMP_FILTER_FLAG_SPEC_ALLOW"),
        (0x8, "SECCOMP_FILTER_FLAG_NEW_LISTENER"), (0x10, "SECCOMP_FILTER_FLAG_TSYNC_ESRCH"),
        (0x20, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
    ];

    /// <summary>As dup3(2) takes them.</summary>
    internal static readonly (ulong Bits, string Name)[] Duplicates =
    [
        (0x80000, "O_CLOEXEC"),
    ];
}
