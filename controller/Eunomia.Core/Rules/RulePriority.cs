namespace Eunomia.Core.Rules;

/// <summary>How bad it is when a rule fires, the worst first. Names and order are those of syslog (RFC 5424).</summary>
public enum RulePriority
{
    /// <summary>The system is unusable.</summary>
    Emergency,

    /// <summary>Somebody must act at once.</summary>
    Alert,

    /// <summary>An attack, or as good as one.</summary>
    Critical,

    /// <summary>State was changed by what should not have.</summary>
    Error,

    /// <summary>What should not happen, and often is harmless.</summary>
    Warning,

    /// <summary>Unusual.</summary>
    Notice,

    /// <summary>Worth knowing.</summary>
    Informational,

    /// <summary>For those who look for something.</summary>
    Debug,
}
