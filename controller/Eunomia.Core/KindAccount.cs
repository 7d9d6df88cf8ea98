using Eunomia.Core.Events;

namespace Eunomia.Core;

/// <summary>One kind's part of the ledger: sums of ended streams, and the base line and last counters of the open one.</summary>
internal sealed class KindAccount(EventKind kind)
{
    private KindCounters _base;
    private KindCounters _last;
    private ulong _offered;
    private LossByPlace _lost;
    private bool _isBroken;

    internal EventKind Kind { get; } = kind;

    /// <summary>Records that reached the pipeline, over all streams.</summary>
    internal ulong Delivered { get; set; }

    /// <summary>Of these, lost by the pipeline itself.</summary>
    internal ulong LostController { get; set; }

    private ulong Offered => _offered + (_last.Offered - _base.Offered);

    private LossByPlace Lost => new(
        _lost.Ring + (_last.LostRing - _base.LostRing),
        _lost.Program + (_last.LostProgram - _base.LostProgram),
        _lost.Map + (_last.LostMap - _base.LostMap),
        _lost.Collector + (_last.LostCollector - _base.LostCollector),
        LostController,
        _lost.Undelivered);

    internal void Begin(in KindCounters counters) => (_base, _last) = (counters, counters);

    /// <summary>Counters only grow within a stream; whatever else they do, the account does not balance any more.</summary>
    internal void Update(in KindCounters counters)
    {
        if (counters.Offered < _last.Offered
            || counters.LostRing < _last.LostRing
            || counters.LostProgram < _last.LostProgram
            || counters.LostMap < _last.LostMap
            || counters.LostCollector < _last.LostCollector)
        {
            _isBroken = true;
            return;
        }

        _last = counters;
    }

    internal void End(bool final)
    {
        (_offered, _lost) = (Offered, Lost);
        ulong accounted = Delivered + _lost.Total - LostController;
        if (!final && accounted < _offered)
        {
            _lost = _lost with { Undelivered = _lost.Undelivered + (_offered - accounted) };
        }

        (_base, _last) = (default, default);
    }

    internal LedgerRow ToRow()
    {
        (ulong offered, ulong delivered, LossByPlace lost) = (Offered, Delivered - LostController, Lost);
        bool balanced = !_isBroken && offered == delivered + lost.Total;
        return new LedgerRow(Kind, EventKinds.Name(Kind), offered, delivered, lost, balanced);
    }
}
