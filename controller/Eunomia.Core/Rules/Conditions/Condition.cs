namespace Eunomia.Core.Rules.Conditions;

/// <summary>A condition, or a part of one, as a tree. Positions take no part in equality.</summary>
public abstract record Condition;

/// <summary>All of them, in this order; at least two.</summary>
/// <param name="Parts">Not conjunctions themselves.</param>
public sealed record Conjunction(ValueList<Condition> Parts) : Condition;

/// <summary>Any of them; at least two.</summary>
/// <param name="Parts">Not disjunctions themselves.</param>
public sealed record Disjunction(ValueList<Condition> Parts) : Condition;

/// <summary>Not that.</summary>
/// <param name="Part">What must not hold.</param>
public sealed record Negation(Condition Part) : Condition;

/// <summary>A macro's name; not in a resolved condition.</summary>
/// <param name="Name">The macro.</param>
/// <param name="Position">Where it stands.</param>
public sealed record NameReference(string Name, Ignored<SourcePosition> Position) : Condition;

/// <summary>A comparison of a field with one value, or with several: <c>fd.name startswith /etc</c>.</summary>
/// <param name="Left">A field, or a transformation of one.</param>
/// <param name="Operator">How.</param>
/// <param name="Right">One value, or for list operators any number.</param>
/// <param name="Position">Where <paramref name="Left"/> begins.</param>
public sealed record Comparison(Operand Left, ComparisonOperator Operator, ValueList<Operand> Right, Ignored<SourcePosition> Position)
    : Condition
{
    /// <summary>How many of the values must compare; none in a resolved condition.</summary>
    public ListQuantifier Quantifier { get; init; }
}

/// <summary>Whether the field has a value: <c>proc.aname[2] exists</c>.</summary>
/// <param name="Left">A field, or a transformation of one.</param>
/// <param name="Position">Where it begins.</param>
public sealed record Existence(Operand Left, Ignored<SourcePosition> Position) : Condition;
