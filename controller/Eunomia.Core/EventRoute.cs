namespace Eunomia.Core;

/// <summary>Which events go where. A pipeline may have several: each event is offered to all of them.</summary>
/// <param name="Filter">Which events.</param>
/// <param name="Sink">Takes them.</param>
public sealed record EventRoute(EventFilter Filter, IEventSink Sink)
{
    /// <summary>The most routes of one pipeline.</summary>
    public const int Most = 32;
}
