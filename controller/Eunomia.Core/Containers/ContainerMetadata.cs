namespace Eunomia.Core.Containers;

/// <summary>What a runtime's own files say of a container; null = they do not say.</summary>
/// <param name="Runtime">"docker", "containerd", "podman", "cri-o", "runc", "crun".</param>
/// <param name="Name">The container's name.</param>
/// <param name="Image">Image reference as the user gave it.</param>
/// <param name="Pod">Kubernetes pod.</param>
/// <param name="Namespace">Kubernetes or containerd namespace.</param>
/// <param name="CreatedUnixNs">When the container was made.</param>
/// <param name="OwnerUid">
/// Whose word it is: 0 = the system's; else the user who runs the container without root, and whose containers alone it is
/// to be believed of.
/// </param>
public sealed record ContainerMetadata(
    string? Runtime = null,
    string? Name = null,
    string? Image = null,
    string? Pod = null,
    string? Namespace = null,
    long? CreatedUnixNs = null,
    uint OwnerUid = 0)
{
    /// <summary>What else they say.</summary>
    public ContainerDetails Details { get; init; } = ContainerDetails.None;
}

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
