namespace Eunomia.Core;

/// <summary>What a pipeline hands on.</summary>
/// <param name="Routes">Which events go where; at most <see cref="EventRoute.Most"/>.</param>
/// <param name="Ancestors">Whether events carry the chain of parents (<c>--fields ancestors</c>).</param>
public sealed record PipelineOptions(IReadOnlyList<EventRoute> Routes, bool Ancestors = false);
