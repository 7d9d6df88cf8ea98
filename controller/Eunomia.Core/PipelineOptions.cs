namespace Eunomia.Core;

/// <summary>What a pipeline hands to its sink.</summary>
/// <param name="Filter">Which events.</param>
/// <param name="Ancestors">Whether events carry the chain of parents (<c>--fields ancestors</c>).</param>
public sealed record PipelineOptions(EventFilter Filter, bool Ancestors = false);
