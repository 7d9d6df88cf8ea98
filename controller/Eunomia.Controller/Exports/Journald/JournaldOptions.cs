using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.Controller.Exports.Journald;

/// <summary>The journal of systemd, <c>[alerts.journald]</c>.</summary>
public sealed record JournaldOptions
{
    /// <summary>Where the journal listens.</summary>
    public const string DefaultSocket = "/run/systemd/journal/socket";

    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>Socket of its native protocol.</summary>
    public string Socket { get; init; } = DefaultSocket;
}
