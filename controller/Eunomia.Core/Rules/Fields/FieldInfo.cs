using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Fields;

/// <summary>A field that conditions and outputs may use.</summary>
/// <param name="Name">Dotted name, without argument.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Argument">What may stand in brackets.</param>
/// <param name="Summary">What it is, in one line.</param>
public sealed record FieldInfo(string Name, FieldType Type, FieldArgument Argument, string Summary)
{
    /// <summary>Whether it has any number of values (without an argument, where that is optional).</summary>
    public bool IsList { get; init; }

    /// <summary>Why no event of this host can have it; null for those that can. A rule with it is loaded, and told.</summary>
    public string? Unobservable { get; init; }

    /// <summary>Kinds of events that can have it.</summary>
    public EventKindSet Kinds { get; init; }

    /// <summary>Kinds of other events that it is known from.</summary>
    public EventKindSet Sources { get; init; }
}
