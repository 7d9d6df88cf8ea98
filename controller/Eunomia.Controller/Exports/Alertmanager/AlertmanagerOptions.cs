using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Http;

namespace Eunomia.Controller.Exports.Alertmanager;

/// <summary>Prometheus Alertmanagers, <c>[alerts.alertmanager]</c>. Each one gets all alerts, as its documentation asks.</summary>
public sealed record AlertmanagerOptions(IReadOnlyList<Uri> Addresses)
{
    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>Headers, credentials, authorities.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an alert stays active after it was last told.</summary>
    public TimeSpan Active { get; init; } = TimeSpan.FromMinutes(5);
}
