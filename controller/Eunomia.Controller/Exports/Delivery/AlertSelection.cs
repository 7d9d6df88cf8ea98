using System.IO.Enumeration;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Which alerts an output gets.</summary>
public sealed record AlertSelection
{
    /// <summary>All of them.</summary>
    public static AlertSelection Everything { get; } = new();

    /// <summary>Only those that are at least so bad.</summary>
    public RulePriority LeastPriority { get; init; } = RulePriority.Debug;

    /// <summary>Only of these rules, <c>*</c> for any characters; with <see cref="Tags"/> too, what matches either.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Only with one of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the output gets it.</summary>
    public bool Includes(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.Priority <= LeastPriority
            && ((Rules.Count == 0 && Tags.Count == 0)
                || Rules.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, alert.Rule))
                || Tags.Any(alert.Tags.Contains));
    }
}
