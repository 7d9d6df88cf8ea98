using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Controller.Enforcement;

/// <summary>A rule's policy: what the kernel does, when, and for which containers.</summary>
/// <param name="Id">Names it in records and counters; not 0.</param>
/// <param name="Denies">Whether the call fails; else the process is killed.</param>
/// <param name="IsDryRun">Whether it only tells what it would have done.</param>
/// <param name="Forms">From <see cref="KernelReducer"/>.</param>
public sealed record KernelPolicy(uint Id, bool Denies, bool IsDryRun, IReadOnlyList<KernelForm> Forms);

/// <summary>A container that lives, as policies see it.</summary>
/// <param name="CgroupKeys">Its cgroups, in each hierarchy that counts.</param>
/// <param name="HasStarted">Whether it has run a program of its own already.</param>
/// <param name="Id">Full id.</param>
/// <param name="Name">Name; null when not known.</param>
/// <param name="Image">Image reference; null when not known.</param>
public sealed record PolicyTarget(IReadOnlyList<ulong> CgroupKeys, bool HasStarted, string Id, string? Name, string? Image);
