using System.Diagnostics.CodeAnalysis;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Captures;

/// <summary>
/// The last seconds of a session, in memory, so that they can still be written down when something has happened. There are
/// two segments, each with a listing of what ran when it began: when the newer one is old enough, the older one goes.
/// </summary>
internal sealed class CaptureWindow(CaptureOptions options, string version, TimeProvider time) : ICaptureSink
{
    private readonly Lock _lock = new();
    private readonly Dictionary<EventKind, KindCounters> _ledger = [];
    private readonly List<CaptureTake> _takes = [];
    private readonly EventBatch _last = new();
    private GetStatusResponse _status = new();
    private SessionOptions? _session;
    private CaptureSegment? _earlier;
    private CaptureSegment? _current;
    private bool _isOn;

    /// <inheritdoc/>
    public bool WantsSnapshot
    {
        get
        {
            lock (_lock)
            {
                return _current is { IsListing: false };
            }
        }
    }

    /// <summary>Whether anything is remembered at all.</summary>
    public void Switch(bool on)
    {
        lock (_lock)
        {
            _isOn = on;
            if (!on)
            {
                (_earlier, _current) = (null, null);
            }
        }
    }

    /// <summary>What there is, and what comes until the end of it; false when there is nothing.</summary>
    public bool TryTake([NotNullWhen(true)] out CaptureTake? take)
    {
        lock (_lock)
        {
            take = _current is null || _session is null ? null : new CaptureTake(_lock, Header(_session), _earlier, _current);
            if (take is not null)
            {
                _takes.Add(take);
            }
            return take is not null;
        }
    }

    /// <summary>Nothing more is for this one.</summary>
    public void End(CaptureTake take)
    {
        lock (_lock)
        {
            _takes.Remove(take);
        }
    }

    /// <inheritdoc/>
    public void Begin(GetStatusResponse status, SessionOptions options)
    {
        lock (_lock)
        {
            (_status, _session) = (status, options);
        }
    }

    /// <inheritdoc/>
    public void Write(CaptureFrameType type, RecordBatch batch)
    {
        lock (_lock)
        {
            if (type == CaptureFrameType.Snapshot)
            {
                WriteSnapshot(batch);
                return;
            }
            if (type == CaptureFrameType.Begin && _current is null)
            {
                Remember(type, batch);
                TurnOver();
                return;
            }
            TurnOver();
            if (_current is not null)
            {
                CaptureFrames.Write(_current.Stream, type, batch);
            }
            Remember(type, batch);
        }
    }

    /// <inheritdoc/>
    public void Write(string id, ContainerMetadata? metadata)
    {
        lock (_lock)
        {
            if (_current is not null)
            {
                Writer(_current.Stream).Write(id, metadata);
            }
        }
    }

    /// <inheritdoc/>
    public void Write(string? id, AccountList accounts)
    {
        lock (_lock)
        {
            if (_current is not null)
            {
                Writer(_current.Stream).Write(id, accounts);
            }
        }
    }

    /// <inheritdoc/>
    public void EndSnapshot(EventPipeline pipeline)
    {
        lock (_lock)
        {
            if (_current is not { IsListing: true, Listed.IsCompleted: false })
            {
                return;
            }
            CaptureWriter writer = Writer(_current.Base);
            writer.WriteKnown(null, pipeline.Accounts.List(null));
            foreach (Container container in pipeline.Containers.All)
            {
                if (container.MetadataState == MetadataState.Known)
                {
                    writer.Write(container.Id, container.Metadata);
                }
                writer.WriteKnown(container.Id, pipeline.Accounts.List(container));
            }
            _current.Complete();
        }
    }

    /// <inheritdoc/>
    public void EndStream(bool final)
    {
        lock (_lock)
        {
            if (_current is not null)
            {
                Writer(_current.Stream).EndStream(final);
            }
        }
    }

    private CaptureWriter Writer(ChunkBuffer output) => new(output, version);

    private ChunkBuffer Header(SessionOptions session)
    {
        var header = new ChunkBuffer();
        Writer(header).Begin(_status, session);
        return header;
    }

    // One that began before the segment has its first half elsewhere: it is part of the stream then, as the pipeline has it.
    private void WriteSnapshot(RecordBatch batch)
    {
        if (_current is null)
        {
            return;
        }
        _current.IsListing |= batch.Number == 0;
        bool isBase = _current is { IsListing: true, Listed.IsCompleted: false };
        CaptureFrames.Write(isBase ? _current.Base : _current.Stream, CaptureFrameType.Snapshot, batch);
    }

    // The next one begins with the account as it is before the batch that it begins with.
    private void TurnOver()
    {
        long now = time.GetTimestamp();
        if (!_isOn || (_current is not null && time.GetElapsedTime(_current.StartedAt, now) < options.Before && _current.Stream.Length < options.LargestWindow / 2))
        {
            return;
        }
        (_earlier, _current) = (_current, new CaptureSegment(now));
        WriteBaseLine(_current);
        foreach (CaptureTake take in _takes)
        {
            take.Add(_current);
        }
    }

    private void WriteBaseLine(CaptureSegment segment)
    {
        EventBatch first = _last.Clone();
        foreach (KindCounters counters in _ledger.Values.Where(counters => counters.Offered > 0))
        {
            first.Ledger.Add(counters.ToLedger());
        }
        CaptureFrames.Write(segment.Base, CaptureFrameType.Begin, first);
    }

    private void Remember(CaptureFrameType type, RecordBatch batch)
    {
        if (type == CaptureFrameType.Begin)
        {
            _ledger.Clear();
        }
        (_last.Batch, _last.BootToUnixNs, _last.DrainedNs) = (batch.Number, batch.BootToUnixNs, batch.DrainedNs);
        foreach (ref readonly KindCounters counters in batch.Ledger)
        {
            _ledger[counters.Kind] = counters;
        }
    }
}
