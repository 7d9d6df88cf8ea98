using Eunomia.Controller.Hosting;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Controller.Enforcement;

/// <summary>What is done of what rules ask for, and by whom. Pure.</summary>
/// <param name="Mode">Whether it is done.</param>
/// <param name="Policies">What the kernel does.</param>
/// <param name="Rules">Of each rule with an action, by its name.</param>
public sealed record EnforcementPlan(
    EnforcementMode Mode, IReadOnlyList<KernelPolicy> Policies, IReadOnlyDictionary<string, PlannedActions> Rules)
{
    private const RuleActions Handled = RuleActions.Kill | RuleActions.KillContainer | RuleActions.Deny;

    /// <summary>No rule does anything.</summary>
    public static EnforcementPlan Empty { get; } = new(EnforcementMode.Off, [], new Dictionary<string, PlannedActions>());

    /// <summary>What is not done as a rule asks for, a line each.</summary>
    public IEnumerable<string> Problems => Rules.SelectMany(rule => rule.Value.Problems.Select(problem => $"rule '{rule.Key}': {problem}"));

    /// <summary>Makes a plan.</summary>
    /// <param name="rules">All that are loaded.</param>
    /// <param name="mode">Whether anything is done.</param>
    /// <param name="allowed">What the collector does for us.</param>
    /// <param name="ids">Numbers the policies.</param>
    public static EnforcementPlan Make(
        IReadOnlyList<RuleStatus> rules, EnforcementMode mode, EnforcementAllowance allowed, PolicyIds ids)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(allowed);
        ArgumentNullException.ThrowIfNull(ids);
        var planned = new Dictionary<string, PlannedActions>();
        var policies = new List<KernelPolicy>();
        foreach (RuleStatus status in rules.Where(status => status.Rule.Enabled && (status.Rule.Actions & Handled) != 0))
        {
            planned[status.Rule.Name] = mode == EnforcementMode.Off
                ? new PlannedActions(false, RuleActions.None, ["its actions are not done: enforcement is off (--enforce on, or dry-run)"])
                : Plan(status, mode, allowed, ids, policies);
        }
        return new EnforcementPlan(mode, policies, planned);
    }

    private static PlannedActions Plan(
        RuleStatus status, EnforcementMode mode, EnforcementAllowance allowed, PolicyIds ids, List<KernelPolicy> policies)
    {
        Rule rule = status.Rule;
        List<string> problems = [];
        RuleActions after = rule.Actions & (RuleActions.Kill | RuleActions.KillContainer);
        int before = policies.Count;
        if (after != 0 && !allowed.Signals)
        {
            problems.Add("nothing is killed: the collector was started without --allow signal");
            after = RuleActions.None;
        }
        foreach (RuleActions action in new[] { RuleActions.Deny, after & RuleActions.Kill }.Where(action => action != 0 && rule.Actions.HasFlag(action)))
        {
            bool denies = action == RuleActions.Deny;
            if (denies && !allowed.Denies)
            {
                problems.Add("nothing is denied: the collector was started without --allow deny");
            }
            else if (Reduce(status, denies, allowed.Host) is { IsInKernel: false } reduction)
            {
                problems.Add(reduction.Problem!);
            }
            else
            {
                IReadOnlyList<KernelForm> forms = Reduce(status, denies, allowed.Host).Forms;
                policies.Add(new KernelPolicy(ids.Of(rule.Name, action), denies, mode == EnforcementMode.DryRun, forms));
            }
        }
        return new PlannedActions(policies.Count > before, after, problems);
    }

    private static KernelReduction Reduce(RuleStatus status, bool denies, EnforcementAbilities host) => status.IsSequence
        ? new KernelReduction([], denies ? "cannot be denied: a sequence is known when it is over" : "reacts after the event: it is a sequence")
        : KernelReducer.Reduce(status.Rule.Condition, denies, host);
}

/// <summary>What is done of what a rule asks for.</summary>
/// <param name="IsInKernel">The kernel does something before the event is over, and tells of it.</param>
/// <param name="After">What the collector is asked for once the rule has fired, as far as the kernel has not done it.</param>
/// <param name="Problems">What is not as the rule wants it.</param>
public sealed record PlannedActions(bool IsInKernel, RuleActions After, IReadOnlyList<string> Problems);
