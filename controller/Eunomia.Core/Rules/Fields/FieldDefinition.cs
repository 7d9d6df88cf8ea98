namespace Eunomia.Core.Rules.Fields;

/// <summary>A field as it is told of, and how it is read.</summary>
/// <param name="Info">What there is to say.</param>
/// <param name="Bind">Makes a reader for what stands in brackets; of the right form already.</param>
internal sealed record FieldDefinition(FieldInfo Info, Func<string?, FieldReader> Bind);
