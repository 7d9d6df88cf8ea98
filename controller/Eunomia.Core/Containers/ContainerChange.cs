namespace Eunomia.Core.Containers;

/// <summary>What happened to a container.</summary>
public enum ContainerChangeKind
{
    /// <summary>It was there when watching began.</summary>
    Listed,

    /// <summary>Its cgroup was made.</summary>
    Created,

    /// <summary>Its first own program runs.</summary>
    Started,

    /// <summary>Its init has ended.</summary>
    Exited,

    /// <summary>Its last cgroup is gone.</summary>
    Removed,
}

/// <summary>Something that happened to a container.</summary>
/// <param name="Kind">What.</param>
/// <param name="TimeUnixNs">When.</param>
/// <param name="Row">The container right after.</param>
public sealed record ContainerChange(ContainerChangeKind Kind, long TimeUnixNs, ContainerRow Row)
{
    /// <summary>The kind as outputs call it.</summary>
    public string Name => Kind switch
    {
        ContainerChangeKind.Created => "created",
        ContainerChangeKind.Started => "started",
        ContainerChangeKind.Exited => "exited",
        ContainerChangeKind.Removed => "removed",
        _ => "listed",
    };
}
