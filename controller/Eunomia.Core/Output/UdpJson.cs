using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a UDP flow.</summary>
internal static class UdpJson
{
    internal static void Write(Utf8Buffer buffer, in EventView e)
    {
        UdpRecord record = e.Record.AsUdp();
        ref readonly UdpLayout udp = ref record.Fields;
        buffer.Key("network"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        NetworkJson.WriteKind(buffer, "udp", record.LocalAddress, udp.Direction);
        NetworkJson.WriteLocal(buffer, record.LocalAddress, udp.LocalPort);
        NetworkJson.WriteEnd(buffer, "peer"u8, record.PeerAddress, udp.PeerPort, e.PeerName);
        buffer.Flag("connected"u8, (udp.UdpFlags & UdpTraits.Connected) != 0);
        if (e.Kind == EventKind.UdpClose)
        {
            WriteTotals(buffer, udp);
        }

        buffer.MemberUnlessZero("netns"u8, udp.Netns);
        buffer.Append((byte)'}');
    }

    private static void WriteTotals(Utf8Buffer buffer, in UdpLayout udp)
    {
        buffer.Member("duration_ns"u8, udp.DurationNs);
        buffer.Member("datagrams_sent"u8, udp.DatagramsSent);
        buffer.Member("bytes_sent"u8, udp.BytesSent);
        buffer.Member("datagrams_received"u8, udp.DatagramsReceived);
        buffer.Member("bytes_received"u8, udp.BytesReceived);
        buffer.MemberUnlessZero("errors"u8, udp.Errors);
        buffer.Key("ended"u8).Append(udp.End == UdpEnd.Running ? "false"u8 : "true"u8);
        buffer.WordMember("end_reason"u8, udp.End switch
        {
            UdpEnd.Idle => "idle",
            UdpEnd.Closed => "closed",
            _ => null,
        });
    }
}
