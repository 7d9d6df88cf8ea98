using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Fields;

/// <summary>
/// The paths that an event is about. Where the kernel says where a file is, that is its path; else what the path as passed
/// says by its text.
/// </summary>
internal static class FilePathFacts
{
    private static readonly int PathSlot = FieldSlots.Next();
    private static readonly int NewPathSlot = FieldSlots.Next();

    /// <summary>The file, or the thing in the file system, that the event is about.</summary>
    internal static ReadOnlySpan<byte> Path(in EventView e, FieldScratch s)
    {
        ReadOnlySpan<byte> known = e.Record.Shape switch
        {
            RecordShape.FileOpen => e.Record.AsFileOpen().Path,
            RecordShape.FileIo => e.Record.AsFileIo().Path,
            RecordShape.FileChange => e.Record.AsFileChange().Path,
            RecordShape.Security => SecurityPath(e),
            RecordShape.Enforce => e.Record.AsEnforce().Path,
            _ => default,
        };
        return known.IsEmpty ? s.Get(PathSlot, e, BuildPath) : known;
    }

    /// <summary>The path as passed.</summary>
    internal static ReadOnlySpan<byte> Raw(in EventView e) => e.Record.Shape switch
    {
        RecordShape.FileOpen => FieldReader.OrMissing(e.Record.AsFileOpen().Raw),
        RecordShape.FileChange => FieldReader.OrMissing(e.Record.AsFileChange().Raw),
        RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect => FieldReader.OrMissing(e.Record.AsSecurity().Raw),
        RecordShape.Exec => FieldReader.OrMissing(e.Record.AsExec().Filename),
        _ => FieldReader.Missing,
    };

    /// <summary>The name that rename and link make, and the place of a symbolic link.</summary>
    internal static ReadOnlySpan<byte> NewPath(in EventView e, FieldScratch s) => e.Kind switch
    {
        EventKind.FileRename or EventKind.FileLink => s.Get(NewPathSlot, e, BuildNewPath),
        EventKind.FileSymlink => Path(e, s),
        _ => FieldReader.Missing,
    };

    /// <summary>What stands in a symbolic link.</summary>
    internal static ReadOnlySpan<byte> LinkText(in EventView e) =>
        e.Kind == EventKind.FileSymlink ? FieldReader.OrMissing(e.Record.AsFileChange().NewRaw) : FieldReader.Missing;

    /// <summary>What is mounted.</summary>
    internal static ReadOnlySpan<byte> MountSource(in EventView e) =>
        e.Kind == EventKind.SecurityMount ? FieldReader.OrMissing(new SecurityView(e.Kind, e.Record.AsSecurity()).Source) : FieldReader.Missing;

    private static ReadOnlySpan<byte> SecurityPath(in EventView e) =>
        e.Kind == EventKind.SecurityMount ? new SecurityView(e.Kind, e.Record.AsSecurity()).ResolvedPath : e.Record.AsSecurity().Path;

    private static bool BuildPath(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        Truncation cut = e.Record.Header.Truncated;
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen:
                FileOpenRecord open = e.Record.AsFileOpen();
                return Join(s, to, open.Base, open.Raw, cut & Truncation.Base);
            case RecordShape.FileChange:
                FileChangeRecord change = e.Record.AsFileChange();
                bool isBase = change.Raw.IsEmpty && FlagNames.IsEmptyPath(e.Kind, change.Fields.Flags);
                return Join(s, to, isBase ? default : change.Base, isBase ? change.Base : change.Raw, cut & Truncation.Base);
            case RecordShape.Security:
                SecurityRecord security = e.Record.AsSecurity();
                return Join(s, to, security.Base, security.Raw, cut & Truncation.Base);
            default:
                return false;
        }
    }

    private static bool BuildNewPath(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        FileChangeRecord change = e.Record.AsFileChange();
        return Join(s, to, change.NewBase, change.NewRaw, e.Record.Header.Truncated & Truncation.NewBase);
    }

    private static bool Join(FieldScratch s, Utf8Buffer to, ReadOnlySpan<byte> directory, ReadOnlySpan<byte> raw, Truncation cut)
    {
        bool isKnown = LexicalPath.TryWrite(s.Path, cut == Truncation.None ? directory : default, raw);
        to.Append(isKnown ? s.Path.Written : default);
        return isKnown;
    }
}
