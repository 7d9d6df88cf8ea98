using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.AlertPump;

internal sealed class PumpObserver : IAlertOutputObserver
{
    public void Failed(string output, string reason) => Console.Error.WriteLine($"failed {output}: {reason}");

    public void Works(string output) => Console.Error.WriteLine($"works {output}");

    public void Refused(string output, Guid alert, string reason) => Console.Error.WriteLine($"refused {output} {alert}: {reason}");
}
