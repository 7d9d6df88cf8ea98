using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Http;

namespace Eunomia.Controller.Exports.Webhook;

/// <summary>A web server that takes alerts, <c>[alerts.webhook]</c>.</summary>
public sealed record WebhookOptions(Uri Address)
{
    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>Headers, credentials, authorities.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
