using Eunomia.Core.Events;
using Eunomia.Core.Ipc;

namespace Eunomia.Core.Output;

/// <summary>The last column of an ipc event: the object, how much went through it, and who is at the other end.</summary>
internal static class IpcText
{
    internal static void Write(Utf8Buffer buffer, in EventView e)
    {
        IpcRecord record = e.Record.AsIpc();
        ref readonly IpcLayout ipc = ref record.Fields;
        buffer.Append(IpcNames.Type(ipc.Type) ?? "?");
        buffer.Append((byte)' ');
        WriteObject(buffer, ipc, record.Name);
        if (IpcNames.Role(ipc.Role) is { } role)
        {
            buffer.Append((byte)' ');
            buffer.Append(role);
        }

        if (e.Kind != EventKind.IpcOpen)
        {
            WriteTotals(buffer, ipc);
        }
        else if (ipc.Result >= 0 && ipc.Fd >= 0)
        {
            buffer.Append(" fd "u8);
            buffer.Append((ulong)ipc.Fd);
        }

        WritePeers(buffer, e.Peers);
        TextDetail.WriteError(buffer, e.Record.Result ?? 0);
    }

    internal static void WriteSignal(Utf8Buffer buffer, in EventView e)
    {
        ref readonly SignalLayout signal = ref e.Record.AsSignal().Fields;
        bool isKernel = (signal.SignalFlags & SignalTraits.Kernel) != 0;
        buffer.Append(LinuxNames.Signal(signal.Signal));
        buffer.Append(isKernel ? " from the kernel -> "u8 : " -> "u8);
        WriteProcess(buffer, signal.TargetTgid, signal.TargetComm.Text);
        if (!e.Peers.IsEmpty)
        {
            WriteContainer(buffer, e.Peers[0]);
        }

        if (signal.Count > 1)
        {
            buffer.Append(" x"u8);
            buffer.Append(signal.Count);
        }

        if (signal.Result != 0 && IpcNames.SignalResult(signal.Result) is { } result)
        {
            buffer.Append(" ("u8);
            buffer.Append(result);
            buffer.Append((byte)')');
        }
    }

    /// <summary>The name; else the inode, as ls of /proc/PID/fd shows it, or the System V id.</summary>
    private static void WriteObject(Utf8Buffer buffer, in IpcLayout ipc, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            bool isAbstract = ipc.Type == IpcType.Unix && name[0] == 0;
            buffer.Append(isAbstract ? "@"u8 : default);
            buffer.AppendSafe(isAbstract ? name[1..] : name);
        }
        else if (ipc.Inode != 0)
        {
            buffer.Append((byte)'[');
            buffer.Append(ipc.Inode);
            buffer.Append((byte)']');
        }
        else if (ipc.Id >= 0)
        {
            buffer.Append("id "u8);
            buffer.Append((ulong)ipc.Id);
        }
        else
        {
            buffer.Append((byte)'?');
        }
    }

    private static void WriteTotals(Utf8Buffer buffer, in IpcLayout ipc)
    {
        bool countsOnly = ipc.Type == IpcType.SysvSem;
        WriteTotal(buffer, " sent "u8, ipc.BytesSent, ipc.MessagesSent, countsOnly);
        WriteTotal(buffer, " received "u8, ipc.BytesReceived, ipc.MessagesReceived, countsOnly);
    }

    private static void WriteTotal(Utf8Buffer buffer, ReadOnlySpan<byte> verb, ulong bytes, ulong messages, bool countsOnly)
    {
        if (messages == 0)
        {
            return;
        }

        buffer.Append(verb);
        if (countsOnly)
        {
            buffer.Append(messages);
            buffer.Append(" times"u8);
            return;
        }

        TextDetail.WriteSize(buffer, bytes);
        buffer.Append(" in "u8);
        buffer.Append(messages);
    }

    private static void WritePeers(Utf8Buffer buffer, ReadOnlySpan<IpcPeer> peers)
    {
        ReadOnlySpan<byte> before = " <-> "u8;
        foreach (IpcPeer peer in peers)
        {
            buffer.Append(before);
            WriteProcess(buffer, peer.Key.Pid, peer.Name.Text);
            WriteContainer(buffer, peer);
            before = ", "u8;
        }
    }

    private static void WriteProcess(Utf8Buffer buffer, uint pid, ReadOnlySpan<byte> name)
    {
        buffer.AppendSafe(name.IsEmpty ? "?"u8 : name);
        buffer.Append((byte)'(');
        buffer.Append(pid);
        buffer.Append((byte)')');
    }

    private static void WriteContainer(Utf8Buffer buffer, in IpcPeer peer)
    {
        if (peer.Container is { } container)
        {
            buffer.Append(" in "u8);
            TextEventWriter.AppendLabel(buffer, container);
        }
    }
}
