using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Hosting;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>Lets alerts through as they are, and counts them.</summary>
internal sealed class FakeOutlet(Action<Alert> publish) : IAlertOutlet
{
    private long _received;

    public IReadOnlyList<DeliveryStatus> Status => [new DeliveryStatus("fake") { Received = _received, Delivered = _received }];

    public void Publish(Alert alert)
    {
        _received++;
        publish(alert);
    }

    public Task StopAsync(TimeSpan limit) => Task.CompletedTask;
}
