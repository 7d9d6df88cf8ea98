namespace Eunomia.Core.Rules.Conditions;

/// <summary>What is compared.</summary>
public abstract record Operand;

/// <summary>A field of the event: <c>proc.name</c>, <c>proc.aname[2]</c>, <c>proc.env[LD_PRELOAD]</c>.</summary>
/// <param name="Name">Dotted name, without argument.</param>
/// <param name="Argument">What stands in brackets, or null.</param>
/// <param name="Position">Where it begins.</param>
public sealed record FieldOperand(string Name, string? Argument, Ignored<SourcePosition> Position) : Operand;

/// <summary>A function of operands: <c>tolower(proc.name)</c>; <c>val(proc.name)</c> is the field itself, as a value.</summary>
/// <param name="Function">Its name, lower case.</param>
/// <param name="Arguments">What it is given.</param>
/// <param name="Position">Where it begins.</param>
public sealed record TransformOperand(string Function, ValueList<Operand> Arguments, Ignored<SourcePosition> Position) : Operand
{
    /// <summary>What stands in brackets behind it, or null: the option whose argument <c>getopt</c> is to give.</summary>
    public string? Argument { get; init; }
}

/// <summary>A list that is an argument of a function: <c>join("-", (proc.name, proc.pname))</c>.</summary>
/// <param name="Items">Fields, functions and values; may be empty.</param>
/// <param name="Position">Where it begins.</param>
public sealed record GroupOperand(ValueList<Operand> Items, Ignored<SourcePosition> Position) : Operand;

/// <summary>A value as written, without its quotes and escapes. Numbers and addresses are text, too: the field says what it is.</summary>
/// <param name="Text">The value.</param>
/// <param name="Position">Where it begins.</param>
public sealed record LiteralOperand(string Text, Ignored<SourcePosition> Position) : Operand;

/// <summary>A list's name among values; not in a resolved condition. A name that no list has is a literal.</summary>
/// <param name="Name">The list.</param>
/// <param name="Position">Where it begins.</param>
public sealed record ListOperand(string Name, Ignored<SourcePosition> Position) : Operand;
