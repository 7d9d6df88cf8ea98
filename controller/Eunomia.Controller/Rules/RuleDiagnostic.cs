using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>How bad it is.</summary>
public enum RuleSeverity
{
    /// <summary>What it is about does not take part.</summary>
    Error,

    /// <summary>It takes part, and is hardly what its author wants.</summary>
    Warning,

    /// <summary>Worth knowing.</summary>
    Info,
}

/// <summary>What is to be said of a rule file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Position">Where.</param>
/// <param name="Subject">What it is about: <c>rule 'X'</c>, <c>macro 'y'</c>; empty for the file.</param>
/// <param name="Message">What is so, and what would be right, in one line.</param>
public sealed record RuleDiagnostic(RuleSeverity Severity, SourcePosition Position, string Subject, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Position}: {Severity.ToString().ToLowerInvariant()}: {(Subject.Length > 0 ? $"{Subject}: " : "")}{Message}";
}
