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
                return OfDescriptor(record.AsFileIo(), cut);
            default:
                FileChangeRecord change = record.AsFileChange();
                FilePaths paths = FlagNames.IsEmptyPath(record.Kind, change.Fields.Flags) && change.Raw.IsEmpty && change.Path.IsEmpty
                    ? Choose(change.Base, default, default, Has(cut, Truncation.Base) ? Truncation.Path : Truncation.None)
                    : Choose(change.Path, change.Raw, change.Base, cut);
                AddNew(ref paths, record.Kind, change, cut);
                return paths;
        }
    }

    private FilePaths Choose(ReadOnlySpan<byte> path, ReadOnlySpan<byte> passed, ReadOnlySpan<byte> directory, Truncation cut)
    {
        bool isCut = Has(cut, Truncation.Raw);
        if (raw && (isCut || !passed.IsEmpty))
        {
            return Known(passed, PathSource.Raw, isCut);
        }

        FilePaths paths = !path.IsEmpty ? Known(path, PathSource.Dentry, Has(cut, Truncation.Path))
            : TryJoin(_path, directory, passed, Has(cut, Truncation.Base)) ? Known(_path.Written, PathSource.Lexical, isCut)
            : Known(default, PathSource.None, Has(cut, Truncation.Path | Truncation.Base | Truncation.Raw));
        paths.Raw = passed;
        paths.Cut |= isCut ? PathParts.Raw : PathParts.None;
        return paths;
    }

    /// <summary>An open that was watched left its path behind, raw when that was asked for.</summary>
    private FilePaths OfDescriptor(FileIoRecord io, Truncation cut)
    {
        bool isPassed = raw && (io.Fields.FileFlags & FileTraits.Inherited) == 0;
        return Known(io.Path, isPassed ? PathSource.Raw : PathSource.Dentry, Has(cut, Truncation.Path));
    }

    private void AddNew(ref FilePaths paths, EventKind kind, FileChangeRecord change, Truncation cut)
    {
        bool isCut = Has(cut, Truncation.NewRaw);
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
            bool isBaseCut = Has(cut, Truncation.NewBase);
            bool isKnown = TryJoin(_newPath, change.NewBase, change.NewRaw, isBaseCut);
            paths.NewPath = isKnown ? _newPath.Written : default;
            paths.NewRaw = change.NewRaw;
            paths.Cut |= isCut ? PathParts.NewRaw | PathParts.NewPath : PathParts.None;
            paths.Cut |= isBaseCut && !isKnown ? PathParts.NewPath : PathParts.None;
        }
    }

    private static FilePaths Known(ReadOnlySpan<byte> path, PathSource source, bool isCut) => new()
    {
        Path = path,
        Source = path.IsEmpty ? PathSource.None : source,
        Cut = isCut ? PathParts.Path : PathParts.None,
    };

    /// <summary>With a part missing, a directory would lead to another place: then there is no path.</summary>
    private static bool TryJoin(Utf8Buffer path, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> passed, bool isDirectoryCut) =>
        LexicalPath.TryWrite(path, isDirectoryCut ? default : directory, passed);

    private static bool Has(Truncation cut, Truncation part) => (cut & part) != 0;
}
