namespace Eunomia.Core.Rules.Engine;

/// <summary>A rule cannot be compiled.</summary>
/// <param name="position">Where.</param>
/// <param name="message">Why.</param>
internal sealed class RuleException(SourcePosition position, string message) : Exception(message)
{
    internal SourcePosition Position { get; } = position;
}
