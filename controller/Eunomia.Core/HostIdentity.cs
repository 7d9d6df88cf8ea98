namespace Eunomia.Core;

/// <summary>The host that events come from.</summary>
/// <param name="Hostname">Written as <c>host</c> in every event.</param>
/// <param name="PidNamespace">Inode number of the initial pid namespace.</param>
/// <param name="MountNamespace">Inode number of the initial mount namespace.</param>
/// <param name="OwnRoot">
/// Pid of Eunomia's first process: what it and its descendants do is not handed out. 0 when unknown.
/// </param>
public sealed record HostIdentity(string Hostname, uint PidNamespace, uint MountNamespace, uint OwnRoot = 0);
