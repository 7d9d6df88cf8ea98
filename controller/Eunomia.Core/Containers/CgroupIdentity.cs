namespace Eunomia.Core.Containers;

/// <summary>Whose a cgroup is, judged by its path alone.</summary>
internal enum CgroupClass
{
    /// <summary>The host's own: the root, slices, services, sessions, and the helpers of container runtimes.</summary>
    Host,

    /// <summary>A recognised container's.</summary>
    Container,

    /// <summary>Nobody's we know: the pid namespace of its processes decides.</summary>
    Other,
}

/// <summary>What a cgroup path says.</summary>
internal readonly ref struct CgroupIdentity
{
    /// <summary>Whose it is.</summary>
    internal CgroupClass Class { get; init; }

    /// <summary>Runtime, for a container.</summary>
    internal string Runtime { get; init; }

    /// <summary>Id as it stands in the path, for a container; see <see cref="CgroupPath.DecodeId"/>.</summary>
    internal ReadOnlySpan<byte> Id { get; init; }

    /// <summary>Whether the path is the container's own cgroup, not one below it.</summary>
    internal bool IsOwn { get; init; }

    /// <summary>The path in front of the container: where a container around it would be.</summary>
    internal ReadOnlySpan<byte> Outer { get; init; }

    /// <summary>The user in whose slice it lies, who may make cgroups there; 0 = outside of the users' slices, or root's.</summary>
    internal uint Owner { get; init; }
}
