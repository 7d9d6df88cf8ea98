namespace Eunomia.Core.Containers;

/// <summary>What is known of one cgroup.</summary>
internal sealed class CgroupEntry
{
    internal ulong Key { get; set; }

    internal ulong ParentKey { get; set; }

    internal CgroupClass Class { get; set; }

    /// <summary>Its container: recognised, or once a process with a pid namespace of its own was seen in it.</summary>
    internal Container? Container { get; set; }

    /// <summary>Whether <see cref="Container"/> is one that no pattern recognised.</summary>
    internal bool IsAnonymous { get; set; }

    /// <summary>Id of the container that this is if it is one, for <see cref="CgroupClass.Other"/>.</summary>
    internal string? AnonymousId { get; set; }

    /// <summary>The same made of the whole path, for when another cgroup has that name.</summary>
    internal string? HashedId { get; set; }

    /// <summary>The user in whose slice it lies, 0 for none.</summary>
    internal uint Owner { get; set; }

    /// <summary>Whether <see cref="AnonymousId"/> is a name that a runtime may know.</summary>
    internal bool HasName { get; set; }

    /// <summary>Whether it is the container's own directory, not one below it.</summary>
    internal bool IsOwn { get; set; }

    /// <summary>Whether its making was seen live, not told by a snapshot.</summary>
    internal bool IsLive { get; set; }

    /// <summary>False for one met before any record told of its making.</summary>
    internal bool HasPath { get; set; }

    /// <summary>CLOCK_BOOTTIME of its removal, or null while it lives.</summary>
    internal ulong? RemovedNs { get; set; }

    internal LinkedListNode<CgroupEntry> Node { get; }

    internal CgroupEntry() => Node = new LinkedListNode<CgroupEntry>(this);
}
