using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.Controller.Exports.Terminal;

/// <summary>What stdout gets, <c>[alerts.terminal]</c>.</summary>
public sealed record TerminalOptions
{
    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>JSON lines instead of text.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether it gets anything.</summary>
    public bool Enabled { get; init; } = true;
}
