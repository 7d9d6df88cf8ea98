using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>One rule, which fires for every exec of a program; what a reload reads is whatever a test says.</summary>
public sealed class FakeDetection : IDetection, IEventSink
{
    public event Action<Alert>? Fired;

    /// <summary>What the rules need.</summary>
    public Demand Demand { get; set; } = new(EventKinds.ProcessTracker, Core.Syscalls.SyscallSelection.Everything);

    public IEventSink Sink => this;

    public IReadOnlyList<RuleStatus> Rules { get; private set; } = [Rule("first")];

    /// <summary>What the next reload finds; errors leave the rules as they are.</summary>
    public (IReadOnlyList<RuleStatus> Rules, ReloadResult Result) Next { get; set; } = ([Rule("second")], ReloadResult.Success);

    /// <summary>Where rules were read from last.</summary>
    public IReadOnlyList<string> Paths { get; private set; } = [];

    public static RuleStatus Rule(string name) => new(new Rule { Name = name, Condition = new Always(), Output = "" });

    /// <summary>An alert that says little.</summary>
    public static Alert Alert(
        string rule = "first", RulePriority priority = RulePriority.Warning, long time = 1_000, string? container = null) => new()
        {
            Id = Guid.NewGuid(),
            Rule = rule,
            Priority = priority,
            Output = "something happened",
            TimeUnixNs = time,
            LastUnixNs = time,
            Event = "process.exec",
            Host = "box",
            Process = new AlertProcess(7, 5) { Name = "sh", Args = ["sh", "-c", ""], Uid = 0 },
            Ancestors = [new AlertProcess(1, 0)],
            Container = container is null ? null : new AlertContainer(container, "docker") { Name = "web" },
            Fields = [new AlertField("proc.pid", "7", IsNumber: true), new AlertField("proc.name", "sh")],
            Tags = ["T1059"],
        };

    public void Begin(EventPipeline pipeline)
    {
    }

    public void OnEvent(in EventView e)
    {
        if (e.Kind == EventKind.ProcessExec)
        {
            Fired?.Invoke(Alert(Rules[0].Rule.Name, time: e.TimeUnixNs));
        }
    }

    /// <summary>A rule fires.</summary>
    public void Fire(Alert alert) => Fired?.Invoke(alert);

    public ReloadResult Reload(IReadOnlyList<string> paths)
    {
        Paths = paths;
        Rules = Next.Result.Reloaded ? Next.Rules : Rules;
        return Next.Result;
    }

    public Alert? Describe(string rule, in EventView e) => Alert(rule, time: e.TimeUnixNs) with { Event = "enforce.decision" };

    public IEventCondition? Compile(string condition, out string? reason)
    {
        reason = condition == "exec" ? null : "1:1: only 'exec' is understood here";
        return reason is null ? new ExecOnly() : null;
    }

    private sealed record Always : Condition;

    private sealed class ExecOnly : IEventCondition
    {
        public bool Matches(in EventView e) => e.Kind == EventKind.ProcessExec;
    }
}
