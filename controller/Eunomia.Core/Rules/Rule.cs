using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Core.Rules;

/// <summary>A rule ready to be compiled: lists and macros are filled in, exceptions are part of the condition.</summary>
public sealed record Rule
{
    /// <summary>Its name, unique in a set.</summary>
    public required string Name { get; init; }

    /// <summary>Where its definition begins.</summary>
    public SourcePosition Position { get; init; }

    /// <summary>When it fires. Has no <see cref="NameReference"/> any more, neither macro nor list.</summary>
    public required Condition Condition { get; init; }

    /// <summary>The text of an alert, with <c>%field</c> in it, as written.</summary>
    public required string Output { get; init; }

    /// <summary>How bad it is.</summary>
    public RulePriority Priority { get; init; } = RulePriority.Warning;

    /// <summary>What it is about, in a sentence or two.</summary>
    public string Description { get; init; } = "";

    /// <summary>What to do about it; empty when nobody says.</summary>
    public string Fix { get; init; } = "";

    /// <summary>Words to select it by; of the form <c>T1059.004</c> or <c>mitre_execution</c>: MITRE ATT&amp;CK.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What it does beside telling.</summary>
    public RuleActions Actions { get; init; }

    /// <summary>Whether it takes part.</summary>
    public bool Enabled { get; init; } = true;
}
