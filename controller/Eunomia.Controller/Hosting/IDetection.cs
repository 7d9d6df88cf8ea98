using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Hosting;

/// <summary>
/// The rules at work, as the daemon sees them. Events come one at a time, on the pipeline's turn; everything else may be
/// called by any thread at any time, so what is in force is a snapshot that a reload swaps.
/// </summary>
public interface IDetection
{
    /// <summary>What the rules in force need to see. Life-cycle kinds always come.</summary>
    Demand Demand { get; }

    /// <summary>Takes the events. It may be handed kinds that no rule needs, because a client wants them.</summary>
    IEventSink Sink { get; }

    /// <summary>What is loaded, in the order of the files.</summary>
    IReadOnlyList<RuleStatus> Rules { get; }

    /// <summary>A rule fired: raised during the event, on the pipeline's turn.</summary>
    event Action<Alert>? Fired;

    /// <summary>Called once, before the first event: the tables behind the events, for reading during an event only.</summary>
    void Begin(EventPipeline pipeline);

    /// <summary>Reads rules again, all or nothing: where anything is wrong, nothing has changed.</summary>
    /// <param name="paths">Files and folders; empty means the default rules.</param>
    ReloadResult Reload(IReadOnlyList<string> paths);

    /// <summary>The alert of a rule for an event that the kernel found to be its case; null when there is no such rule. On the pipeline's turn.</summary>
    Alert? Describe(string rule, in EventView e);

    /// <summary>Compiles a condition of a client; null with a line that says what is wrong with it.</summary>
    IEventCondition? Compile(string condition, out string? reason);
}

/// <summary>A condition of the rule language, compiled.</summary>
public interface IEventCondition
{
    /// <summary>Whether an event is as it says. On the pipeline's turn only.</summary>
    bool Matches(in EventView e);
}

/// <summary>A rule that is loaded.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Unobservable">Why this host cannot see what it needs; null when it can.</param>
/// <param name="IsSequence">Whether it has steps: its condition is that of the last one.</param>
public sealed record RuleStatus(Rule Rule, string? Unobservable = null, bool IsSequence = false);

/// <summary>What came of reading configuration or rules again.</summary>
/// <param name="Errors">Why nothing has changed, a line each with file, line and column; empty when it was reloaded.</param>
/// <param name="Warnings">What is worth knowing although it was.</param>
public sealed record ReloadResult(IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings)
{
    /// <summary>Nothing to tell.</summary>
    public static ReloadResult Success { get; } = new([], []);

    /// <summary>What becomes of rules' actions from now on; null means as before.</summary>
    public EnforcementMode? Enforcement { get; init; }

    /// <summary>Whether it was.</summary>
    public bool Reloaded => Errors.Count == 0;
}
