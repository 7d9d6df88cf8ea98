namespace Eunomia.Controller.Enforcement;

/// <summary>What becomes of what rules do beside telling.</summary>
public enum EnforcementMode
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>It is told what would have been done.</summary>
    DryRun,

    /// <summary>It is done.</summary>
    On,
}

/// <summary>How modes are written.</summary>
public static class EnforcementModes
{
    /// <summary>In the order of the modes.</summary>
    public static string[] Names { get; } = ["off", "dry-run", "on"];

    /// <summary>As a file or command line says it; null for anything else.</summary>
    public static EnforcementMode? Parse(string text) => Array.IndexOf(Names, text) is >= 0 and var found ? (EnforcementMode)found : null;

    /// <summary>As it is written.</summary>
    public static string ToName(this EnforcementMode mode) => Names[(int)mode];
}
