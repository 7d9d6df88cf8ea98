using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Controller.Hosting;

/// <summary>Hands each event to the rules, and to the clients that follow.</summary>
internal sealed class EventHub(IDetection detection, string hostname, TimeProvider time) : IEventOutput
{
    /// <summary>Clients that follow.</summary>
    public const int MostStreams = 16;

    private readonly EventMessages _messages = new(hostname);
    private readonly Lock _lock = new();
    private EventStream[] _streams = []; // replaced, never changed
    private LossReport _losses = LossReport.None;
    private bool _completed;

    /// <summary>The streams at this moment.</summary>
    public IReadOnlyList<EventStream> Streams => Volatile.Read(ref _streams);

    public void Begin(EventPipeline pipeline) => detection.Begin(pipeline);

    public void OnEvent(in EventView e)
    {
        if (detection.Demand.Kinds.Contains(e.Kind))
        {
            detection.Sink.OnEvent(e);
        }
        EventStream[] streams = Volatile.Read(ref _streams);
        if (streams.Length == 0)
        {
            return;
        }
        _messages.Next();
        foreach (EventStream stream in streams)
        {
            stream.Offer(e, _messages);
        }
    }

    public void EndBatch()
    {
        foreach (EventStream stream in Volatile.Read(ref _streams))
        {
            stream.DecideHeld();
        }
    }

    /// <summary>Adds a client. On the pipeline's turn.</summary>
    public EventStream Open(EventRequest request, EventPipeline pipeline, Ledger ledger)
    {
        LossReport losses = LossReport.Of(ledger.Peek());
        var stream = new EventStream(request, pipeline, losses, time);
        lock (_lock)
        {
            if (_completed)
            {
                stream.Complete();
            }
            Volatile.Write(ref _streams, [.. _streams, stream]);
        }
        return stream;
    }

    public void Close(EventStream stream)
    {
        lock (_lock)
        {
            Volatile.Write(ref _streams, Array.FindAll(_streams, other => other != stream));
        }
    }

    /// <summary>What has been lost meanwhile, for the streams to tell.</summary>
    public void Tell(LossReport losses)
    {
        _losses = _losses.SameAs(losses) ? _losses : losses;
        foreach (EventStream stream in Volatile.Read(ref _streams))
        {
            stream.Tell(_losses);
        }
    }

    /// <summary>No more events.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            Array.ForEach(_streams, stream => stream.Complete());
        }
    }
}
