namespace Eunomia.Core.Containers;

/// <summary>A label or an annotation.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; at most 255 bytes of it.</param>
public readonly record struct ContainerLabel(string Key, string Value);
