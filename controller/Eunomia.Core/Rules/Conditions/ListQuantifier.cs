namespace Eunomia.Core.Rules.Conditions;

/// <summary>
/// How many of several values must compare: <c>fd.name startswith anyof (/etc, /root)</c>. A resolved condition has none any
/// more: it says the same with <c>and</c>, <c>or</c> and <c>not</c>.
/// </summary>
public enum ListQuantifier
{
    /// <summary>There is one value, or the operator takes a list itself.</summary>
    None,

    /// <summary><c>oneof</c>: exactly one.</summary>
    OneOf,

    /// <summary><c>anyof</c>: at least one.</summary>
    AnyOf,

    /// <summary><c>allof</c>: all, and there is one at least.</summary>
    AllOf,
}
