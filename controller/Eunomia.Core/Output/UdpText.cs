using Eunomia.Core.Dns;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column of UDP and DNS events.</summary>
internal static class UdpText
{
    private const int MostAnswers = 8;

    /// <summary>Both ends, the arrow from who sent first, and what went each way.</summary>
    internal static void WriteFlow(Utf8Buffer buffer, in EventView e)
    {
        UdpRecord record = e.Record.AsUdp();
        ref readonly UdpLayout udp = ref record.Fields;
        WriteLocal(buffer, record.LocalAddress, udp.LocalPort);
        NetworkText.WriteArrow(buffer, udp.Direction);
        NetworkText.WriteEnd(buffer, record.PeerAddress, udp.PeerPort);
        NetworkText.WriteName(buffer, e.PeerName);
        if (e.Kind is EventKind.UdpOpen or EventKind.UdpConnect)
        {
            TextDetail.WriteError(buffer, udp.Result);
            return;
        }

        buffer.Append(" sent "u8);
        WriteAmount(buffer, udp.DatagramsSent, udp.BytesSent);
        buffer.Append(", received "u8);
        WriteAmount(buffer, udp.DatagramsReceived, udp.BytesReceived);
        if (udp.Errors != 0)
        {
            buffer.Append(", errors "u8);
            buffer.Append(udp.Errors);
        }

        buffer.Append(", lasted "u8);
        TextDetail.WriteDuration(buffer, udp.DurationNs);
        buffer.Append(udp.End switch
        {
            UdpEnd.Idle => ", idle"u8,
            UdpEnd.Closed => default,
            _ => ", still open"u8,
        });
    }

    /// <summary>"A example.org @10.0.0.1" asks, "A example.org -> 93.184.216.34 (12.3ms)" answers.</summary>
    internal static void WriteMessage(Utf8Buffer buffer, in EventView e)
    {
        DnsRecord record = e.Record.AsDns();
        var message = new DnsMessage(record.Message, record.IsCut);
        if (message.QuestionAt != 0)
        {
            buffer.AppendType(message.QuestionType);
            buffer.Append((byte)' ');
            buffer.AppendName(message.QuestionName);
        }
        else
        {
            buffer.Append((byte)'?');
        }

        if (e.Kind == EventKind.DnsAnswer)
        {
            WriteAnswers(buffer, message);
        }
        else
        {
            buffer.Append(record.Fields.Direction == TcpDirection.Outbound ? " @"u8 : " from "u8);
            NetworkText.WriteEnd(buffer, record.PeerAddress, record.Fields.PeerPort);
        }

        if (e.LatencyNs != 0)
        {
            buffer.Append(" ("u8);
            TextDetail.WriteDuration(buffer, e.LatencyNs);
            buffer.Append((byte)')');
        }

        if (DnsJson.FaultName(message.Fault) is { } fault)
        {
            buffer.Append(" malformed "u8);
            buffer.Append(fault);
        }
    }

    private static void WriteAnswers(Utf8Buffer buffer, DnsMessage message)
    {
        buffer.Append(" -> "u8);
        int count = 0;
        foreach (DnsResource answer in message.Answers)
        {
            if (count == MostAnswers)
            {
                buffer.Append(", ..."u8);
                break;
            }

            buffer.Append(count++ == 0 ? default : ", "u8);
            if (answer.Type != message.QuestionType)
            {
                buffer.AppendType(answer.Type);
                buffer.Append((byte)' ');
            }

            buffer.AppendData(message, answer);
        }

        if (count == 0 && message.HasHeader)
        {
            buffer.AppendCode(message.ResponseCode);
        }
        else if (count == 0)
        {
            buffer.Append((byte)'?');
        }
    }

    private static void WriteLocal(Utf8Buffer buffer, ReadOnlySpan<byte> address, ushort port)
    {
        if (address.ContainsAnyExcept((byte)0) || port == 0)
        {
            NetworkText.WriteEnd(buffer, address, port);
            return;
        }

        buffer.Append("*:"u8);
        buffer.Append(port);
    }

    private static void WriteAmount(Utf8Buffer buffer, ulong datagrams, ulong bytes)
    {
        buffer.Append(datagrams);
        buffer.Append(" ("u8);
        TextDetail.WriteSize(buffer, bytes);
        buffer.Append((byte)')');
    }
}
