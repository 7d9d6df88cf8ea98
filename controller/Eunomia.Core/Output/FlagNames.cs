using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>
/// Walks the names of the flags that a system call was passed, as on x86-64 (origin: the kernel's uapi fcntl.h, openat2.h,
/// fs.h, net.h, ipc.h and shm.h). What has no name is left over in <see cref="Rest"/>.
/// </summary>
internal ref struct FlagNames
{
    private const ulong AccessMode = 3;
    private const ulong Path = 0x20_0000;
    private const uint EmptyPath = 0x1000;
    private const uint Permissions = 0x1ff;

    /// <summary>By the access mode's bits; the last one is neither reading nor writing, for ioctl only.</summary>
    private static readonly string[] AccessModes = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"];

    /// <summary>Flags of several bits stand in front of those that have one of these bits alone.</summary>
    private static readonly (ulong Bits, string Name)[] OpenFlags =
    [
        (0x40, "O_CREAT"), (0x80, "O_EXCL"), (0x100, "O_NOCTTY"), (0x200, "O_TRUNC"), (0x400, "O_APPEND"),
        (0x800, "O_NONBLOCK"), (0x10_1000, "O_SYNC"), (0x1000, "O_DSYNC"), (0x2000, "O_ASYNC"), (0x4000, "O_DIRECT"),
        (0x8000, "O_LARGEFILE"), (0x41_0000, "O_TMPFILE"), (0x1_0000, "O_DIRECTORY"), (0x2_0000, "O_NOFOLLOW"),
        (0x4_0000, "O_NOATIME"), (0x8_0000, "O_CLOEXEC"),
    ];

    private static readonly (ulong Bits, string Name)[] ResolveFlags =
    [
        (0x1, "RESOLVE_NO_XDEV"), (0x2, "RESOLVE_NO_MAGICLINKS"), (0x4, "RESOLVE_NO_SYMLINKS"), (0x8, "RESOLVE_BENEATH"),
        (0x10, "RESOLVE_IN_ROOT"), (0x20, "RESOLVE_CACHED"),
    ];

    /// <summary>AT_* of calls that take a directory's descriptor.</summary>
    internal static readonly (ulong Bits, string Name)[] At =
    [
        (0x100, "AT_SYMLINK_NOFOLLOW"), (0x200, "AT_REMOVEDIR"), (0x400, "AT_SYMLINK_FOLLOW"), (0x800, "AT_NO_AUTOMOUNT"),
        (EmptyPath, "AT_EMPTY_PATH"),
    ];

    /// <summary>RENAME_*.</summary>
    internal static readonly (ulong Bits, string Name)[] Rename =
    [
        (0x1, "RENAME_NOREPLACE"), (0x2, "RENAME_EXCHANGE"), (0x4, "RENAME_WHITEOUT"),
    ];

    private static readonly (ulong Bits, string Name)[] SocketFlags = [(0x800, "SOCK_NONBLOCK"), (0x8_0000, "SOCK_CLOEXEC")];

    private static readonly (ulong Bits, string Name)[] SysvFlags = [(0x200, "IPC_CREAT"), (0x400, "IPC_EXCL")];

    private static readonly (ulong Bits, string Name)[] MemoryFlags =
    [
        (0x200, "IPC_CREAT"), (0x400, "IPC_EXCL"), (0x800, "SHM_HUGETLB"), (0x1000, "SHM_NORESERVE"),
    ];

    private readonly (ulong Bits, string Name)[] _table;
    private string? _first;
    private int _next;

    private FlagNames((ulong Bits, string Name)[] table, ulong flags) => (_table, Rest) = (table, flags);

    /// <summary>Bits not named so far; after the last name, bits without one.</summary>
    internal ulong Rest { get; private set; }

    /// <summary>O_*, the access mode first; O_PATH has none.</summary>
    internal static FlagNames OfOpen(ulong flags)
    {
        bool isPath = (flags & Path) != 0;
        return new FlagNames(OpenFlags, flags & ~(AccessMode | Path))
        {
            _first = isPath ? "O_PATH" : AccessModes[flags & AccessMode],
        };
    }

    /// <summary>As passed to what opened an end: O_* of pipes (without an access mode) and files, SOCK_*, IPC_* and SHM_*.</summary>
    internal static FlagNames OfIpc(IpcType type, uint flags) => type switch
    {
        IpcType.Fifo or IpcType.PosixMq or IpcType.PosixShm => OfOpen(flags),
        IpcType.Unix => new FlagNames(SocketFlags, flags),
        IpcType.SysvShm => new FlagNames(MemoryFlags, flags & ~Permissions),
        IpcType.SysvMsg or IpcType.SysvSem => new FlagNames(SysvFlags, flags & ~Permissions),
        _ => new FlagNames(OpenFlags, flags),
    };

    /// <summary>RESOLVE_* of openat2.</summary>
    internal static FlagNames OfResolve(ulong flags) => new(ResolveFlags, flags);

    /// <summary>RENAME_* of a rename, AT_* of other changes.</summary>
    internal static FlagNames OfChange(EventKind kind, uint flags) =>
        new(kind == EventKind.FileRename ? Rename : At, flags);

    /// <summary>Flags of a table: those of several bits stand in front of those that have one of these bits alone.</summary>
    internal static FlagNames Of((ulong Bits, string Name)[] table, ulong flags) => new(table, flags);

    /// <summary>Whether an empty path is right, and means what the directory's descriptor stands for.</summary>
    internal static bool IsEmptyPath(EventKind kind, uint flags) => kind != EventKind.FileRename && (flags & EmptyPath) != 0;

    /// <summary>The next name, or false after the last one.</summary>
    internal bool TryNext([NotNullWhen(true)] out string? name)
    {
        (name, _first) = (_first, null);
        while (name is null && _next < _table.Length)
        {
            (ulong bits, string candidate) = _table[_next++];
            if ((Rest & bits) == bits)
            {
                Rest &= ~bits;
                name = candidate;
            }
        }

        return name is not null;
    }
}
