using Eunomia.Core.Dns;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Fields;

/// <summary>The arguments one by one. Each is false where the event has none of that name.</summary>
internal static class Arguments
{
    private static readonly (ulong Bits, string Name)[] ModeBits =
    [
        (0x1, "S_IXOTH"), (0x2, "S_IWOTH"), (0x4, "S_IROTH"), (0x8, "S_IXGRP"), (0x10, "S_IWGRP"), (0x20, "S_IRGRP"),
        (0x40, "S_IXUSR"), (0x80, "S_IWUSR"), (0x100, "S_IRUSR"), (0x200, "S_ISVTX"), (0x400, "S_ISGID"), (0x800, "S_ISUID"),
    ];

    private const long TypeOfFile = 0xf000;

    private static readonly string[] Signals = [.. Enumerable.Range(0, 65).Select(number => LinuxNames.Signal((uint)number))];

    private static readonly (ulong Bits, string Name)[] ExeBits =
    [
        ((ulong)ExeTraits.Writable, "EXE_WRITABLE"), ((ulong)ExeTraits.UpperLayer, "EXE_UPPER_LAYER"),
        ((ulong)ExeTraits.Memfd, "EXE_FROM_MEMFD"), ((ulong)ExeTraits.Unlinked, "EXE_UNLINKED"),
    ];

