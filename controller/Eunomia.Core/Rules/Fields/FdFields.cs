using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of the file, socket or pipe that an event is about: <c>fd.*</c>, <c>fs.path.*</c>.</summary>
internal static class FdFields
{
    internal const string NoDescriptors = "the table of open descriptors is not kept; use evt.kind = security.redirect for a socket that becomes standard input or output";
    private const uint TypeMask = 0xf000;
    private const uint DirectoryType = 0x4000;
    private const ulong OpenDirectory = 0x1_0000;
    private static readonly int NameSlot = FieldSlots.Next();

    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.WithFd;
        AddNames(set);
        AddTypes(set);
        AddNumbers(set);
        set.Kinds = FieldCatalog.WithFd;
        set.Unobservable("fd.types", FieldType.Text, "types of the process's open descriptors, by number", NoDescriptors, FieldArgument.OptionalIndex, isList: true);
        AddPaths(set);
    }

    private static void AddNames(FieldSet set)
    {
        set.Text("fd.name", "path of the file; both ends of a connection: 10.0.0.5:4321->1.2.3.4:80; path or name of a unix socket", Name, FieldType.Path, 8);
        set.Text("fd.nameraw", "path of the file as it was passed", (in EventView e, FieldScratch _) => FilePathFacts.Raw(e), FieldType.Path);
        set.Text("fd.directory", "directory that the file is in", (in EventView e, FieldScratch s) => Directory(FileName(e, s)), FieldType.Path, 8);
        set.Text("fd.filename", "the file's name, without directories", (in EventView e, FieldScratch s) => BaseName(FileName(e, s)), cost: 8);
        set.Built("fd.containername", "id of the container, a colon, and the name", (in EventView e, FieldScratch s, Utf8Buffer to) =>
            AppendQualified(e, s, to, Name(e, s)));
        set.Built("fd.containerdirectory", "id of the container, a colon, and the directory", (in EventView e, FieldScratch s, Utf8Buffer to) =>
            AppendQualified(e, s, to, Directory(FileName(e, s))));
    }

    private static bool AppendQualified(in EventView e, FieldScratch s, Utf8Buffer to, ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return false;
        }

        to.Append(ContainerFields.Id(e, s));
        to.Append((byte)':');
        to.Append(name);
        return true;
    }

    private static void AddTypes(FieldSet set)
    {
        set.Text("fd.typechar", "what it is, in one character: f file, d directory, 4 and 6 sockets of IPv4 and IPv6, u unix socket, p pipe, m memfd, b bpf, r io_uring, l other",
            (in EventView e, FieldScratch _) => TypeChar(e), texts: TypeChars);
        set.Text("fd.type", "what it is: file, directory, ipv4, ipv6, unix, pipe, memfd, bpf, io_uring, ...", (in EventView e, FieldScratch _) => TypeName(TypeChar(e)),
            texts: kind => TypeChars(kind) is { } chars ? [.. chars.Select(type => Encoding.UTF8.GetString(TypeName(Encoding.UTF8.GetBytes(type))))] : null);
        set.Kinds = FieldCatalog.WithSocket.With(EventKind.IpcOpen).With(EventKind.IpcUse).With(EventKind.IpcTraffic).With(EventKind.IpcClose);
        set.Text("fd.sockfamily", "ip or unix", (in EventView e, FieldScratch _) => TypeChar(e) switch
        {
            [(byte)'4' or (byte)'6'] => "ip"u8,
            [(byte)'u'] => "unix"u8,
            _ => FieldReader.Missing,
        });
        set.Kinds = FieldCatalog.WithSocket;
        set.Text("fd.l4proto", "tcp or udp", (in EventView e, FieldScratch _) => SocketEnds.Of(e).Protocol switch
        {
            RecordAbi.ProtocolTcp => "tcp"u8,
            RecordAbi.ProtocolUdp => "udp"u8,
            1 => "icmp"u8,
            255 => "raw"u8,
            _ => FieldReader.Missing,
        }, texts: kind => EventKinds.Shape(kind) switch
        {
            RecordShape.Tcp => ["tcp"],
            RecordShape.Udp => ["udp"],
            _ => null,
        });
    }

    private static void AddNumbers(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfFiles.With(EventKind.TcpAccept).With(EventKind.SecurityRedirect).With(EventKind.IpcOpen).With(EventKind.IpcUse)
            .With(EventKind.IpcTraffic).With(EventKind.IpcClose).With(EventKind.SecurityMemfd).With(EventKind.SecurityUserfaultfd);
        set.Number("fd.num", "number of the descriptor; -1 where opening failed", ReadNumber);
        set.Kinds = EventKindSet.Of(EventKind.FileOpen, EventKind.FileClose, EventKind.FileIo, EventKind.IpcOpen, EventKind.IpcClose);
        set.Number("fd.ino", "inode number", (in EventView e, FieldScratch _, out long value) =>
        {
            value = (long)Inode(e);
            return value != 0;
        });
        set.Number("fd.dev", "device number of the file system (major << 20 | minor)", (in EventView e, FieldScratch _, out long value) =>
        {
            value = Device(e);
            return value != 0;
        });
        set.Number("fd.dev.major", "its major number", (in EventView e, FieldScratch _, out long value) =>
        {
            value = Device(e) >> 20;
            return Device(e) != 0;
        });
        set.Number("fd.dev.minor", "its minor number", (in EventView e, FieldScratch _, out long value) =>
        {
            value = Device(e) & 0xfffff;
            return Device(e) != 0;
        });
    }

    private static void AddPaths(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfFiles.With(EventKind.ProcessExec).With(EventKind.ContainerStart).With(EventKind.SecurityMount)
            .With(EventKind.SecurityChroot).With(EventKind.SecurityModule);
        set.Text("fs.path.name", "path that the event is about: of a rename or link the old one, of a symbolic link its place, of an exec the program", (in EventView e, FieldScratch s) =>
            e.Record.Shape == RecordShape.Exec ? ProcessFacts.ExePath(e, s) : FilePathFacts.Path(e, s), FieldType.Path, 8);
        set.Text("fs.path.nameraw", "the same as it was passed", (in EventView e, FieldScratch _) => FilePathFacts.Raw(e), FieldType.Path);
        set.Kinds = EventKindSet.Of(EventKind.FileRename, EventKind.FileLink, EventKind.FileSymlink, EventKind.SecurityMount);
        set.Text("fs.path.source", "of a rename, link or mount what there was before; of a symbolic link what stands in it", (in EventView e, FieldScratch s) => e.Kind switch
        {
            EventKind.FileSymlink => FilePathFacts.LinkText(e),
            EventKind.SecurityMount => FilePathFacts.MountSource(e),
            _ => FilePathFacts.Path(e, s),
        }, FieldType.Path, 8);
        set.Text("fs.path.sourceraw", "the same as it was passed", (in EventView e, FieldScratch _) => e.Kind switch
        {
            EventKind.FileSymlink => FilePathFacts.LinkText(e),
            EventKind.SecurityMount => FilePathFacts.MountSource(e),
            _ => FilePathFacts.Raw(e),
        }, FieldType.Path);
        set.Text("fs.path.target", "of a rename, link, symbolic link or mount what is made", (in EventView e, FieldScratch s) =>
            e.Kind == EventKind.SecurityMount ? FilePathFacts.Path(e, s) : FilePathFacts.NewPath(e, s), FieldType.Path, 8);
        set.Text("fs.path.targetraw", "the same as it was passed", (in EventView e, FieldScratch _) =>
            e.Kind is EventKind.FileRename or EventKind.FileLink ? FieldReader.OrMissing(e.Record.AsFileChange().NewRaw) : FilePathFacts.Raw(e), FieldType.Path);
    }

    /// <summary>The path of a file, or nothing.</summary>
    private static ReadOnlySpan<byte> FileName(in EventView e, FieldScratch s) =>
        e.Record.Shape is RecordShape.FileOpen or RecordShape.FileIo or RecordShape.FileChange ? FilePathFacts.Path(e, s) : FieldReader.Missing;

    internal static ReadOnlySpan<byte> Name(in EventView e, FieldScratch s)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen or RecordShape.FileIo or RecordShape.FileChange:
                return FilePathFacts.Path(e, s);
            case RecordShape.Enforce when e.Record.AsEnforce() is { Address.IsEmpty: true } stopped:
                return FieldReader.OrMissing(stopped.Path);
            case RecordShape.Tcp or RecordShape.Udp or RecordShape.Dns or RecordShape.Redirect or RecordShape.Enforce:
                return s.Get(NameSlot, e, AppendEnds);
            case RecordShape.Ipc:
                ReadOnlySpan<byte> name = e.Record.AsIpc().Name;
                return name.StartsWith((byte)0) ? s.Get(NameSlot, e, AppendAbstract) : FieldReader.OrMissing(name);
            case RecordShape.Security when e.Kind == EventKind.SecurityMemfd:
                return FieldReader.OrMissing(e.Record.AsSecurity().Name);
            default:
                return FieldReader.Missing;
        }
    }

    /// <summary>An abstract name begins with NUL; @ stands for it, as ss and netstat do it.</summary>
    private static bool AppendAbstract(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        foreach (byte b in e.Record.AsIpc().Name)
        {
            to.Append(b == 0 ? (byte)'@' : b);
        }

        return true;
    }

    /// <summary>Client and server; of a socket that listens this end alone.</summary>
    private static bool AppendEnds(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        SocketEnds ends = SocketEnds.Of(e);
        if (!ends.IsKnown)
        {
            ReadOnlySpan<byte> path = e.Record.Shape == RecordShape.Redirect ? e.Record.AsSecurity().Raw : default;
            to.Append(path);
            return !path.IsEmpty;
        }

        if (ends.IsListening || !ends.HasPeer)
        {
            AppendEnd(to, ends.Local, ends.LocalPort);
            return true;
        }

        AppendEnd(to, ends.Client, ends.ClientPort);
        to.Append("->"u8);
        AppendEnd(to, ends.Server, ends.ServerPort);
        return true;
    }

    private static void AppendEnd(Utf8Buffer to, ReadOnlySpan<byte> address, ushort port)
    {
        to.AppendAddress(address);
        to.Append((byte)':');
        to.Append((ulong)port);
    }

    /// <summary>What is in front of the last slash.</summary>
    private static ReadOnlySpan<byte> Directory(ReadOnlySpan<byte> path)
    {
        int slash = path.LastIndexOf((byte)'/');
        return slash switch
        {
            < 0 => FieldReader.Missing,
            0 => path[..1],
            _ => path[..slash],
        };
    }

    internal static ReadOnlySpan<byte> BaseName(ReadOnlySpan<byte> path) =>
        FieldReader.IsMissing(path) ? path : FieldReader.OrEmpty(path[(path.LastIndexOf((byte)'/') + 1)..]);

    private static ReadOnlySpan<byte> TypeChar(in EventView e)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                ref readonly FileOpenLayout open = ref e.Record.AsFileOpen().Fields;
                return (open.FileMode & TypeMask) == DirectoryType || (open.OpenFlags & OpenDirectory) != 0 ? "d"u8 : "f"u8;
            case RecordShape.FileIo:
                return (e.Record.AsFileIo().Fields.FileMode & TypeMask) == DirectoryType ? "d"u8 : "f"u8;
            case RecordShape.FileChange:
                return e.Kind is EventKind.FileMkdir or EventKind.FileRmdir ? "d"u8 : "f"u8;
            case RecordShape.Tcp or RecordShape.Udp or RecordShape.Dns:
                return SocketEnds.Of(e).IsIpv6 ? "6"u8 : "4"u8;
            case RecordShape.Redirect:
                return e.Record.AsRedirect().Fields.Family switch
                {
                    RecordAbi.AfInet => "4"u8,
                    RecordAbi.AfInet6 => "6"u8,
                    RecordAbi.AfUnix => "u"u8,
                    _ => "l"u8,
                };
            case RecordShape.Ipc:
                return e.Record.AsIpc().Fields.Type switch
                {
                    IpcType.Unix => "u"u8,
                    IpcType.Pipe => "p"u8,
                    IpcType.Fifo or IpcType.PosixShm => "f"u8,
                    _ => "l"u8,
                };
            default:
                return e.Kind switch
                {
                    EventKind.SecurityMemfd => "m"u8,
                    EventKind.SecurityUserfaultfd => "U"u8,
                    EventKind.SecurityBpf => "b"u8,
                    EventKind.SecurityIoUring => "r"u8,
                    _ => FieldReader.Missing,
                };
        }
    }

    /// <summary>All that events of a kind can have.</summary>
    private static string[]? TypeChars(EventKind kind) => EventKinds.Shape(kind) switch
    {
        RecordShape.FileOpen or RecordShape.FileIo => ["f", "d"],
        RecordShape.FileChange => [kind is EventKind.FileMkdir or EventKind.FileRmdir ? "d" : "f"],
        RecordShape.Tcp or RecordShape.Udp or RecordShape.Dns => ["4", "6"],
        RecordShape.Redirect => ["4", "6", "u", "l"],
        RecordShape.Ipc => ["u", "p", "f", "l"],
        _ => null,
    };

    private static ReadOnlySpan<byte> TypeName(ReadOnlySpan<byte> type) => type switch
    {
        [(byte)'f'] => "file"u8,
        [(byte)'d'] => "directory"u8,
        [(byte)'4'] => "ipv4"u8,
        [(byte)'6'] => "ipv6"u8,
        [(byte)'u'] => "unix"u8,
        [(byte)'p'] => "pipe"u8,
        [(byte)'m'] => "memfd"u8,
        [(byte)'b'] => "bpf"u8,
        [(byte)'r'] => "io_uring"u8,
        [(byte)'U'] => "userfaultfd"u8,
        [_] => "other"u8,
        _ => FieldReader.Missing,
    };

    private static bool ReadNumber(in EventView e, FieldScratch s, out long value)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                value = Math.Max(-1, e.Record.AsFileOpen().Fields.Result);
                return true;
            case RecordShape.FileIo:
                value = e.Record.AsFileIo().Fields.Fd;
                return true;
            case RecordShape.FileChange:
                value = e.Record.AsFileChange().Fields.Fd;
                return value >= 0;
            case RecordShape.Ipc:
                value = e.Record.AsIpc().Fields.Fd;
                return value >= 0;
            case RecordShape.Tcp when e.Kind == EventKind.TcpAccept:
                value = Math.Max(-1, e.Record.AsTcp().Fields.Result);
                return true;
            case RecordShape.Redirect or RecordShape.Security when e.Kind is EventKind.SecurityRedirect or EventKind.SecurityMemfd or EventKind.SecurityUserfaultfd:
                value = Math.Max(-1, e.Record.AsSecurity().Fields.Result);
                return true;
            default:
                value = 0;
                return false;
        }
    }

    private static ulong Inode(in EventView e) => e.Record.Shape switch
    {
        RecordShape.FileOpen => e.Record.AsFileOpen().Fields.Inode,
        RecordShape.FileIo => e.Record.AsFileIo().Fields.Inode,
        RecordShape.Ipc => e.Record.AsIpc().Fields.Inode,
        _ => 0,
    };

    private static uint Device(in EventView e) => e.Record.Shape switch
    {
        RecordShape.FileOpen => e.Record.AsFileOpen().Fields.Dev,
        RecordShape.FileIo => e.Record.AsFileIo().Fields.Dev,
        RecordShape.Ipc => e.Record.AsIpc().Fields.Dev,
        _ => 0,
    };
}
