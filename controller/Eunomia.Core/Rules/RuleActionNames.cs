namespace Eunomia.Core.Rules;

/// <summary>How actions are written.</summary>
public static class RuleActionNames
{
    /// <summary>All, in the order of their bits.</summary>
    public static IReadOnlyList<string> All { get; } = ["kill", "kill-container", "deny", "capture"];

    /// <summary>The action of this name, or null.</summary>
    public static RuleActions? Parse(string text)
    {
        for (int bit = 0; bit < All.Count; bit++)
        {
            if (All[bit] == text)
            {
                return (RuleActions)(1 << bit);
            }
        }

        return null;
    }

    /// <summary>The names of each of them.</summary>
    public static IEnumerable<string> ToNames(this RuleActions actions) => All.Where((_, bit) => actions.HasFlag((RuleActions)(1 << bit)));

    /// <summary>The name of a single one.</summary>
    public static string ToName(this RuleActions action) => action.ToNames().First();
}
