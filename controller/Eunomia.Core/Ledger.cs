using Eunomia.Core.Events;

namespace Eunomia.Core;

/// <summary>
/// The account of every record: offered = delivered + lost, per kind, within one stream of one collector; the sequence
/// numbers of each CPU prove it. A later stream (a reconnect) adds up, and the time between is a gap of unknown size.
/// </summary>
public sealed class Ledger
{
    private const int MaxGaps = 1_000;
    private readonly SortedDictionary<EventKind, KindAccount> _kinds = [];
    private readonly List<LedgerGap> _gaps = [];
    private readonly SequenceProof _sequences = new();
    private KindAccount? _lastUsed;
    private bool _isOpen;
    private bool _needsBaseLine = true;
    private bool _isGap;
    private long? _lastUnixNs;
    private ulong _late;
    private ulong _malformed;

    /// <summary>A new stream begins: the next <see cref="OnBatch"/> is its base line. One still open ends as not final.</summary>
    public void BeginSubscription()
    {
        if (_isOpen)
        {
            End(final: false);
        }

        (_isOpen, _needsBaseLine) = (true, true);
    }

    /// <summary>The counters of a batch, before its records are applied. The first of a stream is the base line.</summary>
    public void OnBatch(ReadOnlySpan<KindCounters> cumulative)
    {
        _isOpen = true;
        foreach (ref readonly KindCounters counters in cumulative)
        {
            KindAccount account = AccountOf(counters.Kind);
            if (_needsBaseLine)
            {
                account.Begin(counters);
            }
            else
            {
                account.Update(counters);
            }
        }

        _needsBaseLine = false;
    }

    /// <summary>One record reached the pipeline; snapshot records are not part of the account.</summary>
    public void OnRecord(in RecordHeader header, long unixNs)
    {
        if ((header.Flags & RecordTraits.Snapshot) != 0)
        {
            return;
        }

        _isOpen = true;
        AccountOf(header.Kind).Delivered++;
        _sequences.Add(header.Cpu, header.Seq);
        if ((header.Flags & RecordTraits.Late) != 0)
        {
            _late++;
        }

        if (_isGap)
        {
            CloseGap(unixNs);
        }

        _lastUnixNs = unixNs;
    }

    /// <summary>A batch's bytes were not all records.</summary>
    public void OnMalformed() => _malformed++;

    /// <summary>The pipeline lost events of a kind whose records had reached it; derived kinds have no account.</summary>
    public void OnControllerLoss(EventKind kind, ulong count)
    {
        if ((int)kind < RecordAbi.KindSlots)
        {
            AccountOf(kind).LostController += count;
        }
    }

    /// <summary>Ends the stream, if one is open, and gives the account so far.</summary>
    /// <param name="final">
    /// Whether the stream ended with a batch marked final. If not, what was offered and neither delivered nor lost by then
    /// is lost as undelivered, and a gap begins.
    /// </param>
    public LedgerReport Close(bool final)
    {
        if (_isOpen)
        {
            End(final);
        }

        return Report(_isGap && !final ? [.. _gaps, new LedgerGap(_lastUnixNs, null)] : [.. _gaps]);
    }

    /// <summary>The account so far, without ending anything; rows of a running stream need not balance.</summary>
    public LedgerReport Peek() => Report([.. _gaps]);

    private KindAccount AccountOf(EventKind kind)
    {
        if (_lastUsed?.Kind == kind)
        {
            return _lastUsed;
        }

        if (!_kinds.TryGetValue(kind, out KindAccount? account))
        {
            account = new KindAccount(kind);
            _kinds.Add(kind, account);
        }

        return _lastUsed = account;
    }

    private void End(bool final)
    {
        foreach (KindAccount account in _kinds.Values)
        {
            account.End(final);
        }

        _sequences.End();
        (_isOpen, _needsBaseLine, _isGap) = (false, true, true);
    }

    private void CloseGap(long unixNs)
    {
        _isGap = false;
        if (_gaps.Count < MaxGaps)
        {
            _gaps.Add(new LedgerGap(_lastUnixNs, unixNs));
        }
        else
        {
            _gaps[^1] = _gaps[^1] with { ToUnixNs = unixNs };
        }
    }

    private LedgerReport Report(LedgerGap[] gaps)
    {
        LedgerRow[] rows = [.. _kinds.Values.Select(account => account.ToRow())];
        ulong lost = 0;
        foreach (LedgerRow row in rows)
        {
            lost += row.Lost - row.LostByPlace.Controller;
        }

        long missing = _sequences.Missing;
        bool proven = missing >= 0 && (ulong)missing <= lost;
        return new LedgerReport(rows, gaps, _late, _malformed, missing, proven);
    }
}
