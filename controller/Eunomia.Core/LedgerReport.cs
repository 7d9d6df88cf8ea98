using Eunomia.Core.Events;

namespace Eunomia.Core;

/// <summary>Where records of one kind were lost.</summary>
/// <param name="Ring">In the kernel: no room in the ring.</param>
/// <param name="Program">In the kernel: the program did not run or could not build the record.</param>
/// <param name="Map">In the kernel: a map refused an insert.</param>
/// <param name="Collector">In the collector.</param>
/// <param name="Controller">Here: a container's queue was full while its name was still unknown.</param>
/// <param name="Undelivered">Offered, but the stream ended before it was drained.</param>
public readonly record struct LossByPlace(
    ulong Ring, ulong Program, ulong Map, ulong Collector, ulong Controller, ulong Undelivered)
{
    /// <summary>All places together.</summary>
    public ulong Total => Ring + Program + Map + Collector + Controller + Undelivered;
}

/// <summary>The account of one record kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">Its dotted name, <c>kind-N</c> for an unknown one.</param>
/// <param name="Offered">Records that passed the kernel's filter.</param>
/// <param name="Delivered">Records that reached the pipeline, less those it lost itself.</param>
/// <param name="LostByPlace">The rest.</param>
/// <param name="Balanced">Whether offered = delivered + lost.</param>
public sealed record LedgerRow(
    EventKind Kind, string Name, ulong Offered, ulong Delivered, LossByPlace LostByPlace, bool Balanced)
{
    /// <summary>Lost at all places together.</summary>
    public ulong Lost => LostByPlace.Total;
}

/// <summary>A time without account: a collector died, or was not subscribed to. How many are missing is unknown.</summary>
/// <param name="FromUnixNs">Time of the last record before, or null when there was none.</param>
/// <param name="ToUnixNs">Time of the first record after, or null when there was none yet.</param>
public readonly record struct LedgerGap(long? FromUnixNs, long? ToUnixNs);

/// <summary>The whole account.</summary>
/// <param name="Rows">One row per record kind seen, by kind.</param>
/// <param name="Gaps">Times without account.</param>
/// <param name="Late">Records delivered after one with a newer time.</param>
/// <param name="Malformed">Batches whose bytes were not all records.</param>
/// <param name="SequenceMissing">
/// Records missing between each CPU's first and last sequence number; negative when some came twice.
/// </param>
/// <param name="SequenceProven">Whether everything missing by sequence number is counted as lost somewhere.</param>
public sealed record LedgerReport(
    IReadOnlyList<LedgerRow> Rows,
    IReadOnlyList<LedgerGap> Gaps,
    ulong Late,
    ulong Malformed,
    long SequenceMissing,
    bool SequenceProven)
{
    /// <summary>Whether every row balances and the sequence numbers agree.</summary>
    public bool Balanced => SequenceProven && Rows.All(row => row.Balanced);
}
