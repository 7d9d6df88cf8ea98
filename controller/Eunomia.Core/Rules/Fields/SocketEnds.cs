using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Both ends of a connection or flow, as far as an event tells of one.</summary>
internal readonly ref struct SocketEnds
{
    private SocketEnds(
        ReadOnlySpan<byte> local, ushort localPort, ReadOnlySpan<byte> peer, ushort peerPort, TcpDirection direction, ushort protocol)
    {
        Local = local;
        Peer = peer;
        (LocalPort, PeerPort, Protocol) = (localPort, peerPort, protocol);
        HasPeer = direction != TcpDirection.Listening && !peer.IsEmpty && (peerPort != 0 || peer.ContainsAnyExcept((byte)0));
        IsServer = direction switch
        {
            TcpDirection.Inbound or TcpDirection.Listening => true,
            TcpDirection.Outbound => false,
            _ => localPort < peerPort, // began unwatched: well-known ports are low
        };
        IsListening = direction == TcpDirection.Listening;
    }

    internal ReadOnlySpan<byte> Local { get; }

    internal ushort LocalPort { get; }

    internal ReadOnlySpan<byte> Peer { get; }

    internal ushort PeerPort { get; }

    /// <summary>IPPROTO_*.</summary>
    internal ushort Protocol { get; }

    /// <summary>Whether the other side is known.</summary>
    internal bool HasPeer { get; }

    /// <summary>Whether this side serves.</summary>
    internal bool IsServer { get; }

    internal bool IsListening { get; }

    /// <summary>Whether there is one.</summary>
    internal bool IsKnown => !Local.IsEmpty || !Peer.IsEmpty;

    internal bool IsIpv6 => Math.Max(Local.Length, Peer.Length) == RecordAbi.AddressLength;

    internal ReadOnlySpan<byte> Server => IsServer ? Local : HasPeer ? Peer : default;

    internal ReadOnlySpan<byte> Client => !IsServer ? Local : HasPeer ? Peer : default;

    internal ushort ServerPort => IsServer ? LocalPort : PeerPort;

    internal ushort ClientPort => IsServer ? PeerPort : LocalPort;

    internal static SocketEnds Of(in EventView e)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.Tcp:
                TcpRecord tcp = e.Record.AsTcp();
                return new SocketEnds(
                    tcp.LocalAddress, tcp.Fields.LocalPort, tcp.PeerAddress, tcp.Fields.PeerPort, tcp.Fields.Direction, RecordAbi.ProtocolTcp);
            case RecordShape.Udp:
                UdpRecord udp = e.Record.AsUdp();
                return new SocketEnds(
                    udp.LocalAddress, udp.Fields.LocalPort, udp.PeerAddress, udp.Fields.PeerPort, udp.Fields.Direction, RecordAbi.ProtocolUdp);
            case RecordShape.Dns:
                DnsRecord dns = e.Record.AsDns();
                return new SocketEnds(
                    dns.LocalAddress, dns.Fields.LocalPort, dns.PeerAddress, dns.Fields.PeerPort, dns.Fields.Direction, dns.Fields.Transport);
            case RecordShape.Redirect:
                RedirectRecord redirect = e.Record.AsRedirect();
                return new SocketEnds(
                    redirect.LocalAddress, redirect.Fields.LocalPort, redirect.PeerAddress, redirect.Fields.PeerPort,
                    TcpDirection.Outbound, redirect.Fields.Protocol);
            case RecordShape.Enforce when e.Record.AsEnforce() is { Address.IsEmpty: false } stopped:
                bool binds = stopped.Operation == EnforceOperation.Bind;
                return new SocketEnds(
                    binds ? stopped.Address : default, binds ? stopped.Fields.Port : (ushort)0,
                    binds ? default : stopped.Address, binds ? (ushort)0 : stopped.Fields.Port,
                    binds ? TcpDirection.Listening : TcpDirection.Outbound, stopped.Fields.Protocol);
            default:
                return default;
        }
    }
}
