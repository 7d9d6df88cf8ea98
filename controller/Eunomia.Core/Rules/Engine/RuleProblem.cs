namespace Eunomia.Core.Rules.Engine;

/// <summary>What is wrong with a rule, or worth knowing.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Position">Where.</param>
/// <param name="Message">What, and what would be right; one line.</param>
/// <param name="IsError">Whether the rule was left out because of it.</param>
public sealed record RuleProblem(string Rule, SourcePosition Position, string Message, bool IsError);
