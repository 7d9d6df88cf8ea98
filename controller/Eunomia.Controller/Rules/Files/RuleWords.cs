using System.Globalization;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>Words that stand for priorities, actions and the like.</summary>
internal static class RuleWords
{
    /// <summary>Priorities, the worst first.</summary>
    public static readonly string[] Priorities = [.. Enum.GetNames<RulePriority>().Select(name => name.ToLowerInvariant())];

    /// <summary>Joins in the order of <see cref="SequenceJoin"/>.</summary>
    public static readonly string[] Joins = ["process", "process-tree", "container"];

    private static readonly (string Unit, double Milliseconds)[] Units = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Falco's spellings too, in any case.</summary>
    public static RulePriority? Priority(string text)
    {
        string word = text.Trim().ToLowerInvariant();
        int found = Array.IndexOf(Priorities, word == "info" ? "informational" : word);
        return found < 0 ? null : (RulePriority)found;
    }

    public static SequenceJoin? Join(string text)
    {
        int found = Array.IndexOf(Joins, text);
        return found < 0 ? null : (SequenceJoin)found;
    }

    /// <summary>A time with its unit: <c>10s</c>.</summary>
    public static TimeSpan? Time(string text)
    {
        foreach ((string unit, double milliseconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
                && number * milliseconds is >= 1 and <= 86_400_000)
            {
                return TimeSpan.FromMilliseconds(number * milliseconds);
            }
        }
        return null;
    }
}
