using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of the socket that became standard input, output or error: as those of connections.</summary>
internal static class RedirectJson
{
    internal static void Write(Utf8Buffer buffer, RedirectRecord record, ReadOnlySpan<byte> path)
    {
        ref readonly RedirectLayout socket = ref record.Fields;
        buffer.Key("network"u8).Append((byte)'{');
        buffer.WordMember("transport"u8, Transport(socket.Protocol, socket.Family));
        buffer.WordMember("type"u8, Type(socket.Family));
        WriteEnd(buffer, "local"u8, record.LocalAddress, socket.LocalPort);
        WriteEnd(buffer, "peer"u8, record.PeerAddress, socket.PeerPort);
        buffer.Member("path"u8, path);
        buffer.MemberUnlessZero("netns"u8, socket.Netns);
        buffer.Append((byte)'}');
    }

    internal static string? Transport(ushort protocol, ushort family) => (protocol, family) switch
    {
        (_, RecordAbi.AfUnix) => "unix",
        (6, _) => "tcp",
        (17, _) => "udp",
        _ => null,
    };

    private static string? Type(ushort family) => family switch
    {
        RecordAbi.AfInet => "ipv4",
        RecordAbi.AfInet6 => "ipv6",
        _ => null,
    };

    /// <summary>Without an address and a port nothing was bound or reached, and the end is left out.</summary>
    private static void WriteEnd(Utf8Buffer buffer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> address, ushort port)
    {
        if (address.IsEmpty || (port == 0 && !address.ContainsAnyExcept((byte)0)))
        {
            return;
        }

        buffer.Key(key).Append((byte)'{');
        buffer.Key("address"u8).Append((byte)'"');
        buffer.AppendAddress(address);
        buffer.Append((byte)'"');
        buffer.MemberUnlessZero("port"u8, port);
        buffer.Append((byte)'}');
    }
}
