using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.TestKit;

/// <summary>Alerts for tests.</summary>
public static class SampleAlerts
{
    public const long Noon = 1_767_355_200_000_000_000; // 2026-01-02T12:00:00Z
    public const long Second = 1_000_000_000;

    /// <summary>One in which everything is there, and nothing is what it is by default.</summary>
    public static Alert Full { get; } = new()
    {
        Id = Guid.Parse("0193e4a0-1111-7222-8333-444455556666"),
        Rule = "Shell in \"container\"",
        Priority = RulePriority.Notice,
        Output = "A shell\nstarted (sh -c \u001b[31mevil)",
        Fix = "Look at it.",
        Tags = ["container", "T1059.004"],
        TimeUnixNs = Noon + 123_456_789,
        LastUnixNs = Noon + (61 * Second),
        Count = 3,
        Event = "process.exec",
        Host = "node1",
        Process = Process(4711),
        Ancestors = [Process(4700), Process(4600)],
        Container = new AlertContainer(new string('a', 60) + "0123", "docker")
        {
            Name = "web",
            Image = "nginx:1",
            Pod = "web-0",
            Namespace = "shop",
        },
        Fields = [new AlertField("proc.name", "sh"), new AlertField("user.uid", "1000", IsNumber: true)],
        Actions = ["kill"],
        Capture = "/var/lib/eunomia/captures/x.eun",
        Truncated = ["args"],
    };

    /// <summary>One with what every alert has.</summary>
    public static Alert Bare { get; } = new()
    {
        Id = Guid.Parse("0193e4a0-1111-7222-8333-000000000001"),
        Rule = "Bare",
        Priority = RulePriority.Warning,
        Output = "Something happened",
        TimeUnixNs = Noon,
        LastUnixNs = Noon,
        Event = "container.create",
        Host = "node1",
    };

    /// <summary>The bare one, with a number in its id and its output.</summary>
    public static Alert Numbered(int number) => Bare with
    {
        Id = new Guid(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        Output = $"Alert {number}",
    };

    private static AlertProcess Process(uint pid) => new(pid, Noon - Second)
    {
        Vpid = 7,
        Name = "sh",
        Exe = "/bin/sh",
        Args = ["sh", "-c", "evil"],
        Uid = 1000,
    };
}
