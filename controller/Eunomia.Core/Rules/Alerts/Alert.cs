namespace Eunomia.Core.Rules.Alerts;

/// <summary>A rule that fired. Immutable: whoever collapses repeats makes a new one.</summary>
public sealed record Alert
{
    /// <summary>Names this alert for ever; the same in every output and on every attempt to deliver it.</summary>
    public required Guid Id { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>How bad it is.</summary>
    public required RulePriority Priority { get; init; }

    /// <summary>What happened, in the rule's words with the event's values.</summary>
    public required string Output { get; init; }

    /// <summary>What to do about it; empty when the rule does not say.</summary>
    public string Fix { get; init; } = "";

    /// <summary>The rule's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>When, in nanoseconds of Unix time; of repeats the first.</summary>
    public required long TimeUnixNs { get; init; }

    /// <summary>When for the last time; the same where there was only one.</summary>
    public required long LastUnixNs { get; init; }

    /// <summary>How often.</summary>
    public long Count { get; init; } = 1;

    /// <summary>The kind of event: <c>process.exec</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Host name.</summary>
    public required string Host { get; init; }

    /// <summary>Who did it; null when no process did.</summary>
    public AlertProcess? Process { get; init; }

    /// <summary>Parents, nearest first, up to the container's init or the host's.</summary>
    public IReadOnlyList<AlertProcess> Ancestors { get; init; } = [];

    /// <summary>Where; null for the host.</summary>
    public AlertContainer? Container { get; init; }

    /// <summary>The fields that the condition and the output asked for, with what they were, in order of their names; what was not known is left out.</summary>
    public IReadOnlyList<AlertField> Fields { get; init; } = [];

    /// <summary>What was done about it, or would have been: <c>kill</c>, <c>deny (dry run)</c>; empty for nothing.</summary>
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>The file that what happened before and after is written to; null when there is none.</summary>
    public string? Capture { get; init; }

    /// <summary>Names of the parts of the event that are not complete.</summary>
    public IReadOnlyList<string> Truncated { get; init; } = [];
}
