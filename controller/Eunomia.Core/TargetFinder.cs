using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>Which process a call was aimed at. Calls name it by its number in the caller's pid namespace.</summary>
internal sealed class TargetFinder(ProcessTable processes)
{
    /// <summary>The target, as far as the record has one and it is known.</summary>
    internal EventTarget Find(Record record)
    {
        if (record.Shape != RecordShape.Security)
        {
            return default;
        }

        ref readonly SecurityLayout fields = ref record.AsSecurity().Fields;
        Process? process = null;
        if (fields.TargetPid != 0)
        {
            processes.TryGetLatest(fields.TargetPid, out process);
        }
        else if (fields.TargetVpid != 0)
        {
            process = FindInside(fields.Hdr.Pidns, fields.TargetVpid);
        }

        return new EventTarget(process?.Key.Pid ?? fields.TargetPid, process?.Image, process?.Container);
    }

    /// <summary>A walk over all, which a call as rare as these may cost.</summary>
    private Process? FindInside(uint pidNamespace, uint vpid)
    {
        for (Process? process = processes.FirstLiving; process is not null; process = process.Next)
        {
            if (process.PidNamespace == pidNamespace && process.Vpid == vpid)
            {
                return process;
            }
        }

        return null;
    }
}
