using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>What came of rule files.</summary>
/// <param name="Set">The rules that can be used.</param>
/// <param name="Diagnostics">What is to be said, in the order of files and lines.</param>
public sealed record LoadedRules(RuleSet Set, IReadOnlyList<RuleDiagnostic> Diagnostics)
{
    /// <summary>Whether something of it cannot be used.</summary>
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.Severity == RuleSeverity.Error);
}
