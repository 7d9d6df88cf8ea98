namespace Eunomia.Core.Events;

/// <summary>What happened. Below 1000: kinds of raw records (<c>enum eu_kind</c>); from 1000: derived here.</summary>
public enum EventKind : ushort
{
    /// <summary>No kind.</summary>
    None = 0,

    /// <summary>A new process, not a thread.</summary>
    ProcessFork = 1,

    /// <summary>A process runs a new program.</summary>
    ProcessExec = 2,

    /// <summary>The last thread of a process is gone.</summary>
    ProcessExit = 3,

    /// <summary>A cgroup was made.</summary>
    CgroupMkdir = 4,

    /// <summary>A cgroup was removed.</summary>
    CgroupRmdir = 5,

    /// <summary>The first cgroup of a container was made.</summary>
    ContainerCreate = 1000,

    /// <summary>A container's init runs its first program of its own.</summary>
    ContainerStart = 1001,

    /// <summary>A container's init ended, or its last cgroup went without init having been seen.</summary>
    ContainerExit = 1002,
}
