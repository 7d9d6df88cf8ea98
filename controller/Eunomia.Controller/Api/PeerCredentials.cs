using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Eunomia.Controller.Api;

/// <summary>Who is at the other end of a unix socket, as the kernel says: as of the moment it connected.</summary>
/// <param name="Pid">Its process.</param>
/// <param name="Uid">Effective user.</param>
/// <param name="Groups">Its effective group and all supplementary ones.</param>
public sealed record PeerCredentials(int Pid, uint Uid, IReadOnlyList<uint> Groups)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int CredentialsSize = 12;
    private const int MostGroups = 65_536; // NGROUPS_MAX

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="SocketException">It does not say.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<byte> bytes = stackalloc byte[CredentialsSize];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, bytes);
        int pid = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        uint uid = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint gid = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return new PeerCredentials(pid, uid, [gid, .. SupplementaryGroups(socket)]);
    }

    private static uint[] SupplementaryGroups(Socket socket)
    {
        for (int room = 256; ; room = MostGroups)
        {
            byte[] bytes = new byte[room * sizeof(uint)];
            try
            {
                int length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, bytes);
                return MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, length)).ToArray();
            }
            catch (SocketException) when (room < MostGroups)
            {
                // ERANGE: more groups than that.
            }
            catch (SocketException)
            {
                return []; // an old kernel (before 4.13): its effective group is what counts
            }
        }
    }
}
