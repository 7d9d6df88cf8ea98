using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Hosting;

namespace Eunomia.Cli.Output;

/// <summary>Tells in the log how the outputs of alerts fare.</summary>
internal sealed class OutputLog(ServiceLog log) : IAlertOutputObserver
{
    public void Failed(string output, string reason) => log.Write(LogPriority.Warning, $"output {output}: {reason}; alerts wait for it");

    public void Works(string output) => log.Write(LogPriority.Notice, $"output {output} works again");

    public void Refused(string output, Guid alert, string reason) =>
        log.Write(LogPriority.Error, $"output {output} refused alert {alert}: {reason}");
}
