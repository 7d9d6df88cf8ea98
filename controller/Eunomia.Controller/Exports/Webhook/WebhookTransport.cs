using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Http;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Webhook;

/// <summary>Posts each alert by itself, with its id in the headers: who gets one twice can tell.</summary>
internal sealed class WebhookTransport(WebhookOptions options) : IAlertTransport
{
    private readonly HttpPost _post = new(options.Address, options.Http);

    public string Name => "webhook";

    public int MostPerSend => 1;

    public async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        foreach (Alert alert in alerts)
        {
            string id = alert.Id.ToString();
            await _post.SendAsync(AlertJson.Encode(alert), [("X-Eunomia-Alert-Id", id), ("Idempotency-Key", id)], cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _post.Dispose();
}
