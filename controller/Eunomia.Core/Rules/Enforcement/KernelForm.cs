namespace Eunomia.Core.Rules.Enforcement;

/// <summary>One of the ways in which a rule may come true, as the kernel decides it.</summary>
/// <param name="Matcher">What the kernel compares.</param>
/// <param name="Containers">Which containers it is for; none: all of them.</param>
public sealed record KernelForm(KernelMatcher Matcher, IReadOnlyList<ContainerScope> Containers);

/// <summary>What became of a rule.</summary>
/// <param name="Forms">Any of them: what the kernel does. Empty when it can do nothing.</param>
/// <param name="Problem">
/// Why it cannot, in one line, with the part of the condition that stands in the way; null when it can. Of a rule that denies an error;
/// one that kills does so after the event.
/// </param>
public sealed record KernelReduction(IReadOnlyList<KernelForm> Forms, string? Problem)
{
    /// <summary>Whether the kernel does it.</summary>
    public bool IsInKernel => Problem is null;
}

/// <summary>What a host can do.</summary>
/// <param name="KillsAtExec">End a program before its first instruction.</param>
/// <param name="DeniesNetwork">Deny network calls.</param>
/// <param name="HasLsm">Deny exec and opens.</param>
public sealed record EnforcementAbilities(bool KillsAtExec, bool DeniesNetwork, bool HasLsm)
{
    /// <summary>A host that can do all.</summary>
    public static EnforcementAbilities Full { get; } = new(true, true, true);
}
