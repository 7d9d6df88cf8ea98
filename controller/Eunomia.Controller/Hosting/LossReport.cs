using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Controller.Hosting;

/// <summary>What has been lost on the way to the streams, as of a moment.</summary>
internal sealed class LossReport
{
    private readonly Dictionary<EventKind, ulong> _lost;

    private LossReport(Dictionary<EventKind, ulong> lost, IReadOnlyList<LedgerGap> gaps) => (_lost, Gaps) = (lost, gaps);

    public static LossReport None { get; } = new([], []);

    /// <summary>Times without account.</summary>
    public IReadOnlyList<LedgerGap> Gaps { get; }

    /// <summary>Kinds of which something was lost.</summary>
    public IEnumerable<EventKind> Kinds => _lost.Keys;

    public static LossReport Of(LedgerReport report) =>
        new(report.Rows.Where(row => row.Lost > 0).ToDictionary(row => row.Kind, row => row.Lost), report.Gaps);

    public ulong Lost(EventKind kind) => _lost.GetValueOrDefault(kind);

    public bool SameAs(LossReport other) =>
        Gaps.Count == other.Gaps.Count && _lost.Count == other._lost.Count && _lost.All(entry => other.Lost(entry.Key) == entry.Value);
}
