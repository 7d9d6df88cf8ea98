using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The last column of a file event: the file, what was done to it, and how that ended.</summary>
internal sealed class FileText(bool rawPaths)
{
    private const uint PermissionBits = 0xfff;
    private readonly FilePathReader _paths = new(rawPaths);

    internal void Write(Utf8Buffer buffer, in EventView e)
    {
        FilePaths paths = _paths.Read(e.Record);
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                WriteOpen(buffer, paths, e.Record.AsFileOpen().Fields);
                break;
            case RecordShape.FileIo:
                WriteIo(buffer, paths, e.Record.AsFileIo().Fields);
                TextDetail.WriteError(buffer, e.Record.Result ?? 0);
                break;
            default:
                WriteChange(buffer, paths, e.Kind, e.Record.AsFileChange().Fields);
                break;
        }
    }

    private static void WriteOpen(Utf8Buffer buffer, in FilePaths paths, in FileOpenLayout open)
    {
        WriteName(buffer, paths, -1);
        buffer.Append((byte)' ');
        TextDetail.WriteFlags(buffer, FlagNames.OfOpen(open.OpenFlags));
        if (open.Result < 0)
        {
            TextDetail.WriteError(buffer, open.Result);
            return;
        }

        buffer.Append(" = "u8);
        buffer.Append((ulong)open.Result);
        buffer.Append((open.FileFlags & FileTraits.Created) != 0 ? " (created)"u8 : default);
    }

    private static void WriteIo(Utf8Buffer buffer, in FilePaths paths, in FileIoLayout io)
    {
        WriteName(buffer, paths, io.Fd);
        buffer.Append(" read "u8);
        TextDetail.WriteSize(buffer, io.BytesRead);
        buffer.Append(", wrote "u8);
        TextDetail.WriteSize(buffer, io.BytesWritten);
    }

    private static void WriteChange(Utf8Buffer buffer, in FilePaths paths, EventKind kind, in FileChangeLayout change)
    {
        WriteName(buffer, paths, change.Fd);
        switch (kind)
        {
            case EventKind.FileRename or EventKind.FileLink or EventKind.FileSymlink:
                buffer.Append(" -> "u8);
                buffer.AppendSafe(FirstOf(paths.Target, paths.NewPath, paths.NewRaw));
                break;
            case EventKind.FileChmod or EventKind.FileMkdir:
                buffer.Append((byte)' ');
                buffer.AppendMode(change.Mode);
                break;
            case EventKind.FileMknod:
                WriteNode(buffer, change);
                break;
            case EventKind.FileChown:
                WriteOwner(buffer, change.Owner, change.Group);
                break;
            case EventKind.FileTruncate:
                buffer.Append(" to "u8);
                TextDetail.WriteSize(buffer, change.Length);
                break;
            default:
                break;
        }

        if (change.Flags != 0)
        {
            buffer.Append((byte)' ');
            TextDetail.WriteFlags(buffer, FlagNames.OfChange(kind, change.Flags));
        }

        TextDetail.WriteError(buffer, change.Result);
    }

    /// <summary>"block_device 8:1 0660".</summary>
    private static void WriteNode(Utf8Buffer buffer, in FileChangeLayout change)
    {
        buffer.Append((byte)' ');
        buffer.Append(LinuxNames.FileType(LinuxNames.NodeType(change.Mode)) ?? "?");
        if (change.Dev != 0)
        {
            buffer.Append((byte)' ');
            buffer.AppendDevice(change.Dev);
        }

        buffer.Append((byte)' ');
        buffer.AppendMode(change.Mode & PermissionBits);
    }

    /// <summary>The path; without one, the descriptor.</summary>
    private static void WriteName(Utf8Buffer buffer, in FilePaths paths, int descriptor)
    {
        ReadOnlySpan<byte> name = FirstOf(paths.Path, paths.Raw, default);
        if (name.IsEmpty && descriptor >= 0)
        {
            buffer.Append("fd "u8);
            buffer.Append((ulong)descriptor);
        }
        else
        {
            buffer.AppendSafe(name.IsEmpty ? "?"u8 : name);
        }
    }

    /// <summary>As chown(1) takes it: "1000:100", with nothing for what stays.</summary>
    private static void WriteOwner(Utf8Buffer buffer, uint owner, uint group)
    {
        buffer.Append((byte)' ');
        AppendUnlessUnset(buffer, owner);
        buffer.Append((byte)':');
        AppendUnlessUnset(buffer, group);
    }

    private static void AppendUnlessUnset(Utf8Buffer buffer, uint id)
    {
        if (id != RecordAbi.IdUnset)
        {
            buffer.Append(id);
        }
    }

    private static ReadOnlySpan<byte> FirstOf(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third) =>
        !first.IsEmpty ? first : !second.IsEmpty ? second : third;
}
