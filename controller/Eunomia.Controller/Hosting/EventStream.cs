using System.Buffers;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Protocol.V1;
using Google.Protobuf;
using Container = Eunomia.Core.Containers.Container;

namespace Eunomia.Controller.Hosting;

/// <summary>
/// One client that follows events. What it does not take in time is lost for it alone, and counted: neither the pipeline nor
/// another client waits for it. All but taking happens on the pipeline's turn.
/// </summary>
internal sealed class EventStream
{
    private const int MostItems = 8_192;
    private const int MostBytes = 4 << 20;
    private const int MostHeld = 1_024;
    private const int BatchBytes = 256 << 10;
    private const int EventOverhead = 256;

    private readonly EventRequest _request;
    private readonly EventPipeline _pipeline;
    private readonly ClientQueue<(Event? Event, EventKind Kind)> _queue = new(MostItems, MostBytes);
    private readonly ProcessTreeFilter _tree;
    private readonly TextEventWriter? _text;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Dictionary<Container, List<(Event Event, EventKind Kind)>> _held = [];
    private readonly Lock _lock = new();
    private readonly SortedDictionary<EventKind, Counts> _counts = [];
    private readonly LossReport _base;
    private readonly long _since;
    private LossReport _losses;
    private int _heldEvents;
    private int _gapsTold;

    public EventStream(EventRequest request, EventPipeline pipeline, LossReport losses, TimeProvider time)
    {
        (_request, _pipeline, _base, _losses) = (request, pipeline, losses, losses);
        _tree = new ProcessTreeFilter(request.Filter.Pids);
        _text = request.Text is { } style ? new TextEventWriter(style) : null;
        _gapsTold = losses.Gaps.Count;
        _since = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    }

    public EventRequest Request => _request;

    public StreamAccount Account
    {
        get
        {
            lock (_lock)
            {
                ulong offered = 0, delivered = 0, lost = 0;
                foreach (Counts counts in _counts.Values)
                {
                    (offered, delivered, lost) = (offered + counts.Offered, delivered + counts.Delivered, lost + counts.Lost);
                }
                return new StreamAccount("events", _request.Uid, _since, offered, delivered, lost);
            }
        }
    }

    /// <summary>An event; the message is made by the first stream that wants it.</summary>
    public void Offer(in EventView e, EventMessages messages)
    {
        FilterDecision decision = Decide(e);
        if (decision == FilterDecision.No || (_request.Condition is { } condition && !condition.Matches(e)))
        {
            return;
        }
        if (decision == FilterDecision.Pending && Undecided(e) is { } container)
        {
            Hold(container, e, messages);
        }
        else
        {
            Add(_queue.IsFull ? null : Message(e, messages), e.Kind);
        }
    }

    /// <summary>A batch has ended, or a container's name is known: what waited for it goes on.</summary>
    public void DecideHeld()
    {
        if (_held.Count == 0)
        {
            return;
        }
        foreach ((Container container, List<(Event Event, EventKind Kind)> events) in _held.ToArray())
        {
            FilterDecision decision = _request.Filter.Decide(container);
            if (decision == FilterDecision.Pending)
            {
                continue;
            }
            _held.Remove(container);
            _heldEvents -= events.Count;
            foreach ((Event message, EventKind kind) in decision == FilterDecision.Yes ? events : [])
            {
                Add(message, kind);
            }
        }
    }

