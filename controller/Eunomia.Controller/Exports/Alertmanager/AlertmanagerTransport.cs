using System.Buffers;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Http;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Alertmanager;

/// <summary>One Alertmanager, by version 2 of its API.</summary>
internal sealed class AlertmanagerTransport(AlertmanagerOptions options, Uri address, TimeProvider time) : IAlertTransport
{
    private readonly HttpPost _post = new(new Uri(address.AbsoluteUri.TrimEnd('/') + "/api/v2/alerts"), options.Http);

    public string Name { get; } = $"alertmanager {address.Authority}{address.AbsolutePath.TrimEnd('/')}";

    public int MostPerSend => 64;

    public Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte> json = new();
        AlertmanagerJson.Write(json, alerts, time.GetUtcNow(), options.Active);
        return _post.SendAsync(json.WrittenMemory, [], cancellation);
    }

    public void Dispose() => _post.Dispose();
}
