using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Protocol;

/// <summary>What the collector says, in Core's terms.</summary>
public static class Mapping
{
    /// <summary>The counters of a kind.</summary>
    public static KindCounters ToCounters(this KindLedger ledger) => new(
        ToKind(ledger.Kind),
        ledger.Offered,
        ledger.LostRing,
        ledger.LostProgram,
        ledger.LostMap,
        ledger.LostCollector);

    /// <summary>A container's metadata; what the runtime's files leave out is null.</summary>
    public static ContainerMetadata ToMetadata(this InspectContainerResponse response) => new(
        NullIfEmpty(response.Runtime),
        NullIfEmpty(response.Name),
        NullIfEmpty(response.Image),
        NullIfEmpty(response.Pod),
        NullIfEmpty(response.Namespace),
        response.CreatedUnixNs == 0 ? null : response.CreatedUnixNs,
        response.OwnerUid)
    {
        Details = response.ToDetails(),
    };

    /// <summary>What stands at an address; a function without a name is null.</summary>
    public static Core.Profiling.Symbol ToSymbol(this Symbol symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return new(NullIfEmpty(symbol.Function), symbol.Module, symbol.Offset);
    }

    /// <summary>The metadata as the collector would say it; what is null is left out.</summary>
    public static InspectContainerResponse ToResponse(this ContainerMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var response = new InspectContainerResponse
        {
            Runtime = metadata.Runtime ?? "",
            Name = metadata.Name ?? "",
            Image = metadata.Image ?? "",
            Pod = metadata.Pod ?? "",
            Namespace = metadata.Namespace ?? "",
            CreatedUnixNs = metadata.CreatedUnixNs ?? 0,
            OwnerUid = metadata.OwnerUid,
        };
        metadata.Details.WriteTo(response);
        return response;
    }

    /// <summary>The counters of a kind, as the collector says them.</summary>
    public static KindLedger ToLedger(this KindCounters counters) => new()
    {
        Kind = (uint)counters.Kind,
        Offered = counters.Offered,
        LostRing = counters.LostRing,
        LostProgram = counters.LostProgram,
        LostMap = counters.LostMap,
        LostCollector = counters.LostCollector,
    };

    /// <summary>The host that a collector watches.</summary>
    public static HostIdentity ToHost(this GetStatusResponse status, string hostname) =>
        new(hostname, status.HostPidns, status.HostMntns, status.SupervisorPid);

    /// <summary>What a family is for, as users know its trackers.</summary>
    public static string ToName(this Family family) => string.Join('/', family.ToNames());

    /// <summary>The names of the trackers that a family serves.</summary>
    public static IReadOnlyList<string> ToNames(this Family family) => family switch
    {
        Family.Cgroup => ["cgroup"],
        Family.Process => [Tracker.Process.Name],
        Family.File => [Tracker.Files.Name],
        Family.Net => [Tracker.TcpConnect.Name, Tracker.Udp.Name, Tracker.Dns.Name],
        Family.Syscall => [Tracker.Syscall.Name],
        Family.Ipc => [Tracker.Ipc.Name],
        Family.Security => [Tracker.Security.Name],
        Family.Perf => [Tracker.Perf.Name],
        _ => [$"family-{(int)family}"],
    };

    /// <summary>A family's state in one word.</summary>
    public static string ToName(this FamilyState state) => state switch
    {
        FamilyState.Idle => "idle",
        FamilyState.Full => "full",
        FamilyState.Degraded => "degraded",
        FamilyState.Off => "off",
        _ => "unknown",
    };

    // A kind that does not fit is one that this version cannot know; it must not turn into one that it does.
    internal static EventKind ToKind(uint kind) => kind <= ushort.MaxValue ? (EventKind)kind : (EventKind)ushort.MaxValue;

    internal static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
