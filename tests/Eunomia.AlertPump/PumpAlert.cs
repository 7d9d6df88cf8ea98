using System.Globalization;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.AlertPump;

/// <summary>Alerts that differ in id, rule and container, so that no output may take two of them for one.</summary>
internal static class PumpAlert
{
    private const int Rules = 10;

    public static Alert Make(string prefix, int number)
    {
        long now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        string digits = number.ToString("D12", CultureInfo.InvariantCulture);
        return new Alert
        {
            Id = Guid.Parse($"{prefix}-0000-0000-0000-{digits}"),
            Rule = $"Pump rule {number % Rules}",
            Priority = number % 2 == 0 ? RulePriority.Warning : RulePriority.Critical,
            Output = $"Alert {number} with \"quotes\"\nand a second line",
            Fix = "Nothing.",
            Tags = ["pump", "T1059.004"],
            TimeUnixNs = now,
            LastUnixNs = now,
            Event = "process.exec",
            Host = "pumphost",
            Process = new AlertProcess(4711, now) { Name = "sh", Exe = "/bin/sh", Args = ["sh", "-c", "true"], Uid = 0 },
            Container = new AlertContainer($"{prefix}{prefix}{prefix}{prefix}{new string('0', 20)}{digits}", "docker") { Name = $"c{number}", Image = "busybox:1" },
            Fields = [new AlertField("proc.name", "sh"), new AlertField("user.uid", "0", IsNumber: true)],
        };
    }
}
