using Eunomia.Core;

namespace Eunomia.Controller.Ingest;

/// <summary>Where a session's events go. Its calls never overlap.</summary>
public interface IEventOutput : IEventSink
{
    /// <summary>No more events for the moment: what was written so far should become visible.</summary>
    void EndBatch();
}
