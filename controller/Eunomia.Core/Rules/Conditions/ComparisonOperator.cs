namespace Eunomia.Core.Rules.Conditions;

/// <summary>How a field is compared. Those from <see cref="In"/> on take a list of values in parentheses.</summary>
public enum ComparisonOperator
{
    /// <summary><c>=</c>, <c>==</c>.</summary>
    Equal,

    /// <summary><c>!=</c>.</summary>
    NotEqual,

    /// <summary><c>&lt;</c>.</summary>
    Less,

    /// <summary><c>&lt;=</c>.</summary>
    LessOrEqual,

    /// <summary><c>&gt;</c>.</summary>
    Greater,

    /// <summary><c>&gt;=</c>.</summary>
    GreaterOrEqual,

    /// <summary><c>contains</c>.</summary>
    Contains,

    /// <summary><c>icontains</c>: whatever the case of ASCII letters.</summary>
    IContains,

    /// <summary><c>bcontains</c>: the bytes that a hexadecimal string says.</summary>
    BContains,

    /// <summary><c>startswith</c>.</summary>
    StartsWith,

    /// <summary><c>bstartswith</c>.</summary>
    BStartsWith,

    /// <summary><c>endswith</c>.</summary>
    EndsWith,

    /// <summary><c>glob</c>: <c>*</c>, <c>?</c>, <c>[…]</c>.</summary>
    Glob,

    /// <summary><c>iglob</c>.</summary>
    IGlob,

    /// <summary><c>regex</c>.</summary>
    Regex,

    /// <summary><c>in</c>: all the field's values are among these.</summary>
    In,

    /// <summary><c>intersects</c>: one of the field's values is among these.</summary>
    Intersects,

    /// <summary><c>pmatch</c>: one of these paths is the field's, or lies above it.</summary>
    PMatch,
}
