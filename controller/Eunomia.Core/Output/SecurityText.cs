using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column of a security event: the call as one would say it, whom it was aimed at, how it went.</summary>
internal sealed class SecurityText
{
    private readonly Utf8Buffer _path = new();

    internal void Write(Utf8Buffer buffer, in EventView e)
    {
        var view = new SecurityView(e.Kind, e.Record.AsSecurity());
        switch (e.Kind)
        {
            case EventKind.SecurityOom:
                buffer.AppendSafe(e.Record.Actor.Comm.Text);
                buffer.Append(" killed: out of memory"u8);
                break;
            case EventKind.SecurityCapability or EventKind.SecurityIoUringOp:
                WriteUse(buffer, view);
                break;
            case EventKind.SecurityCredentials:
                WriteChange(buffer, view, e.Record.AsCredentials());
                break;
            case EventKind.SecurityRedirect:
                WriteSocket(buffer, view, e.Record.AsRedirect());
                break;
            default:
                WriteCall(buffer, view, e.Target);
                break;
        }

        WriteResult(buffer, e);
    }

    private static void WriteResult(Utf8Buffer buffer, in EventView e)
    {
        if (e.Record.Result is { } result && result != 0)
        {
            TextDetail.WriteError(buffer, result);
            if (result > 0)
            {
                buffer.Append(" = "u8);
                buffer.Append((ulong)result);
            }
        }
    }

    private static void WriteUse(Utf8Buffer buffer, SecurityView view)
    {
        uint number = view.Fields.Detail;
        string?[] names = view.Kind == EventKind.SecurityCapability ? SecurityNames.Capabilities : SecurityNames.RingOperations;
        WriteNameOrNumber(buffer, CallDecoders.Name(names, number), number);
        if (view.Fields.Count != 1)
        {
            buffer.Append(", "u8);
            buffer.Append(view.Fields.Count);
            buffer.Append(" times"u8);
        }
    }

    private static void WriteNameOrNumber(Utf8Buffer buffer, string? name, uint number)
    {
        if (name is null)
        {
            buffer.Append(number);
        }
        else
        {
            buffer.Append(name);
        }
    }

    private static void WriteChange(Utf8Buffer buffer, SecurityView view, CredentialsRecord record)
    {
        buffer.Append(view.Decoder?.Name ?? "?");
        bool isKnown = (view.Fields.SecurityFlags & SecurityTraits.Before) != 0;
        IdsLayout before = record.Fields.Before;
        IdsLayout after = record.Fields.After;
        WriteId(buffer, " uid "u8, before.Uid, after.Uid, isKnown);
        WriteId(buffer, " euid "u8, before.Euid, after.Euid, isKnown);
        WriteId(buffer, " gid "u8, before.Gid, after.Gid, isKnown);
        WriteId(buffer, " egid "u8, before.Egid, after.Egid, isKnown);
        if (isKnown && before.CapEffective != after.CapEffective)
        {
            buffer.Append(" capabilities 0x"u8);
            buffer.AppendHex(before.CapEffective);
            buffer.Append(" to 0x"u8);
            buffer.AppendHex(after.CapEffective);
        }
    }

    /// <summary>What changed; without a before what is.</summary>
    private static void WriteId(Utf8Buffer buffer, ReadOnlySpan<byte> name, uint before, uint after, bool isKnown)
    {
        if (isKnown && before == after)
        {
            return;
        }

        buffer.Append(name);
        if (isKnown)
        {
            buffer.Append(before);
            buffer.Append(" to "u8);
        }

        buffer.Append(after);
    }

    private static void WriteSocket(Utf8Buffer buffer, SecurityView view, RedirectRecord record)
    {
        ref readonly RedirectLayout socket = ref record.Fields;
        buffer.Append(RedirectJson.Transport(socket.Protocol, socket.Family) ?? "socket");
        if (!record.PeerAddress.IsEmpty)
        {
            buffer.Append((byte)' ');
            NetworkText.WriteEnd(buffer, record.LocalAddress, socket.LocalPort);
            buffer.Append(" - "u8);
            NetworkText.WriteEnd(buffer, record.PeerAddress, socket.PeerPort);
        }
        else if (!view.Record.Raw.IsEmpty)
        {
            buffer.Append((byte)' ');
            buffer.AppendSafe(view.Record.Raw);
        }

        buffer.Append(" on descriptor"u8);
        buffer.Append(view.Fields.Result == 0 ? " = 0"u8 : default);
    }

