using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>How a path is known.</summary>
internal enum PathSource
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>The kernel said where the file is.</summary>
    Dentry,

    /// <summary>From the path as passed, by its text alone.</summary>
    Lexical,

    /// <summary>The path as passed, because that was asked for.</summary>
    Raw,
}

/// <summary>Which paths of an event are not complete.</summary>
[Flags]
internal enum PathParts
{
    None = 0,
    Path = 0x1,
    Raw = 0x2,
    NewPath = 0x4,
    NewRaw = 0x8,
    Target = 0x10,
}

/// <summary>The paths of one file event as they are shown; empty ones are not. Valid until the next event.</summary>
internal ref struct FilePaths
{
    internal ReadOnlySpan<byte> Path;
    internal ReadOnlySpan<byte> Raw;
    internal PathSource Source;
    internal ReadOnlySpan<byte> NewPath;
    internal ReadOnlySpan<byte> NewRaw;

    /// <summary>The text in a symbolic link.</summary>
    internal ReadOnlySpan<byte> Target;
    internal PathParts Cut;
}

/// <summary>
/// Chooses what a writer shows as a file's paths: where the kernel says it is, else what the path as passed says, or always
/// that when the user wants it raw. Owns the buffers that the answer lies in.
/// </summary>
internal sealed class FilePathReader(bool raw)
{
    private readonly Utf8Buffer _path = new();
    private readonly Utf8Buffer _newPath = new();

    /// <summary>The paths of a record of a file kind.</summary>
    internal FilePaths Read(Record record)
    {
        Truncation cut = record.Header.Truncated;
        switch (record.Shape)
        {
            case RecordShape.FileOpen:
                FileOpenRecord open = record.AsFileOpen();
                return Choose(open.Path, open.Raw, open.Base, cut);
            case RecordShape.FileIo:
                return Choose(record.AsFileIo().Path, default, default, cut);
            default:
                FileChangeRecord change = record.AsFileChange();
                FilePaths paths = Choose(change.Path, change.Raw, change.Base, cut);
                AddNew(ref paths, record.Kind, change, cut);
                return paths;
        }
    }

    private FilePaths Choose(ReadOnlySpan<byte> path, ReadOnlySpan<byte> passed, ReadOnlySpan<byte> directory, Truncation cut)
    {
        bool isCut = (cut & Truncation.Raw) != 0;
        var paths = default(FilePaths);
        if (raw && (isCut || !passed.IsEmpty))
        {
            paths.Path = passed;
            paths.Source = passed.IsEmpty ? PathSource.None : PathSource.Raw;
            paths.Cut = isCut ? PathParts.Path : PathParts.None;
            return paths;
        }

        paths.Raw = passed;
        paths.Cut = isCut ? PathParts.Raw : PathParts.None;
        if (!path.IsEmpty)
        {
            paths.Path = path;
            paths.Source = PathSource.Dentry;
            paths.Cut |= (cut & Truncation.Path) != 0 ? PathParts.Path : PathParts.None;
        }
        else if (TryJoin(_path, directory, passed, (cut & Truncation.Base) != 0))
        {
            paths.Path = _path.Written;
            paths.Source = PathSource.Lexical;
            paths.Cut |= isCut ? PathParts.Path : PathParts.None;
        }
        else
        {
            paths.Cut |= (cut & (Truncation.Path | Truncation.Base | Truncation.Raw)) != 0 ? PathParts.Path : PathParts.None;
        }

        return paths;
    }

    private void AddNew(ref FilePaths paths, EventKind kind, FileChangeRecord change, Truncation cut)
    {
        bool isCut = (cut & Truncation.NewRaw) != 0;
        if (kind == EventKind.FileSymlink)
        {
            paths.Target = change.NewRaw;
            paths.Cut |= isCut ? PathParts.Target : PathParts.None;
        }
        else if (raw)
        {
            paths.NewPath = change.NewRaw;
            paths.Cut |= isCut ? PathParts.NewPath : PathParts.None;
        }
        else
        {
            bool isBaseCut = (cut & Truncation.NewBase) != 0;
            paths.NewRaw = change.NewRaw;
            paths.NewPath = TryJoin(_newPath, change.NewBase, change.NewRaw, isBaseCut) ? _newPath.Written : default;
            paths.Cut |= isCut ? PathParts.NewRaw : PathParts.None;
            paths.Cut |= isCut || (isBaseCut && paths.NewPath.IsEmpty) ? PathParts.NewPath : PathParts.None;
        }
    }

    /// <summary>With its end cut off, a directory would lead to another place: then there is no path.</summary>
    private static bool TryJoin(Utf8Buffer path, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> passed, bool isDirectoryCut) =>
        LexicalPath.TryWrite(path, isDirectoryCut ? default : directory, passed);
}
