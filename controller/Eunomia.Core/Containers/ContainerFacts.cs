namespace Eunomia.Core.Containers;

/// <summary>What is so of a container, or not so.</summary>
[Flags]
public enum ContainerFacts : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>All capabilities and devices, and nothing hidden or forbidden.</summary>
    Privileged = 1 << 0,

    /// <summary>Its root file system cannot be written.</summary>
    ReadOnlyRoot = 1 << 1,

    /// <summary>no_new_privs is set.</summary>
    NoNewPrivileges = 1 << 2,

    /// <summary>Its first process has a terminal.</summary>
    Tty = 1 << 3,

    /// <summary>It has the host's processes.</summary>
    HostPid = 1 << 4,

    /// <summary>It has the host's network.</summary>
    HostNetwork = 1 << 5,

    /// <summary>It has the host's System V and POSIX objects.</summary>
    HostIpc = 1 << 6,

    /// <summary>It has the host's name.</summary>
    HostUts = 1 << 7,

    /// <summary>Its users are the host's.</summary>
    HostUser = 1 << 8,

    /// <summary>It sees the host's cgroups.</summary>
    HostCgroup = 1 << 9,
}
