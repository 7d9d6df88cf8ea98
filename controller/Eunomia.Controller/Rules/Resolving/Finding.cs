using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>What a finding is about.</summary>
internal enum FindingKind
{
    /// <summary>A mistake: what has it cannot be used.</summary>
    Mistake,

    /// <summary>A field that there is not: a mistake that a rule may allow for.</summary>
    UnknownField,

    /// <summary>Odd, and usable.</summary>
    Oddity,

    /// <summary>A field that never has a value on this host.</summary>
    Unobservable,
}

/// <summary>Something about a condition.</summary>
internal sealed record Finding(FindingKind Kind, SourcePosition Position, string Message)
{
    public bool IsError => Kind is FindingKind.Mistake or FindingKind.UnknownField;
}
