using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Output;

namespace Eunomia.Controller.Hosting;

/// <summary>What a client wants to see.</summary>
/// <param name="Filter">Which events.</param>
/// <param name="Condition">What they must be besides; null = nothing.</param>
/// <param name="Text">How a line of text looks; null = none is wanted.</param>
/// <param name="Uid">Whose client it is.</param>
public sealed record EventRequest(EventFilter Filter, IEventCondition? Condition = null, TextOptions? Text = null, uint Uid = 0)
{
    /// <summary>What has to be asked of the kernel for it.</summary>
    public Demand Demand { get; } = new(Filter.Kinds, Filter.Syscalls);
}
