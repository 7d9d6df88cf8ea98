using Eunomia.Core;

namespace Eunomia.Controller.Ingest;

/// <summary>How a session ended.</summary>
/// <param name="Ledger">The account of everything.</param>
/// <param name="IsComplete">Whether the collector drained its rings and said so in a final batch.</param>
/// <param name="MissedSomething">Whether a tracker or the snapshot could not see everything.</param>
/// <param name="Failure">Why it ended by itself; null when it was told to end.</param>
public sealed record SessionResult(
    LedgerReport Ledger, bool IsComplete, bool MissedSomething, CollectorException? Failure)
{
    /// <summary>Whether nothing at all was missed, which is what <c>--strict</c> asks for.</summary>
    public bool IsPerfect => Failure is null && IsComplete && !MissedSomething && Ledger.Gaps.Count == 0
        && Ledger.Balanced && Ledger.Malformed == 0 && Ledger.Rows.All(row => row.Lost == 0);
}
