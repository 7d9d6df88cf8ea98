using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>The file that a unix socket is bound to.</summary>
internal static unsafe partial class SocketFile
{
    private const uint SameUser = uint.MaxValue;
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100;
    private const uint WantType = 1; // STATX_TYPE
    private const int StatSize = 256;
    private const int ModeOffset = 28; // stx_mode
    private const int TypeMask = 0xf000;
    private const int SocketType = 0xc000;

    /// <summary>Gives it to a group, whose members may then connect. False where we are not in that group ourselves.</summary>
    public static bool TrySetGroup(string path, uint group) => ChangeOwner(path, SameUser, group) == 0;

    /// <summary>Whether there is a socket, rather than nothing or something else.</summary>
    public static bool Exists(string path)
    {
        byte* stat = stackalloc byte[StatSize];
        return StatX(CurrentFolder, path, NoFollow, WantType, stat) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(new ReadOnlySpan<byte>(stat + ModeOffset, sizeof(ushort))) & TypeMask) == SocketType;
    }

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* stat);
}