    private void WriteCall(Utf8Buffer buffer, SecurityView view, in EventTarget target)
    {
        buffer.Append(view.Decoder?.Name ?? "?");
        if (view.OperationNumber is { } number)
        {
            buffer.Append((byte)' ');
            WriteNameOrNumber(buffer, view.Operation, number);
        }

        if (view.Kind == EventKind.SecuritySocket)
        {
            WriteNewSocket(buffer, view);
        }

        WriteWord(buffer, view.Source);
        WriteWord(buffer, PathOf(view));
        if (view.TypeName is { } type)
        {
            buffer.Append((byte)' ');
            buffer.Append(type);
        }

        WriteWord(buffer, view.TypeText);
        WriteWord(buffer, view.NamespaceType);
        WriteWord(buffer, view.Name);
        WriteFlags(buffer, view);
        WriteWord(buffer, view.Record.Data);
        WriteCapability(buffer, view);
        WriteTarget(buffer, view, target);
    }

    private static void WriteNewSocket(Utf8Buffer buffer, SecurityView view)
    {
        buffer.Append((byte)' ');
        WriteNameOrNumber(buffer, SystemNames.Family(view.Family), view.Family);
        buffer.Append((byte)' ');
        WriteNameOrNumber(buffer, SystemNames.SocketType(view.SocketType), view.SocketType);
        if (view.Protocol != 0)
        {
            buffer.Append((byte)' ');
            WriteNameOrNumber(buffer, SystemNames.Protocol(view.Family, view.Protocol), view.Protocol);
        }
    }

    private ReadOnlySpan<byte> PathOf(SecurityView view)
    {
        if (!view.ResolvedPath.IsEmpty)
        {
            return view.ResolvedPath;
        }

        bool isBaseCut = (view.Fields.Hdr.Truncated & Truncation.Base) != 0;
        return LexicalPath.TryWrite(_path, isBaseCut ? default : view.Record.Base, view.Record.Raw)
            ? _path.Written
            : view.Record.Raw;
    }

    private static void WriteWord(Utf8Buffer buffer, ReadOnlySpan<byte> word)
    {
        if (!word.IsEmpty)
        {
            buffer.Append((byte)' ');
            buffer.AppendSafe(word);
        }
    }

    private static void WriteFlags(Utf8Buffer buffer, SecurityView view)
    {
        if (view.Decoder?.Flags is not { } table || view.Flags == 0)
        {
            return;
        }

        buffer.Append((byte)' ');
        FlagNames flags = FlagNames.Of(table, view.Flags);
        bool isFirst = true;
        while (flags.TryNext(out string? name))
        {
            buffer.Append(isFirst ? default : "|"u8);
            buffer.Append(name);
            isFirst = false;
        }

        if (flags.Rest != 0)
        {
            buffer.Append(isFirst ? "0x"u8 : "|0x"u8);
            buffer.AppendHex(flags.Rest);
        }
    }

    private static void WriteCapability(Utf8Buffer buffer, SecurityView view)
    {
        if (view.Capability is { } number)
        {
            buffer.Append((byte)' ');
            WriteNameOrNumber(buffer, CallDecoders.Name(SecurityNames.Capabilities, number), number);
        }
    }

    private static void WriteTarget(Utf8Buffer buffer, SecurityView view, in EventTarget target)
    {
        uint pid = target.Pid != 0 ? target.Pid : view.TargetVpid;
        if (pid == 0)
        {
            return;
        }

        buffer.Append(" on "u8);
        buffer.Append(pid);
        if (target.Image is { } image)
        {
            buffer.Append(" ("u8);
            buffer.AppendSafe(image.Name);
            buffer.Append((byte)')');
        }
    }
}
