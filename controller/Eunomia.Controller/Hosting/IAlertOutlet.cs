using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Hosting;

/// <summary>What becomes of alerts: collapsed, told, delivered.</summary>
public interface IAlertOutlet
{
    /// <summary>The account of each output.</summary>
    IReadOnlyList<DeliveryStatus> Status { get; }

    /// <summary>A rule fired.</summary>
    void Publish(Alert alert);

    /// <summary>Tells what is still being counted, and delivers what can be delivered in this time.</summary>
    Task StopAsync(TimeSpan limit);
}
