namespace Eunomia.Core.Rules.Conditions;

/// <summary>Something that a record carries along, and that takes no part in its equality: any two are equal.</summary>
/// <param name="Value">What is carried.</param>
/// <typeparam name="T">Its type.</typeparam>
public readonly record struct Ignored<T>(T Value)
{
    /// <summary>Wraps a value.</summary>
    public static implicit operator Ignored<T>(T value) => new(value);

    /// <inheritdoc/>
    public bool Equals(Ignored<T> other) => true;

    /// <inheritdoc/>
    public override int GetHashCode() => 0;
}
