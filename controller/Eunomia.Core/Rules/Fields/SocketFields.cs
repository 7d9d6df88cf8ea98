using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of both ends of a connection: <c>fd.sip</c>, <c>fd.lport</c> and so on.</summary>
internal static class SocketFields
{
    private delegate ReadOnlySpan<byte> AddressOf(SocketEnds ends);

    private delegate bool PortOf(SocketEnds ends, out ushort port);

    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.WithSocket;
        AddEnd(set, "s", "the server", ends => ends.Server, (SocketEnds ends, out ushort port) => (port = ends.ServerPort) != 0);
        AddEnd(set, "c", "the client", ends => ends.Client, (SocketEnds ends, out ushort port) => (port = ends.ClientPort) != 0);
        AddEnd(set, "l", "this side", ends => ends.Local, (SocketEnds ends, out ushort port) => (port = ends.LocalPort) != 0);
        AddEnd(set, "r", "the other side", ends => ends.HasPeer ? ends.Peer : default, (SocketEnds ends, out ushort port) => (port = ends.PeerPort) != 0);
        AddBoth(set);
        AddNames(set);
        AddState(set);
    }

    private static void AddEnd(FieldSet set, string letter, string who, AddressOf address, PortOf port)
    {
        TextOf text = (in EventView e, FieldScratch _) => FieldReader.OrMissing(address(SocketEnds.Of(e)));
        set.Address($"fd.{letter}ip", $"address of {who}", text);
        set.Address($"fd.{letter}net", $"address of {who}, compared with networks: 10.0.0.0/8", text, FieldType.Network);
        set.Number($"fd.{letter}port", $"port of {who}", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = port(SocketEnds.Of(e), out ushort number);
            value = number;
            return isKnown;
        }, FieldType.Port);
    }

    /// <summary>Either end: equal if one is, different if both are.</summary>
    private static void AddBoth(FieldSet set)
    {
        TextAt both = (in EventView e, FieldScratch _, int index, out bool end) =>
        {
            end = index > 1;
            SocketEnds ends = SocketEnds.Of(e);
            return index switch
            {
                0 => FieldReader.OrMissing(ends.Client),
                1 => FieldReader.OrMissing(ends.Server),
                _ => FieldReader.Missing,
            };
        };
        EventKindSet kinds = set.Kinds;
        Add("fd.ip", FieldType.Address, "address of the client or the server");
        Add("fd.net", FieldType.Network, "address of the client or the server, compared with networks");
        set.Add(new FieldInfo("fd.port", FieldType.Port, FieldArgument.None, "port of the client or the server") { IsList = true }, _ => new FieldReader
        {
            Name = "fd.port",
            Type = FieldType.Port,
            Numbers = (in EventView e, FieldScratch _, int index, out long value) =>
            {
                SocketEnds ends = SocketEnds.Of(e);
                value = index == 0 ? ends.ClientPort : ends.ServerPort;
                return index < 2 && ends.IsKnown;
            },
            DiffersInAll = true,
            Kinds = kinds,
        });

        void Add(string name, FieldType type, string summary) =>
            set.Add(new FieldInfo(name, type, FieldArgument.None, summary) { IsList = true }, _ => new FieldReader
            {
                Name = name,
                Type = type,
                Texts = both,
                DiffersInAll = true,
                Kinds = kinds,
            });
    }

    private static void AddNames(FieldSet set)
    {
        set.Sources = EventKindSet.Of(EventKind.DnsAnswer);
        set.Text("fd.rip.name", "what the other side's address was called when its name was looked up, where that was seen", (in EventView e, FieldScratch _) => FieldReader.OrMissing(e.PeerName));
        set.Text("fd.sip.name", "the same, where the other side is the server", (in EventView e, FieldScratch _) =>
            SocketEnds.Of(e).IsServer ? FieldReader.Missing : FieldReader.OrMissing(e.PeerName));
        set.Text("fd.cip.name", "the same, where the other side is the client", (in EventView e, FieldScratch _) =>
            SocketEnds.Of(e).IsServer ? FieldReader.OrMissing(e.PeerName) : FieldReader.Missing);
        set.Sources = default;
        set.Unobservable("fd.lip.name", FieldType.Text, "what this side's address is called", "names are known of addresses that were looked up: those of peers");
    }

    private static void AddState(FieldSet set)
    {
        set.Flag("fd.connected", "whether the socket has a peer: a TCP connection is there, or a datagram socket was connected", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isConnected = e.Record.Shape switch
            {
                RecordShape.Tcp => e.Record.AsTcp().Fields is { Result: >= 0, Direction: not TcpDirection.Listening },
                RecordShape.Udp => (e.Record.AsUdp().Fields.UdpFlags & UdpTraits.Connected) != 0,
                _ => false,
            };
            value = isConnected ? 1 : 0;
            return true;
        });
        set.Flag("fd.name_changed", "whether the event gave the socket its peer: a connection, or the first datagram with a peer", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Kind is EventKind.TcpConnect or EventKind.TcpAccept or EventKind.UdpOpen ? 1 : 0;
            return true;
        });
        set.Flag("fd.is_server", "whether this side serves", (in EventView e, FieldScratch _, out long value) =>
        {
            SocketEnds ends = SocketEnds.Of(e);
            value = ends.IsServer ? 1 : 0;
            return ends.IsKnown;
        });
    }
}
