using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a connection, or of a socket that listens.</summary>
internal static class NetworkJson
{
    private static readonly string?[] Directions = [null, "outbound", "inbound", "listen"];

    internal static void Write(Utf8Buffer buffer, in EventView e)
    {
        TcpRecord record = e.Record.AsTcp();
        ref readonly TcpLayout tcp = ref record.Fields;
        buffer.Key("network"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        WriteKind(buffer, "tcp", record.LocalAddress, tcp.Direction);
        WriteEnd(buffer, "local"u8, record.LocalAddress, tcp.LocalPort);
        if (tcp.Direction != TcpDirection.Listening)
        {
            WriteEnd(buffer, "peer"u8, record.PeerAddress, tcp.PeerPort, e.PeerName);
        }

        WriteNumbers(buffer, e.Kind, tcp);
        buffer.MemberUnlessZero("netns"u8, tcp.Netns);
        buffer.Append((byte)'}');
    }

    /// <summary>The members that all network objects begin with.</summary>
    internal static void WriteKind(Utf8Buffer buffer, string? transport, ReadOnlySpan<byte> address, TcpDirection direction)
    {
        buffer.WordMember("transport"u8, transport);
        buffer.WordMember("type"u8, address.Length switch
        {
            0 => null,
            4 => "ipv4",
            _ => "ipv6",
        });
        buffer.WordMember("direction"u8, (int)direction < Directions.Length ? Directions[(int)direction] : null);
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
    internal static void WriteEnd(
        Utf8Buffer buffer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> address, ushort port, ReadOnlySpan<byte> name = default)
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
        buffer.Member("name"u8, name);
        buffer.Append((byte)'}');
    }

    /// <summary>An end whose address may not be known although its port is.</summary>
    internal static void WriteLocal(Utf8Buffer buffer, ReadOnlySpan<byte> address, ushort port)
    {
        if (address.ContainsAnyExcept((byte)0))
        {
            WriteEnd(buffer, "local"u8, address, port);
        }
        else if (port != 0)
        {
            buffer.Key("local"u8).Append((byte)'{');
            buffer.Member("port"u8, port);
            buffer.Append((byte)'}');
        }
    }
}
