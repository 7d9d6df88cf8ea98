using Eunomia.Core;

namespace Eunomia.Controller.Ingest;

/// <summary>Where a session's events go. Its calls never overlap.</summary>
public interface IEventOutput : IEventSink
{
    /// <summary>Called once, before anything else: the tables behind the events, for reading during a call only.</summary>
    void Begin(EventPipeline pipeline)
    {
    }

    /// <summary>No more events for the moment: what was written so far should become visible.</summary>
    void EndBatch();
}
