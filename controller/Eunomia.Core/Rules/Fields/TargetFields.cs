using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of the process that something was done to, traced or sent a signal: <c>target.*</c>.</summary>
internal static class TargetFields
{
    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfSecurity.With(EventKind.IpcSignal);
        set.Number("target.pid", "pid in the host's pid namespace of the process that it was done to", (in EventView e, FieldScratch _, out long value) =>
        {
            value = Pid(e);
            return value != 0;
        });
        set.Text("target.name", "its task name", (in EventView e, FieldScratch _) =>
            e.Record.Shape == RecordShape.Signal ? FieldReader.OrMissing(e.Record.AsSignal().Fields.TargetComm.Text)
            : e.Target.Image is { } image ? FieldReader.OrMissing(image.Name) : FieldReader.Missing);
        set.Text("target.exepath", "path of the file that it runs", (in EventView e, FieldScratch _) =>
            Image(e) is { } image ? FieldReader.OrMissing(image.Exe) : FieldReader.Missing, FieldType.Path, 10);
        set.Text("target.container.id", "id of its container, as container.id has it; host outside of containers", (in EventView e, FieldScratch _) =>
            Pid(e) == 0 ? FieldReader.Missing : Container(e) is { } container ? ContainerTexts.Of(container).Id : "host"u8);
        set.Flag("target.is_child", "whether it was made by the process that does it", (in EventView e, FieldScratch _, out long value) =>
        {
            value = 0;
            if (!FieldScratch.TryFind(e, Pid(e), out Process? target))
            {
                return false;
            }

            value = target.Parent.Pid == e.Record.Header.Tgid ? 1 : 0;
            return true;
        });
    }

    private static uint Pid(in EventView e) => e.Record.Shape switch
    {
        RecordShape.Signal => e.Record.AsSignal().Fields.TargetTgid,
        RecordShape.Security => e.Target.Pid,
        _ => 0,
    };

    private static ProcessImage? Image(in EventView e) =>
        e.Target.Image ?? (FieldScratch.TryFind(e, Pid(e), out Process? process) ? process.Image : null);

    private static Container? Container(in EventView e) =>
        e.Record.Shape != RecordShape.Signal ? e.Target.Container : e.Peers.IsEmpty ? null : e.Peers[0].Container;
}
