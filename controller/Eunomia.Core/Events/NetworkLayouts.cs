using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary><c>struct eu_udp</c>; the header and the actor are those of the process that began it. No tail.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UdpLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;

    /// <summary>Zero: the socket is bound to none.</summary>
    public AddressBytes LocalAddr;

    /// <summary>Zero, and its port: the receiver did not ask.</summary>
    public AddressBytes PeerAddr;

    /// <summary>From the first to the last datagram.</summary>
    public ulong DurationNs;
    public ulong DatagramsSent;
    public ulong DatagramsReceived;
    public ulong BytesSent;
    public ulong BytesReceived;

    /// <summary>Calls that failed.</summary>
    public uint Errors;
    public uint Netns;

    /// <summary>Of an open: 0 or -errno.</summary>
    public int Result;

    /// <summary>Of a close.</summary>
    public UdpEnd End;
    public UdpTraits UdpFlags;
    public ushort LocalPort;
    public ushort PeerPort;

    /// <summary><see cref="RecordAbi.AfInet"/> or <see cref="RecordAbi.AfInet6"/>.</summary>
    public ushort Family;

    /// <summary>Who sent first.</summary>
    public TcpDirection Direction;
}

/// <summary><c>struct eu_dns</c>; tail: the message.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct DnsLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;
    public AddressBytes LocalAddr;
    public AddressBytes PeerAddr;

    /// <summary>Names the socket as long as there is one.</summary>
    public ulong Socket;

    /// <summary>Bytes of the message as sent.</summary>
    public uint MessageLen;
    public uint Netns;
    public ushort LocalPort;
    public ushort PeerPort;
    public ushort Family;

    /// <summary>Outbound: this side asks, or gets the answer.</summary>
    public TcpDirection Direction;

    /// <summary><see cref="RecordAbi.ProtocolUdp"/> or <see cref="RecordAbi.ProtocolTcp"/>.</summary>
    public ushort Transport;
    public ushort DataLen;
    public Reserved2 Reserved;
}

/// <summary>Two 16-bit words without meaning yet.</summary>
[System.Runtime.CompilerServices.InlineArray(2)]
public struct Reserved2
{
    private ushort _first;
}
