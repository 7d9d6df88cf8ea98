using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports;

/// <summary>What the outputs get from whoever hosts them.</summary>
public sealed record AlertOutputsContext
{
    /// <summary>Clock and timers.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Hears how the outputs fare.</summary>
    public required IAlertOutputObserver Observer { get; init; }

    /// <summary>Where the terminal's lines go.</summary>
    public required Stream Stdout { get; init; }

    /// <summary>How they look.</summary>
    public AlertTextOptions Text { get; init; } = new();

    /// <summary>Gets each alert after collapsing, one at a time; must not wait.</summary>
    public Action<Alert>? Follower { get; init; }
}
