namespace Eunomia.Core.Containers;

/// <summary>What a runtime's own files say of a container; null = they do not say.</summary>
/// <param name="Runtime">"docker", "containerd", "runc".</param>
/// <param name="Name">The container's name.</param>
/// <param name="Image">Image reference as the user gave it.</param>
/// <param name="Pod">Kubernetes pod.</param>
/// <param name="Namespace">Kubernetes or containerd namespace.</param>
public sealed record ContainerMetadata(
    string? Runtime = null, string? Name = null, string? Image = null, string? Pod = null, string? Namespace = null);

/// <summary>Whether a container's metadata is known.</summary>
public enum MetadataState
{
    /// <summary>Asked for, not answered.</summary>
    Pending,

    /// <summary>Known.</summary>
    Known,

    /// <summary>Nobody knows it.</summary>
    Unavailable,
}
