using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>Which of the collector's families tell of which kinds.</summary>
internal static class KindFamilies
{
    private static readonly (EventKindSet Kinds, Family Family)[] Table =
    [
        (EventKinds.ProcessTracker, Family.Process),
        (EventKinds.FilesTracker, Family.File),
        (EventKinds.TcpConnectTracker.Union(EventKinds.UdpTracker).Union(EventKinds.DnsTracker), Family.Net),
        (EventKinds.SyscallTracker.With(EventKind.SyscallCall), Family.Syscall),
        (EventKinds.SecurityTracker, Family.Security),
        (EventKinds.IpcTracker, Family.Ipc),
        (EventKinds.PerfTracker, Family.Perf),
    ];

    /// <summary>The families of which at least one kind is wanted.</summary>
    public static IReadOnlyList<Family> Of(EventKindSet kinds)
    {
        List<Family> families = [];
        foreach ((EventKindSet its, Family family) in Table)
        {
            if (!its.Intersect(kinds).IsEmpty)
            {
                families.Add(family);
            }
        }
        return families;
    }

    /// <summary>The kinds that the collector can leave out, as it takes them: all but those of life-cycles.</summary>
    public static ulong Mask(EventKindSet kinds) => kinds.Except(EventKinds.LifeCycle).RecordMask;
}
