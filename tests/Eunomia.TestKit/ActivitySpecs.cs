using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What an open record says beside the process.</summary>
public sealed record FileOpenSpec
{
    public string Path { get; init; } = "";

    public string Raw { get; init; } = "";

    public string Base { get; init; } = "";

    public ulong Flags { get; init; }

    public ulong Resolve { get; init; }

    public uint Mode { get; init; }

    public ulong Inode { get; init; }

    public uint Device { get; init; }

    public uint FileMode { get; init; }

    public int Result { get; init; } = 3;

    public FileTraits Traits { get; init; }

    public Truncation Truncated { get; init; }
}

/// <summary>What a close or a descriptor's totals say beside the process.</summary>
public sealed record FileIoSpec
{
    public string Path { get; init; } = "";

    public ulong OpenedNs { get; init; }

    public ulong BytesRead { get; init; }

    public ulong BytesWritten { get; init; }

    public uint Reads { get; init; }

    public uint Writes { get; init; }

    public ulong Inode { get; init; }

    public uint Device { get; init; }

    public uint FileMode { get; init; }

    public int Fd { get; init; } = 3;

    public int Result { get; init; }

    public FileTraits Traits { get; init; }

    public Truncation Truncated { get; init; }
}

/// <summary>What a change record says beside the process.</summary>
public sealed record FileChangeSpec
{
    public string Path { get; init; } = "";

    public string Raw { get; init; } = "";

    public string Base { get; init; } = "";

    public string NewRaw { get; init; } = "";

    public string NewBase { get; init; } = "";

    public ulong Length { get; init; }

    public uint Flags { get; init; }

    public uint Mode { get; init; }

    public uint Device { get; init; }

    public uint Owner { get; init; } = RecordAbi.IdUnset;

    public uint Group { get; init; } = RecordAbi.IdUnset;

    public int Result { get; init; }

    public int Fd { get; init; } = -1;

    public Truncation Truncated { get; init; }
}

/// <summary>What a TCP record says beside the process; the family follows from the addresses.</summary>
public sealed record TcpSpec
{
    public string Local { get; init; } = "10.0.0.5";

    public ushort LocalPort { get; init; } = 43210;

    public string Peer { get; init; } = "1.2.3.4";

    public ushort PeerPort { get; init; } = 443;

    /// <summary>Instead of the addresses' own, for one that nobody knows.</summary>
    public ushort? Family { get; init; }

    public TcpDirection Direction { get; init; } = TcpDirection.Outbound;

    public ulong LatencyNs { get; init; }

    public ulong DurationNs { get; init; }

    public ulong BytesSent { get; init; }

    public ulong BytesReceived { get; init; }

    public uint Retransmits { get; init; }

    public uint Backlog { get; init; }

    public uint Netns { get; init; }

    public int Result { get; init; }
}

/// <summary>What a UDP record says beside the process; the family follows from the addresses.</summary>
public sealed record UdpSpec
{
    public string Local { get; init; } = "0.0.0.0";

    public ushort LocalPort { get; init; } = 43210;

    public string Peer { get; init; } = "1.2.3.4";

    public ushort PeerPort { get; init; } = 123;

    public TcpDirection Direction { get; init; } = TcpDirection.Outbound;

    public ulong DurationNs { get; init; }

    public ulong DatagramsSent { get; init; }

    public ulong DatagramsReceived { get; init; }

    public ulong BytesSent { get; init; }

    public ulong BytesReceived { get; init; }

    public uint Errors { get; init; }

    public uint Netns { get; init; }

    public int Result { get; init; }

    public UdpTraits Traits { get; init; }

    public UdpEnd End { get; init; }
}

/// <summary>What a DNS record says beside the process.</summary>
public sealed record DnsSpec
{
    public byte[] Message { get; init; } = [];

    /// <summary>Null: all of it is there.</summary>
    public uint? Length { get; init; }

    public ulong Socket { get; init; } = 7;

    public string Local { get; init; } = "0.0.0.0";

    public ushort LocalPort { get; init; } = 43210;

    public string Peer { get; init; } = "10.0.0.1";

    public ushort PeerPort { get; init; } = 53;

    public TcpDirection Direction { get; init; } = TcpDirection.Outbound;

    public ushort Transport { get; init; } = RecordAbi.ProtocolUdp;

    public uint Netns { get; init; }
}