    internal static bool Flags(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                return AppendFlags(to, FlagNames.OfOpen(e.Record.AsFileOpen().Fields.OpenFlags));
            case RecordShape.FileChange:
                return AppendFlags(to, FlagNames.OfChange(e.Kind, e.Record.AsFileChange().Fields.Flags));
            case RecordShape.Exec:
                return AppendFlags(to, FlagNames.Of(ExeBits, (ulong)e.Record.AsExec().Fields.ExeFlags));
            case RecordShape.Ipc when e.Kind == EventKind.IpcOpen:
                ref readonly IpcLayout ipc = ref e.Record.AsIpc().Fields;
                return AppendFlags(to, FlagNames.OfIpc(ipc.Type, ipc.OpenFlags));
            case RecordShape.Security or RecordShape.Redirect:
                var view = new SecurityView(e.Kind, e.Record.AsSecurity());
                return view.Decoder?.Flags is { } table && AppendFlags(to, FlagNames.Of(table, view.Flags));
            default:
                return false;
        }
    }

    internal static bool Mode(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        if (!RawMode(e, s, out long mode))
        {
            return false;
        }

        string? type = e.Kind != EventKind.FileMknod ? null : (mode & TypeOfFile) switch
        {
            0x1000 => "S_IFIFO",
            0x2000 => "S_IFCHR",
            0x6000 => "S_IFBLK",
            0xc000 => "S_IFSOCK",
            0 or 0x8000 => "S_IFREG",
            _ => null,
        };
        if (type is not null)
        {
            AppendWord(to, type);
            to.Append((mode & ~TypeOfFile) == 0 ? default : "|"u8);
        }

        return AppendFlags(to, FlagNames.Of(ModeBits, (ulong)(mode & ~TypeOfFile))) || type is not null;
    }

    internal static bool Domain(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        uint family = new SecurityView(e.Kind, e.Record.AsSecurity()).Family;
        return AppendNameOrNumber(to, SystemNames.Family(family), family);
    }

    internal static bool Protocol(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        var view = new SecurityView(e.Kind, e.Record.AsSecurity());
        return AppendNameOrNumber(to, SystemNames.Protocol(view.Family, view.Protocol), view.Protocol);
    }

    /// <summary>The device that a node is for: <c>8:1</c>.</summary>
    internal static bool Device(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        const int MinorBits = 20;
        if (e.Kind == EventKind.SecurityMount)
        {
            return Source(e, s, to);
        }

        uint device = e.Record.AsFileChange().Fields.Dev;
        to.Append((ulong)(device >> MinorBits));
        to.Append((byte)':');
        to.Append((ulong)(device & ((1u << MinorBits) - 1)));
        return true;
    }

    /// <summary>The real user before ids were set.</summary>
    internal static bool UserBefore(in EventView e, FieldScratch s, out long value)
    {
        bool isKnown = e.Record.Shape == RecordShape.Credentials && (e.Record.AsSecurity().Fields.SecurityFlags & SecurityTraits.Before) != 0;
        value = isKnown ? e.Record.AsCredentials().Fields.Before.Uid : 0;
        return isKnown;
    }

    internal static bool RawMode(in EventView e, FieldScratch s, out long value)
    {
        const ulong Creates = 0x40 | 0x40_0000;
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen when (e.Record.AsFileOpen().Fields.OpenFlags & Creates) != 0:
                value = e.Record.AsFileOpen().Fields.Mode;
                return true;
            case RecordShape.FileChange when e.Kind is EventKind.FileMkdir or EventKind.FileChmod or EventKind.FileMknod:
                value = e.Record.AsFileChange().Fields.Mode;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    internal static bool Resolve(in EventView e, FieldScratch s, Utf8Buffer to) =>
        e.Record.AsFileOpen().Fields.Resolve != 0 && AppendFlags(to, FlagNames.OfResolve(e.Record.AsFileOpen().Fields.Resolve));

    internal static bool Name(in EventView e, FieldScratch s, Utf8Buffer to) => e.Record.Shape switch
    {
        RecordShape.FileOpen or RecordShape.FileIo or RecordShape.FileChange => AppendPath(e, s, to),
        RecordShape.Exec => Append(to, e.Record.AsExec().Filename),
        RecordShape.Ipc => Append(to, e.Record.AsIpc().Name),
        RecordShape.Dns => AppendQuestion(e, to),
        RecordShape.Security when e.Kind is EventKind.SecurityMount or EventKind.SecurityChroot => AppendPath(e, s, to),
        RecordShape.Security => Append(to, new SecurityView(e.Kind, e.Record.AsSecurity()).Name) || AppendPath(e, s, to),
        _ => false,
    };

    internal static bool OldPath(in EventView e, FieldScratch s, Utf8Buffer to) => AppendPath(e, s, to);

    internal static bool NewPath(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, FilePathFacts.NewPath(e, s));

    internal static bool LinkText(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, FilePathFacts.LinkText(e));

    internal static bool Operation(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        var view = new SecurityView(e.Kind, e.Record.AsSecurity());
        return AppendNameOrNumber(to, view.Operation, view.OperationNumber);
    }

    internal static bool Capability(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        uint? number = new SecurityView(e.Kind, e.Record.AsSecurity()).Capability;
        return AppendNameOrNumber(to, number is { } known ? CallDecoders.Name(SecurityNames.Capabilities, known) : null, number);
    }

    internal static bool Type(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.Ipc:
                return AppendWord(to, IpcNames.Type(e.Record.AsIpc().Fields.Type));
            case RecordShape.Dns:
                var message = new DnsMessage(e.Record.AsDns().Message, e.Record.AsDns().IsCut);
                return message.QuestionAt != 0 && AppendNameOrNumber(to, DnsNumbers.Type(message.QuestionType), message.QuestionType);
            default:
                var view = new SecurityView(e.Kind, e.Record.AsSecurity());
                if (e.Kind == EventKind.SecuritySocket)
                {
                    return AppendNameOrNumber(to, SystemNames.SocketType(view.SocketType), view.SocketType);
                }

                return AppendWord(to, view.TypeName) || Append(to, view.TypeText) || Append(to, view.NamespaceType);
        }
    }

    internal static bool Source(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, FilePathFacts.MountSource(e));

    internal static bool Data(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, e.Record.AsSecurity().Data);

    internal static bool Role(in EventView e, FieldScratch s, Utf8Buffer to) => AppendWord(to, IpcNames.Role(e.Record.AsIpc().Fields.Role));

    internal static bool Signal(in EventView e, FieldScratch s, Utf8Buffer to) =>
        RawSignal(e, s, out long number) && AppendWord(to, number < Signals.Length ? Signals[number] : LinuxNames.Signal((uint)number));

    internal static bool SignalCode(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        ref readonly SignalLayout signal = ref e.Record.AsSignal().Fields;
        return AppendWord(to, IpcNames.SignalCode(signal.Signal, signal.Code));
    }

    internal static bool ResponseCode(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        var message = new DnsMessage(e.Record.AsDns().Message, e.Record.AsDns().IsCut);
        return message.HasHeader && AppendNameOrNumber(to, DnsNumbers.Code(message.ResponseCode), (uint)message.ResponseCode);
    }

    internal static bool Peer(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        SocketEnds ends = SocketEnds.Of(e);
        if (!ends.HasPeer)
        {
            return false;
        }

        to.AppendAddress(ends.Peer);
        to.Append((byte)':');
        to.Append((ulong)ends.PeerPort);
        return true;
    }

    internal static bool Tuple(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, FdFields.Name(e, s));

    internal static bool First(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, ProcessFacts.First(ProcessFacts.Args(e)));

    internal static bool Rest(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        ProcessFacts.AppendJoined(to, ProcessFacts.Rest(ProcessFacts.Args(e)));
        return !ProcessFacts.Args(e).IsEmpty;
    }

    internal static bool Environment(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        ProcessFacts.AppendJoined(to, ProcessFacts.Env(e));
        return !ProcessFacts.Env(e).IsEmpty;
    }

    internal static bool Cwd(in EventView e, FieldScratch s, Utf8Buffer to) => ProcessFacts.AppendDirectory(to, ProcessFacts.Cwd(e));

    internal static bool Comm(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, ProcessFacts.Name(e, s));

    internal static bool Descriptor(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape switch
        {
            RecordShape.FileOpen => e.Record.AsFileOpen().Fields.Result,
            RecordShape.FileIo => e.Record.AsFileIo().Fields.Fd,
            RecordShape.FileChange => e.Record.AsFileChange().Fields.Fd is >= 0 and var fd ? fd : long.MinValue,
            RecordShape.Ipc => e.Record.AsIpc().Fields.Fd is >= 0 and var fd ? fd : long.MinValue,
            RecordShape.Security or RecordShape.Redirect => new SecurityView(e.Kind, e.Record.AsSecurity()).Descriptor is >= 0 and var fd ? fd : long.MinValue,
            _ => long.MinValue,
        };
        return value != long.MinValue;
    }

    internal static bool Result(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Result ?? 0;
        return e.Record.Result is not null;
    }

    internal static bool Pid(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape switch
        {
            RecordShape.Exec => e.Record.Header.Tgid,
            RecordShape.Signal => e.Record.AsSignal().Fields.TargetTgid,
            RecordShape.Security => e.Target.Pid != 0 ? e.Target.Pid : e.Record.AsSecurity().Fields.TargetVpid,
            _ => 0,
        };
        return value != 0;
    }

    internal static bool Length(in EventView e, FieldScratch s, out long value)
    {
        bool isKnown = e.Kind == EventKind.FileTruncate;
        value = isKnown ? (long)e.Record.AsFileChange().Fields.Length : 0;
        return isKnown;
    }

    internal static bool Backlog(in EventView e, FieldScratch s, out long value)
    {
        bool isKnown = e.Kind == EventKind.TcpListen;
        value = isKnown ? e.Record.AsTcp().Fields.Backlog : 0;
        return isKnown;
    }

    internal static bool ExitCode(in EventView e, FieldScratch s, out long value)
    {
        bool isKnown = e.Record.Shape == RecordShape.Exit && e.Record.AsExit().Fields.Signal == 0;
        value = isKnown ? e.Record.AsExit().Fields.ExitCode : 0;
        return isKnown;
    }

    internal static bool Sent(in EventView e, FieldScratch s, out long value) => Totals(e, isSent: true, out value);

    internal static bool Received(in EventView e, FieldScratch s, out long value) => Totals(e, isSent: false, out value);

    internal static bool Read(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape == RecordShape.FileIo ? (long)e.Record.AsFileIo().Fields.BytesRead : 0;
        return e.Record.Shape == RecordShape.FileIo;
    }

    internal static bool Written(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape == RecordShape.FileIo ? (long)e.Record.AsFileIo().Fields.BytesWritten : 0;
        return e.Record.Shape == RecordShape.FileIo;
    }

    internal static bool Key(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape == RecordShape.Ipc ? e.Record.AsIpc().Fields.Key : 0;
        return value != 0;
    }

    /// <summary>An id by its name, where the call asks for one of that name; -1 leaves it as it is.</summary>
    internal static NumberOf Id(string name) => (in EventView e, FieldScratch _, out long value) =>
    {
        value = 0;
        if (e.Kind == EventKind.FileChown && name is "uid" or "gid")
        {
            ref readonly FileChangeLayout change = ref e.Record.AsFileChange().Fields;
            value = (int)(name == "uid" ? change.Owner : change.Group);
            return true;
        }

        if (e.Record.Shape != RecordShape.Credentials)
        {
            return false;
        }

        ref readonly SecurityLayout call = ref e.Record.AsSecurity().Fields;
        string[] requested = CallDecoders.Of(call.Call)?.Requested ?? [];
        int at = Array.IndexOf(requested, name);
        value = at < 0 ? 0 : (int)call.Args[at];
        return at >= 0;
    };

    internal static bool RawFlags(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape switch
        {
            RecordShape.FileOpen => (long)e.Record.AsFileOpen().Fields.OpenFlags,
            RecordShape.Security or RecordShape.Redirect => (long)e.Record.AsSecurity().Fields.Flags,
            _ => 0,
        };
        return e.Record.Shape is RecordShape.FileOpen or RecordShape.Security or RecordShape.Redirect;
    }

    internal static bool RawSignal(in EventView e, FieldScratch s, out long value)
    {
        value = e.Record.Shape switch
        {
            RecordShape.Signal => e.Record.AsSignal().Fields.Signal,
            RecordShape.Exit => e.Record.AsExit().Fields.Signal,
            _ => 0,
        };
        return value != 0;
    }

    internal static bool RawCapability(in EventView e, FieldScratch s, out long value)
    {
        uint? number = e.Kind == EventKind.SecurityCapability ? e.Record.AsSecurity().Fields.Detail : null;
        value = number ?? 0;
        return number is not null;
    }

    /// <summary>An argument of a single call by its name in the man page.</summary>
    internal static bool OfCall(in EventView e, ReadOnlySpan<byte> name, Utf8Buffer to)
    {
        var arguments = new SyscallArgumentText(e.Record.AsSyscallCall());
        while (arguments.MoveNext())
        {
            int start = to.Length;
            SyscallArgumentText.Form form = arguments.Append(to, out ReadOnlySpan<byte> text);
            if (IsSame(arguments.Name, name))
            {
                to.Append(form == SyscallArgumentText.Form.Text ? text : default);
                return true;
            }

            to.Truncate(start);
        }

        return false;
    }

    /// <summary>The same as it stands in its register.</summary>
    internal static bool OfCall(in EventView e, ReadOnlySpan<byte> name, out long value)
    {
        SyscallCallRecord call = e.Record.AsSyscallCall();
        var arguments = new SyscallArgumentText(call);
        for (int i = 0; arguments.MoveNext(); i++)
        {
            if (IsSame(arguments.Name, name))
            {
                value = (long)call.Fields.Args[i];
                return true;
            }
        }

        value = 0;
        return false;
    }

    internal static bool AllOfCall(in EventView e, Utf8Buffer to)
    {
        int start = to.Length;
        var arguments = new SyscallArgumentText(e.Record.AsSyscallCall());
        while (arguments.MoveNext())
        {
            if (to.Length > start)
            {
                to.Append((byte)' ');
            }

            to.Append(arguments.Name);
            to.Append((byte)'=');
            SyscallArgumentText.Form form = arguments.Append(to, out ReadOnlySpan<byte> text);
            to.Append(form == SyscallArgumentText.Form.Text ? text : default);
        }

        return to.Length > start;
    }

    private static bool IsSame(string name, ReadOnlySpan<byte> utf8) =>
        name.Length == utf8.Length && System.Text.Ascii.Equals(utf8, name);

    private static bool Totals(in EventView e, bool isSent, out long value)
    {
        switch (e.Kind)
        {
            case EventKind.TcpClose:
                ref readonly TcpLayout tcp = ref e.Record.AsTcp().Fields;
                value = (long)(isSent ? tcp.BytesSent : tcp.BytesReceived);
                return true;
            case EventKind.UdpClose:
                ref readonly UdpLayout udp = ref e.Record.AsUdp().Fields;
                value = (long)(isSent ? udp.BytesSent : udp.BytesReceived);
                return true;
            case EventKind.IpcTraffic or EventKind.IpcClose:
                ref readonly IpcLayout ipc = ref e.Record.AsIpc().Fields;
                value = (long)(isSent ? ipc.BytesSent : ipc.BytesReceived);
                return true;
            default:
                value = 0;
                return false;
        }
    }

    private static bool AppendPath(in EventView e, FieldScratch s, Utf8Buffer to) => Append(to, FilePathFacts.Path(e, s));

    private static bool AppendQuestion(in EventView e, Utf8Buffer to)
    {
        var message = new DnsMessage(e.Record.AsDns().Message, e.Record.AsDns().IsCut);
        if (message.QuestionAt == 0)
        {
            return false;
        }

        to.AppendName(message.QuestionName);
        return true;
    }

    private static bool Append(Utf8Buffer to, ReadOnlySpan<byte> text)
    {
        to.Append(text);
        return !text.IsEmpty;
    }

    private static bool AppendWord(Utf8Buffer to, string? word)
    {
        to.Append(word ?? "");
        return word is not null;
    }

    private static bool AppendNameOrNumber(Utf8Buffer to, string? name, uint? number)
    {
        if (name is not null)
        {
            to.Append(name);
        }
        else if (number is { } known)
        {
            to.Append(known);
        }

        return number is not null;
    }

    private static bool AppendFlags(Utf8Buffer to, FlagNames flags)
    {
        bool isFirst = true;
        while (flags.TryNext(out string? name))
        {
            if (!isFirst)
            {
                to.Append((byte)'|');
            }

            to.Append(name);
            isFirst = false;
        }

        if (flags.Rest != 0)
        {
            to.Append(isFirst ? "0x"u8 : "|0x"u8);
            to.AppendHex(flags.Rest);
        }

        return true;
    }
}