    /// <summary>What has been lost before anybody could tell for whom it was.</summary>
    public void Tell(LossReport losses)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_losses, losses))
            {
                return;
            }
            _losses = losses;
        }
        _queue.TryAdd((null, EventKind.None), 0); // the account is news
    }

    public void Complete() => _queue.Complete();

    /// <summary>Waits for something to tell and gives it as one message; null when there will be nothing more.</summary>
    public async ValueTask<EventBatch?> TakeAsync(CancellationToken cancel)
    {
        if (!await _queue.WaitAsync(cancel).ConfigureAwait(false))
        {
            return null;
        }
        var batch = new EventBatch();
        int bytes = 0;
        lock (_lock)
        {
            while (bytes < BatchBytes && _queue.TryTake(out (Event? Event, EventKind Kind) item, out int size))
            {
                if (item.Event is { } message)
                {
                    batch.Events.Add(message);
                    bytes += size;
                    Count(item.Kind).Delivered++;
                }
            }
            WriteAccount(batch);
        }
        return batch;
    }

    /// <summary>A message without events: the account as of now.</summary>
    public EventBatch TakeAccount()
    {
        var batch = new EventBatch();
        lock (_lock)
        {
            WriteAccount(batch);
        }
        return batch;
    }

    private FilterDecision Decide(in EventView e)
    {
        EventFilter filter = _request.Filter;
        if (!filter.Kinds.Contains(e.Kind))
        {
            if (_tree.IsActive && e.Kind is EventKind.ProcessFork or EventKind.ProcessExit)
            {
                _ = _tree.Contains(e, _pipeline); // to know its descendants
            }
            return FilterDecision.No;
        }
        if (!WantsCall(e))
        {
            return FilterDecision.No;
        }
        if (filter.IsOpen || (_tree.IsActive && e.HasProcess && _tree.Contains(e, _pipeline)))
        {
            return FilterDecision.Yes;
        }
        FilterDecision decision = Decide(e.Container);
        return decision == FilterDecision.No && e.Kind == EventKind.IpcSignal && e.Peers is [var target, ..]
            ? Decide(target.Container) // of interest to who watches its target, too
            : decision;
    }

    private FilterDecision Decide(Container? container) => container is null || _request.Filter.Containers.Count == 0
        ? FilterDecision.No
        : _request.Filter.Decide(container);

    private bool WantsCall(in EventView e) => _request.Filter.Syscalls.IsEverything || e.Kind switch
    {
        EventKind.Syscall => _request.Filter.Syscalls.Contains(e.Record.AsSyscall().Fields.Abi, e.Record.AsSyscall().Fields.Number),
        EventKind.SyscallCall =>
            _request.Filter.Syscalls.Contains(e.Record.AsSyscallCall().Fields.Abi, e.Record.AsSyscallCall().Fields.Number),
        _ => true,
    };

    private Container? Undecided(in EventView e) => Decide(e.Container) == FilterDecision.Pending
        ? e.Container
        : e.Peers is [var target, ..] ? target.Container : null;

    private void Hold(Container container, in EventView e, EventMessages messages)
    {
        if (_heldEvents >= MostHeld)
        {
            Add(null, e.Kind);
            return;
        }
        if (!_held.TryGetValue(container, out List<(Event, EventKind)>? events))
        {
            _held[container] = events = [];
        }
        events.Add((Message(e, messages), e.Kind));
        _heldEvents++;
    }

    // Null: there was no room to begin with.
    private void Add(Event? message, EventKind kind)
    {
        lock (_lock)
        {
            Counts counts = Count(kind);
            counts.Offered++;
            if (message is null || !_queue.TryAdd((message, kind), message.Json.Length + message.Text.Length + EventOverhead))
            {
                counts.Lost++;
            }
        }
    }

    private Event Message(in EventView e, EventMessages messages)
    {
        Event message = messages.Of(e);
        if (_text is null)
        {
            return message;
        }
        _line.ResetWrittenCount();
        _text.Write(e, _line);
        Event own = message.Clone();
        own.Text = ByteString.CopyFrom(_line.WrittenSpan.TrimEnd((byte)'\n'));
        return own;
    }

    private Counts Count(EventKind kind)
    {
        if (!_counts.TryGetValue(kind, out Counts? counts))
        {
            _counts[kind] = counts = new Counts();
        }
        return counts;
    }

    private void WriteAccount(EventBatch batch)
    {
        foreach (EventKind kind in _losses.Kinds.Where(_request.Filter.Kinds.Contains))
        {
            Count(kind).Before = _losses.Lost(kind) - _base.Lost(kind);
        }
        // What is still in the queue is offered by the batch that has it.
        foreach ((EventKind kind, Counts counts) in _counts)
        {
            batch.Account.Add(new KindAccount
            {
                Kind = EventKinds.Name(kind),
                Offered = counts.Delivered + counts.Lost + counts.Before,
                LostBefore = counts.Before,
                LostHere = counts.Lost,
            });
        }
        foreach (Core.LedgerGap gap in _losses.Gaps.Skip(_gapsTold))
        {
            batch.Gaps.Add(new Gap { FromUnixNs = gap.FromUnixNs ?? 0, ToUnixNs = gap.ToUnixNs ?? 0 });
        }
        _gapsTold = _losses.Gaps.Count;
    }

    private sealed class Counts
    {
        public ulong Offered { get; set; }

        public ulong Delivered { get; set; }

        public ulong Lost { get; set; }

        public ulong Before { get; set; }
    }
}
