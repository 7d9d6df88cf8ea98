namespace Eunomia.Core.Rules;

/// <summary>Names of priorities, as they stand in JSON and in configuration files.</summary>
public static class RulePriorities
{
    private static readonly string[] NameList =
        ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];

    /// <summary>All names, the worst first.</summary>
    public static IReadOnlyList<string> Names => NameList;

    /// <summary>The name of a priority.</summary>
    public static string Name(RulePriority priority) => NameList[(int)priority];

    /// <summary>The priority of a name, or null.</summary>
    public static RulePriority? Parse(string name) =>
        Array.IndexOf(NameList, name) is >= 0 and int index ? (RulePriority)index : null;
}
