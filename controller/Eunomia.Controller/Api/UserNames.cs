using System.Runtime.InteropServices;

namespace Eunomia.Controller.Api;

/// <summary>Users and groups of the host, as its C library knows them.</summary>
public static partial class UserNames
{
    // struct group: name, password, then the id; struct passwd: the same, and the primary group behind the id.
    private static readonly int IdOffset = 2 * nint.Size;

    /// <summary>Who we are.</summary>
    public static uint OwnUid => GetEffectiveUserId();

    /// <summary>The id of a group; null when there is no such group.</summary>
    public static uint? FindGroup(string name) => Read(GetGroup(name), IdOffset);

    /// <summary>The id and primary group of a user; null when there is no such user.</summary>
    public static (uint Uid, uint Gid)? FindUser(string name) => Pair(GetUser(name));

    /// <summary>The same by id.</summary>
    public static (uint Uid, uint Gid)? FindUser(uint uid) => Pair(GetUser(uid));

    private static (uint, uint)? Pair(nint entry) =>
        Read(entry, IdOffset) is { } uid && Read(entry, IdOffset + sizeof(uint)) is { } gid ? (uid, gid) : null;

    private static uint? Read(nint entry, int offset) => entry == 0 ? null : (uint)Marshal.ReadInt32(entry, offset);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetGroup(string name);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetUser(string name);

    [LibraryImport("libc", EntryPoint = "getpwuid")]
    private static partial nint GetUser(uint uid);
}
