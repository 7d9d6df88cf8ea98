using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.Controller.Exports.AlertFiles;

/// <summary>The file of alerts, <c>[alerts.file]</c>.</summary>
public sealed record AlertFileOptions(string Path)
{
    /// <summary>Where alerts are kept when nothing else is said.</summary>
    public const string DefaultPath = "/var/log/eunomia/alerts.jsonl";

    /// <summary>What is meant when nothing is said.</summary>
    public static AlertFileOptions Default { get; } = new(DefaultPath) { IsUnasked = true };

    /// <summary>Nobody asked for it, so it is left out where it cannot be had.</summary>
    public bool IsUnasked { get; init; }

    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>How large it becomes before it is renamed, in bytes.</summary>
    public long LargestSize { get; init; } = 64 << 20;

    /// <summary>How many renamed ones are kept, <c>PATH.1</c> being the newest.</summary>
    public int Keep { get; init; } = 8;

    /// <summary>A renamed one.</summary>
    internal string Numbered(int number) => $"{Path}.{number}";
}
