using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column of a TCP event: both ends, the arrow from who began it, and how it went.</summary>
internal static class NetworkText
{
    internal static void Write(Utf8Buffer buffer, EventKind kind, TcpRecord record, ReadOnlySpan<byte> peerName)
    {
        ref readonly TcpLayout tcp = ref record.Fields;
        WriteEnd(buffer, record.LocalAddress, tcp.LocalPort);
        if (tcp.Direction != TcpDirection.Listening)
        {
            WriteArrow(buffer, tcp.Direction);
            WriteEnd(buffer, record.PeerAddress, tcp.PeerPort);
            WriteName(buffer, peerName);
        }

        switch (kind)
        {
            case EventKind.TcpConnect:
                WriteConnect(buffer, tcp);
                break;
            case EventKind.TcpListen:
                buffer.Append(" backlog "u8);
                buffer.Append(tcp.Backlog);
                break;
            case EventKind.TcpAccept when tcp.Result >= 0:
                buffer.Append(" = "u8);
                buffer.Append((ulong)tcp.Result);
                break;
            case EventKind.TcpClose:
                WriteClose(buffer, tcp);
                break;
            default:
                break;
        }

        TextDetail.WriteError(buffer, tcp.Result);
    }

    private static void WriteConnect(Utf8Buffer buffer, in TcpLayout tcp)
    {
        if (tcp.Result < 0)
        {
            return;
        }

        buffer.Append(" ok"u8);
        if (tcp.LatencyNs != 0)
        {
            buffer.Append((byte)' ');
            TextDetail.WriteDuration(buffer, tcp.LatencyNs);
        }
    }

    private static void WriteClose(Utf8Buffer buffer, in TcpLayout tcp)
    {
        if (tcp.Direction != TcpDirection.Listening)
        {
            buffer.Append(" sent "u8);
            TextDetail.WriteSize(buffer, tcp.BytesSent);
            buffer.Append(", received "u8);
            TextDetail.WriteSize(buffer, tcp.BytesReceived);
        }

        if (tcp.Retransmits != 0)
        {
            buffer.Append(", retransmitted "u8);
            buffer.Append(tcp.Retransmits);
        }

        if (tcp.DurationNs != 0)
        {
            buffer.Append(", lasted "u8);
            TextDetail.WriteDuration(buffer, tcp.DurationNs);
        }
    }

    internal static void WriteArrow(Utf8Buffer buffer, TcpDirection direction) => buffer.Append(direction switch
    {
        TcpDirection.Outbound => " -> "u8,
        TcpDirection.Inbound => " <- "u8,
        _ => " - "u8,
    });

    internal static void WriteName(Utf8Buffer buffer, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            buffer.Append(" ("u8);
            buffer.AppendSafe(name);
            buffer.Append((byte)')');
        }
    }

    /// <summary>"10.0.0.5:443", "[::1]:443"; "?" where nothing was bound or reached.</summary>
    internal static void WriteEnd(Utf8Buffer buffer, ReadOnlySpan<byte> address, ushort port)
    {
        if (address.IsEmpty || (port == 0 && !address.ContainsAnyExcept((byte)0)))
        {
            buffer.Append((byte)'?');
            return;
        }

        bool isV6 = address.Length != 4;
        buffer.Append(isV6 ? "["u8 : default);
        buffer.AppendAddress(address);
        buffer.Append(isV6 ? "]"u8 : default);
        if (port != 0)
        {
            buffer.Append((byte)':');
            buffer.Append(port);
        }
    }
}
