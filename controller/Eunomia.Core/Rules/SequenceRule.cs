namespace Eunomia.Core.Rules;

/// <summary>Who must have done all steps of a sequence.</summary>
public enum SequenceJoin
{
    /// <summary>One process, whatever it runs meanwhile.</summary>
    Process,

    /// <summary>A process and what descends from it.</summary>
    ProcessTree,

    /// <summary>One container; the host is one, too.</summary>
    Container,
}

/// <summary>A rule of several steps, which must be seen in order and in time. It fires with the event of the last one.</summary>
public sealed record SequenceRule
{
    /// <summary>Name, output, priority and so on; its condition is that of the last step.</summary>
    public required Rule Rule { get; init; }

    /// <summary>Conditions of the steps, in order; at least two.</summary>
    public required IReadOnlyList<Conditions.Condition> Steps { get; init; }

    /// <summary>From the first step to the last.</summary>
    public required TimeSpan Within { get; init; }

    /// <summary>Who must have done all of them.</summary>
    public required SequenceJoin By { get; init; }

    /// <summary>
    /// Fields whose values must be the same in all steps (<c>fd.name</c>): the value of the first step decides. May be empty.
    /// </summary>
    public IReadOnlyList<Conditions.FieldOperand> Same { get; init; } = [];
}
