namespace Eunomia.Core.Rules;

/// <summary>What a set of files says, resolved: what the engine compiles.</summary>
/// <param name="Rules">Rules, in the order of their first definition; disabled ones too.</param>
/// <param name="Sequences">Sequences, likewise.</param>
public sealed record RuleSet(IReadOnlyList<Rule> Rules, IReadOnlyList<SequenceRule> Sequences)
{
    /// <summary>No rules.</summary>
    public static RuleSet Empty { get; } = new([], []);
}
