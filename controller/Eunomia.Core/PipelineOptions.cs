namespace Eunomia.Core;

/// <summary>What a pipeline hands on.</summary>
/// <param name="Routes">Which events go where; at most <see cref="EventRoute.Most"/>.</param>
/// <param name="Ancestors">Whether events carry the chain of parents (<c>--fields ancestors</c>).</param>
/// <param name="Reports">How long after its end a process may still be told of, by what is only counted.</param>
public sealed record PipelineOptions(IReadOnlyList<EventRoute> Routes, bool Ancestors = false, TimeSpan Reports = default);
