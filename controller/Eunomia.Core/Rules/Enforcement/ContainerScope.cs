namespace Eunomia.Core.Rules.Enforcement;

/// <summary>What a container must be for a policy to be for it. All that is given must hold.</summary>
/// <param name="Field">What is compared.</param>
/// <param name="Text">With what.</param>
/// <param name="IsPrefix">Whether more may follow.</param>
/// <param name="IsNegated">Whether it must not fit.</param>
public sealed record ContainerScope(ContainerField Field, string Text, bool IsPrefix = false, bool IsNegated = false)
{
    /// <summary>Whether a container is meant; what is not known fits nothing, negated or not.</summary>
    public bool Fits(string? value)
    {
        if (value is null)
        {
            return false;
        }

        bool fits = IsPrefix ? value.StartsWith(Text, StringComparison.Ordinal) : string.Equals(value, Text, StringComparison.Ordinal);
        return fits != IsNegated;
    }
}

/// <summary>What is known of a container from its beginning on.</summary>
public enum ContainerField
{
    /// <summary>Id: the full one, or its first 12 characters.</summary>
    Id,

    /// <summary>Name.</summary>
    Name,

    /// <summary>Image reference.</summary>
    Image,
}
