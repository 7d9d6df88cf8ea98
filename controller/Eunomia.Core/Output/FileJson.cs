using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a file, by the record that tells of it.</summary>
internal sealed class FileJson(bool rawPaths)
{
    private const ulong OpenCreate = 0x40;
    private const uint PermissionBits = 0xfff;
    private const ulong OpenTemporary = 0x40_0000;
    private static readonly string?[] Sources = [null, "dentry", "lexical", "raw"];
    private readonly FilePathReader _paths = new(rawPaths);
    private readonly Timestamp _opened = new();

    /// <summary>Writes the object, and says which of its paths are not complete.</summary>
    internal PathParts Write(Utf8Buffer buffer, in EventView e)
    {
        FilePaths paths = _paths.Read(e.Record);
        buffer.Key("file"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        WritePaths(buffer, paths);
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                WriteOpen(buffer, e.Record.AsFileOpen().Fields);
                break;
            case RecordShape.FileIo:
                WriteIo(buffer, e.Record.AsFileIo().Fields, e.BootToUnixNs);
                break;
            default:
                WriteChange(buffer, e.Kind, e.Record.AsFileChange().Fields);
                break;
        }

        buffer.Append((byte)'}');
        return paths.Cut;
    }

    private static void WritePaths(Utf8Buffer buffer, in FilePaths paths)
    {
        buffer.Member("path"u8, paths.Path);
        buffer.Member("path_raw"u8, paths.Raw);
        buffer.WordMember("path_source"u8, Sources[(int)paths.Source]);
        buffer.Member("new_path"u8, paths.NewPath);
        buffer.Member("new_path_raw"u8, paths.NewRaw);
        buffer.Member("target_path"u8, paths.Target);
    }

    private static void WriteOpen(Utf8Buffer buffer, in FileOpenLayout open)
    {
        WriteInode(buffer, open.FileMode, open.Inode, open.Dev);
        buffer.Flags("flags"u8, FlagNames.OfOpen(open.OpenFlags));
        if (open.Resolve != 0)
        {
            buffer.Flags("resolve"u8, FlagNames.OfResolve(open.Resolve));
        }

        if ((open.OpenFlags & (OpenCreate | OpenTemporary)) != 0)
        {
            WriteMode(buffer, open.Mode);
        }

        WriteTraits(buffer, open.FileFlags);
    }

    private void WriteIo(Utf8Buffer buffer, in FileIoLayout io, long bootToUnixNs)
    {
        WriteDescriptor(buffer, io.Fd);
        WriteInode(buffer, io.FileMode, io.Inode, io.Dev);
        WriteTraits(buffer, io.FileFlags);
        buffer.Member("bytes_read"u8, io.BytesRead);
        buffer.Member("bytes_written"u8, io.BytesWritten);
        buffer.Member("reads"u8, io.Reads);
        buffer.Member("writes"u8, io.Writes);
        if (io.OpenedNs != 0)
        {
            buffer.Key("open_time"u8).Append((byte)'"');
            _opened.Append(buffer, (long)io.OpenedNs + bootToUnixNs);
            buffer.Append((byte)'"');
        }
    }

    private static void WriteChange(Utf8Buffer buffer, EventKind kind, in FileChangeLayout change)
    {
        WriteDescriptor(buffer, change.Fd);
        if (change.Flags != 0)
        {
            buffer.Flags("flags"u8, FlagNames.OfChange(kind, change.Flags));
        }

        switch (kind)
        {
            case EventKind.FileChmod or EventKind.FileMkdir:
                WriteMode(buffer, change.Mode);
                break;
            case EventKind.FileMknod:
                buffer.WordMember("type"u8, LinuxNames.FileType(LinuxNames.NodeType(change.Mode)));
                WriteMode(buffer, change.Mode & PermissionBits);
                WriteDevice(buffer, "rdev"u8, change.Dev);
                break;
            case EventKind.FileChown:
                WriteUnlessUnset(buffer, "owner"u8, change.Owner);
                WriteUnlessUnset(buffer, "group"u8, change.Group);
                break;
            case EventKind.FileTruncate:
                buffer.Member("length"u8, change.Length);
                break;
            default:
                break;
        }
    }

    private static void WriteDescriptor(Utf8Buffer buffer, int descriptor)
    {
        if (descriptor >= 0)
        {
            buffer.Member("fd"u8, (ulong)descriptor);
        }
    }

    private static void WriteInode(Utf8Buffer buffer, uint mode, ulong inode, uint device)
    {
        buffer.WordMember("type"u8, LinuxNames.FileType(mode));
        buffer.MemberUnlessZero("inode"u8, inode);
        WriteDevice(buffer, "device"u8, device);
    }

    private static void WriteDevice(Utf8Buffer buffer, ReadOnlySpan<byte> key, uint device)
    {
        if (device != 0)
        {
            buffer.Key(key).Append((byte)'"');
            buffer.AppendDevice(device);
            buffer.Append((byte)'"');
        }
    }

    private static void WriteTraits(Utf8Buffer buffer, FileTraits traits)
    {
        buffer.Flag("created"u8, (traits & FileTraits.Created) != 0);
        buffer.Flag("unlinked"u8, (traits & FileTraits.Unlinked) != 0);
        buffer.Flag("implicit"u8, (traits & FileTraits.Implicit) != 0);
        buffer.Flag("inherited"u8, (traits & FileTraits.Inherited) != 0);
    }

    private static void WriteMode(Utf8Buffer buffer, uint mode)
    {
        buffer.Key("mode"u8).Append((byte)'"');
        buffer.AppendMode(mode);
        buffer.Append((byte)'"');
    }

    private static void WriteUnlessUnset(Utf8Buffer buffer, ReadOnlySpan<byte> key, uint id)
    {
        if (id != RecordAbi.IdUnset)
        {
            buffer.Member(key, id);
        }
    }
}
