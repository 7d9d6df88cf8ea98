namespace Eunomia.Core.Rules;

/// <summary>What a rule does beside telling.</summary>
[Flags]
public enum RuleActions
{
    /// <summary>It tells only.</summary>
    None = 0,

    /// <summary>Ends the process.</summary>
    Kill = 1,

    /// <summary>Ends the whole container.</summary>
    KillContainer = 2,

    /// <summary>What matches is not allowed to happen.</summary>
    Deny = 4,

    /// <summary>Writes down what happens before and after.</summary>
    Capture = 8,
}
