using Eunomia.Core.Events;

namespace Eunomia.Core;

/// <summary>Takes the events a pipeline lets through, in order, on the pipeline's thread.</summary>
public interface IEventSink
{
    /// <summary>One event. Nothing reached through it may be kept beyond the call.</summary>
    void OnEvent(in EventView e);
}
