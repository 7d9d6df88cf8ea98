namespace Eunomia.Core.Containers;

/// <summary>What a runtime's own files say of a container besides its name and image; null or empty = they do not say.</summary>
public sealed record ContainerDetails
{
    /// <summary>Nothing is known.</summary>
    public static ContainerDetails None { get; } = new();

    /// <summary>Uid of the Kubernetes pod.</summary>
    public string? PodUid { get; init; }

    /// <summary>Id of the image, as the runtime has it.</summary>
    public string? ImageId { get; init; }

    /// <summary>Digest that the image was pulled by: "sha256:…".</summary>
    public string? ImageDigest { get; init; }

    /// <summary>User of the first process, as configured, or UID:GID.</summary>
    public string? User { get; init; }

    /// <summary>Uid of the first process, as the container numbers it.</summary>
    public uint? Uid { get; init; }

    /// <summary>Gid of the first process.</summary>
    public uint? Gid { get; init; }

    /// <summary>The most capabilities that a process in it may have: 1 &lt;&lt; CAP_*.</summary>
    public ulong? CapabilitiesBounding { get; init; }

    /// <summary>Capabilities of the first process.</summary>
    public ulong? CapabilitiesEffective { get; init; }

    /// <summary>What is so.</summary>
    public ContainerFacts Facts { get; init; }

    /// <summary>Which of <see cref="Facts"/> somebody tells.</summary>
    public ContainerFacts FactsKnown { get; init; }

    /// <summary>AppArmor profile; "unconfined" when there is none.</summary>
    public string? AppArmorProfile { get; init; }

    /// <summary>"unconfined"; of docker "default", "builtin" or "custom"; else "filtered".</summary>
    public string? SeccompProfile { get; init; }

    /// <summary>Command of the health check, or NONE when the image's was turned off.</summary>
    public string? HealthCheck { get; init; }

    /// <summary>Whether a text was cut, or a mount or label left out, because it was too long or too much.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>What of the host's is mounted in it; at most 64.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Labels; at most 64.</summary>
    public IReadOnlyList<ContainerLabel> Labels { get; init; } = [];

    /// <summary>Annotations but for the runtimes' own; at most 64.</summary>
    public IReadOnlyList<ContainerLabel> Annotations { get; init; } = [];

    /// <summary>Labels of its pod; at most 64.</summary>
    public IReadOnlyList<ContainerLabel> PodLabels { get; init; } = [];

    /// <summary>Annotations of its pod; at most 64.</summary>
    public IReadOnlyList<ContainerLabel> PodAnnotations { get; init; } = [];

    /// <summary>Whether something is so; null when nobody says.</summary>
    public bool? Is(ContainerFacts fact) => (FactsKnown & fact) == 0 ? null : (Facts & fact) != 0;

    /// <summary>Value of a pod's label; null when there is none.</summary>
    public string? PodLabel(string key)
    {
        foreach (ContainerLabel label in PodLabels)
        {
            if (label.Key == key)
            {
                return label.Value;
            }
        }

        return null;
    }
}
