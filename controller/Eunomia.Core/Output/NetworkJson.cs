using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a connection, or of a socket that listens.</summary>
internal static class NetworkJson
{
    private static readonly string?[] Directions = [null, "outbound", "inbound", "listen"];

    internal static void Write(Utf8Buffer buffer, EventKind kind, TcpRecord record)
    {
        ref readonly TcpLayout tcp = ref record.Fields;
        buffer.Key("network"u8).Append((byte)'{');
        buffer.WordMember("transport"u8, "tcp");
        buffer.WordMember("type"u8, record.LocalAddress.Length switch
        {
            0 => null,
            4 => "ipv4",
            _ => "ipv6",
        });
        buffer.WordMember("direction"u8, (int)tcp.Direction < Directions.Length ? Directions[(int)tcp.Direction] : null);
        WriteEnd(buffer, "local"u8, record.LocalAddress, tcp.LocalPort);
        if (tcp.Direction != TcpDirection.Listening)
        {
            WriteEnd(buffer, "peer"u8, record.PeerAddress, tcp.PeerPort);
        }

        WriteNumbers(buffer, kind, tcp);
        buffer.MemberUnlessZero("netns"u8, tcp.Netns);
        buffer.Append((byte)'}');
    }

    private static void WriteNumbers(Utf8Buffer buffer, EventKind kind, in TcpLayout tcp)
    {
        switch (kind)
        {
            case EventKind.TcpConnect when tcp.LatencyNs != 0:
                buffer.Member("latency_us"u8, tcp.LatencyNs / 1_000);
                break;
            case EventKind.TcpListen:
                buffer.Member("backlog"u8, tcp.Backlog);
                break;
            case EventKind.TcpClose:
                buffer.MemberUnlessZero("duration_ns"u8, tcp.DurationNs);
                WriteTotals(buffer, tcp);
                break;
            default:
                break;
        }
    }

    private static void WriteTotals(Utf8Buffer buffer, in TcpLayout tcp)
    {
        if (tcp.Direction != TcpDirection.Listening)
        {
            buffer.Member("bytes_sent"u8, tcp.BytesSent);
            buffer.Member("bytes_received"u8, tcp.BytesReceived);
            buffer.Member("retransmits"u8, tcp.Retransmits);
        }
    }

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
