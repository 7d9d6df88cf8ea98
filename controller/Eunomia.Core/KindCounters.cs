using Eunomia.Core.Events;

namespace Eunomia.Core;

/// <summary>One kind's counters of a batch, cumulative since the collector's start.</summary>
/// <param name="Kind">The record kind; may be one without a name.</param>
/// <param name="Offered">Records that passed the kernel's filter.</param>
/// <param name="LostRing">No room in the kernel ring.</param>
/// <param name="LostProgram">The program did not run or could not build the record.</param>
/// <param name="LostMap">A map refused an insert.</param>
/// <param name="LostCollector">Taken from the ring, never handed to the stream.</param>
public readonly record struct KindCounters(
    EventKind Kind, ulong Offered, ulong LostRing, ulong LostProgram, ulong LostMap, ulong LostCollector);
