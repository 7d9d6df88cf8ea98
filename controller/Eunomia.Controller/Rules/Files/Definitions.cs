using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>What an entry of a rule file says, as it stands there: nothing is looked up or put together yet.</summary>
/// <param name="Name">What it defines or changes.</param>
/// <param name="Position">Where it begins.</param>
internal abstract record Definition(string Name, SourcePosition Position)
{
    /// <summary>For messages: <c>rule 'X'</c>.</summary>
    public abstract string Subject { get; }
}

/// <summary>One that cannot be used; what is wrong has been said.</summary>
internal sealed record BrokenDefinition(string Kind, string Name, SourcePosition Position) : Definition(Name, Position)
{
    public override string Subject => $"{Kind} '{Name}'";
}

/// <summary>A list, or more items for one.</summary>
internal sealed record ListDefinition(string Name, SourcePosition Position, IReadOnlyList<SourceText> Items, bool IsAppended)
    : Definition(Name, Position)
{
    public override string Subject => $"list '{Name}'";
}

/// <summary>A macro, or what is put behind one.</summary>
internal sealed record MacroDefinition(string Name, SourcePosition Position, SourceText Condition, bool IsAppended) : Definition(Name, Position)
{
    public override string Subject => $"macro '{Name}'";
}

/// <summary>How a key changes a rule that is there already.</summary>
internal enum OverrideMode
{
    Append,
    Replace,
}

/// <summary>A rule, or with overrides a change of one. Keys that are not there are null.</summary>
internal sealed record RuleDefinition(string Name, SourcePosition Position) : Definition(Name, Position)
{
    public override string Subject => $"rule '{Name}'";

    public SourceText? Condition { get; init; }

    public SourceText? Output { get; init; }

    public SourceText? Description { get; init; }

    public SourceText? Fix { get; init; }

    public SourceText? Source { get; init; }

    public RulePriority? Priority { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public RuleActions? Actions { get; init; }

    public bool? IsEnabled { get; init; }

    /// <summary>Whether it is worth a warning that it looks at every event.</summary>
    public bool? WarnsOfEventTypes { get; init; }

    /// <summary>Whether it is left out with no more than a warning when a field is unknown.</summary>
    public bool? SkipsUnknownFields { get; init; }

    public IReadOnlyList<ExceptionDefinition>? Exceptions { get; init; }

    /// <summary>Of the keys, by their names in TOML; empty for a whole rule.</summary>
    public IReadOnlyDictionary<string, OverrideMode> Overrides { get; init; } = new Dictionary<string, OverrideMode>();
}

/// <summary>What a rule does not fire for.</summary>
internal sealed record ExceptionDefinition(string Name, SourcePosition Position)
{
    /// <summary>A field, or several; null when an exception there is gets more values.</summary>
    public ExceptionEntry? Fields { get; init; }

    /// <summary>An operator, or one for each field; null for the usual ones.</summary>
    public ExceptionEntry? Comparisons { get; init; }

    /// <summary>Values of the one field, or a list with a value for each.</summary>
    public IReadOnlyList<ExceptionEntry> Values { get; init; } = [];
}

/// <summary>A text, or a list of such.</summary>
internal sealed record ExceptionEntry(SourcePosition Position, SourceText? Text, IReadOnlyList<ExceptionEntry> Items)
{
    public bool IsList => Text is null;
}

/// <summary>A sequence.</summary>
internal sealed record SequenceDefinition(string Name, SourcePosition Position) : Definition(Name, Position)
{
    public override string Subject => $"sequence '{Name}'";

    /// <summary>Everything but its steps.</summary>
    public required RuleDefinition Rule { get; init; }

    public required IReadOnlyList<SourceText> Steps { get; init; }

    public required TimeSpan Within { get; init; }

    public required SequenceJoin By { get; init; }

    public required IReadOnlyList<SourceText> Same { get; init; }
}
