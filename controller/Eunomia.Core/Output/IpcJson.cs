using Eunomia.Core.Events;
using Eunomia.Core.Ipc;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of an end of what processes talk through, and that of a signal.</summary>
internal sealed class IpcJson
{
    private const uint Permissions = 0x1ff;
    private const uint Create = 0x200;
    private readonly Timestamp _opened = new();
    private readonly Timestamp _started = new();

    /// <summary>Writes the object; says whether its path is complete.</summary>
    internal PathParts Write(Utf8Buffer buffer, in EventView e)
    {
        IpcRecord record = e.Record.AsIpc();
        ref readonly IpcLayout ipc = ref record.Fields;
        buffer.Key("ipc"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        buffer.WordMember("type"u8, IpcNames.Type(ipc.Type));
        buffer.WordMember("role"u8, IpcNames.Role(ipc.Role));
        buffer.WordMember("socket_type"u8, IpcNames.SocketType(ipc.SocketType));
        WriteName(buffer, ipc.Type, record.Name);
        WriteIdentity(buffer, ipc);
        if (e.Kind == EventKind.IpcOpen)
        {
            WriteFlags(buffer, ipc);
        }
        else
        {
            WriteTotals(buffer, ipc);
        }

        buffer.Flag("inherited"u8, (ipc.IpcFlags & IpcTraits.Inherited) != 0);
        buffer.Flag("implicit"u8, (ipc.IpcFlags & IpcTraits.Implicit) != 0);
        buffer.Flag("removed"u8, (ipc.IpcFlags & IpcTraits.Removed) != 0);
        if (ipc.OpenedNs != 0 && e.Kind != EventKind.IpcOpen)
        {
            WriteTime(buffer, _opened, "open_time"u8, ipc.OpenedNs, e.BootToUnixNs);
        }

        WritePeers(buffer, e);
        buffer.Append((byte)'}');
        return (e.Record.Header.Truncated & Truncation.Path) != 0 ? PathParts.Path : PathParts.None;
    }

    internal void WriteSignal(Utf8Buffer buffer, in EventView e)
    {
        ref readonly SignalLayout signal = ref e.Record.AsSignal().Fields;
        buffer.Key("signal"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        buffer.WordMember("name"u8, LinuxNames.Signal(signal.Signal));
        buffer.Member("number"u8, signal.Signal);
        WriteCode(buffer, signal.Signal, signal.Code);
        buffer.WordMember("result"u8, IpcNames.SignalResult(signal.Result));
        buffer.Flag("kernel"u8, (signal.SignalFlags & SignalTraits.Kernel) != 0);
        buffer.Member("count"u8, signal.Count);
        buffer.Key("target"u8).Append((byte)'{');
        buffer.Member("pid"u8, signal.TargetTgid);
        if ((signal.SignalFlags & SignalTraits.Thread) != 0)
        {
            buffer.Member("tid"u8, signal.TargetTid);
        }

        buffer.MemberUnlessZero("vpid"u8, signal.TargetVpid);
        buffer.Member("name"u8, signal.TargetComm.Text);
        if (!e.Peers.IsEmpty)
        {
            WriteRest(buffer, e.Peers[0], e.BootToUnixNs);
        }

        buffer.Append((byte)'}');
        buffer.Append((byte)'}');
    }

    /// <summary>A path, or a name that is none: of a queue, of an abstract socket ("@name").</summary>
    private static void WriteName(Utf8Buffer buffer, IpcType type, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return;
        }

        if (type == IpcType.Unix && name[0] == 0)
        {
            buffer.Key("name"u8).Append((byte)'"');
            buffer.Append((byte)'@');
            buffer.AppendEscaped(name[1..]);
            buffer.Append((byte)'"');
        }
        else
        {
            buffer.Member(type == IpcType.PosixMq ? "name"u8 : "path"u8, name);
        }
    }

    private static void WriteIdentity(Utf8Buffer buffer, in IpcLayout ipc)
    {
        if (ipc.Key != 0)
        {
            buffer.HexMember("key"u8, ipc.Key);
        }

        WriteUnlessNegative(buffer, "id"u8, ipc.Id);
        buffer.MemberUnlessZero("namespace"u8, ipc.Ns);
        buffer.MemberUnlessZero("inode"u8, ipc.Inode);
        if (ipc.Dev != 0)
        {
            buffer.Key("device"u8).Append((byte)'"');
            buffer.AppendDevice(ipc.Dev);
            buffer.Append((byte)'"');
        }

        buffer.MemberUnlessZero("peer_inode"u8, ipc.PeerInode);
        WriteUnlessNegative(buffer, "fd"u8, ipc.Fd);
        WriteUnlessNegative(buffer, "peer_fd"u8, ipc.PeerFd);
        buffer.MemberUnlessZero("size"u8, ipc.Size);
    }

    private static void WriteFlags(Utf8Buffer buffer, in IpcLayout ipc)
    {
        FlagNames flags = FlagNames.OfIpc(ipc.Type, ipc.OpenFlags);
        bool isSysv = ipc.Type is IpcType.SysvShm or IpcType.SysvMsg or IpcType.SysvSem;
        if (flags.Rest != 0 || ipc.Type is IpcType.Fifo or IpcType.PosixMq or IpcType.PosixShm)
        {
            buffer.Flags("flags"u8, flags);
        }

        if (isSysv && (ipc.OpenFlags & Create) != 0)
        {
            buffer.Key("mode"u8).Append((byte)'"');
            buffer.AppendMode(ipc.OpenFlags & Permissions);
            buffer.Append((byte)'"');
        }
    }

    /// <summary>Of shared memory nothing is counted: what goes through it needs no call.</summary>
    private static void WriteTotals(Utf8Buffer buffer, in IpcLayout ipc)
    {
        if (ipc.Type is IpcType.SysvShm or IpcType.PosixShm)
        {
            return;
        }

        if (ipc.Type != IpcType.SysvSem)
        {
            buffer.Member("bytes_sent"u8, ipc.BytesSent);
            buffer.Member("bytes_received"u8, ipc.BytesReceived);
        }

        buffer.Member("messages_sent"u8, ipc.MessagesSent);
        buffer.Member("messages_received"u8, ipc.MessagesReceived);
    }

    private void WritePeers(Utf8Buffer buffer, in EventView e)
    {
        if (e.Peers.IsEmpty)
        {
            return;
        }

        buffer.Key("peer"u8).Append((byte)'[');
        foreach (IpcPeer peer in e.Peers)
        {
            buffer.Separate();
            buffer.Append((byte)'{');
            buffer.Member("pid"u8, peer.Key.Pid);
            buffer.Member("name"u8, peer.Name.Text);
            WriteRest(buffer, peer, e.BootToUnixNs);
            buffer.Append((byte)'}');
        }

        buffer.Append((byte)']');
    }

    private void WriteRest(Utf8Buffer buffer, in IpcPeer peer, long bootToUnixNs)
    {
        if (peer.Key.StartNs != 0)
        {
            WriteTime(buffer, _started, "start_time"u8, peer.Key.StartNs, bootToUnixNs);
        }

        if (peer.Container is { } container)
        {
            buffer.Key("container"u8).Append(container.Json);
        }
    }

    private static void WriteCode(Utf8Buffer buffer, uint signal, int code)
    {
        buffer.Key("code"u8).Append((byte)'"');
        if (IpcNames.SignalCode(signal, code) is { } name)
        {
            buffer.Append(name);
        }
        else
        {
            buffer.Append(code < 0 ? "code--"u8 : "code-"u8);
            buffer.Append((ulong)Math.Abs((long)code));
        }

        buffer.Append((byte)'"');
    }

    private static void WriteTime(Utf8Buffer buffer, Timestamp time, ReadOnlySpan<byte> key, ulong ns, long bootToUnixNs)
    {
        buffer.Key(key).Append((byte)'"');
        time.Append(buffer, (long)ns + bootToUnixNs);
        buffer.Append((byte)'"');
    }

    private static void WriteUnlessNegative(Utf8Buffer buffer, ReadOnlySpan<byte> key, int value)
    {
        if (value >= 0)
        {
            buffer.Member(key, (ulong)value);
        }
    }
}
