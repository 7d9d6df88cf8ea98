using Eunomia.Core.Events;

namespace Eunomia.TestKit;

/// <summary>What a record of an end says beside the process.</summary>
public sealed record IpcSpec
{
    public IpcType Type { get; init; } = IpcType.Pipe;

    public IpcRole Role { get; init; }

    public ushort SocketType { get; init; }

    public string Name { get; init; } = "";

    public ulong OpenedNs { get; init; }

    public ulong BytesSent { get; init; }

    public ulong BytesReceived { get; init; }

    public ulong MessagesSent { get; init; }

    public ulong MessagesReceived { get; init; }

    public ulong Inode { get; init; }

    public ulong PeerInode { get; init; }

    public ulong Size { get; init; }

    public uint Device { get; init; }

    public uint PeerPid { get; init; }

    public uint Namespace { get; init; }

    public uint Key { get; init; }

    public int Id { get; init; } = -1;

    public int Fd { get; init; } = -1;

    public int PeerFd { get; init; } = -1;

    public uint Flags { get; init; }

    public int Result { get; init; }

    public IpcTraits Traits { get; init; }

    public Truncation Truncated { get; init; }
}

/// <summary>What a signal's record says beside the sender.</summary>
public sealed record SignalSpec(ProcessSpec Target)
{
    public uint Signal { get; init; } = 15;

    public int Code { get; init; }

    public uint Result { get; init; }

    public ulong Count { get; init; } = 1;

    public SignalTraits Traits { get; init; }
}
