using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Enforcement;

/// <summary>
/// Does what rules ask for beside telling: keeps the kernel's policies in step with rules and containers, asks the collector for what
/// the kernel cannot do, and says in each alert what was done. Events, alerts and the end of a batch come on the pipeline's turn; all
/// else from any thread.
/// </summary>
public sealed class Enforcer : IEventOutput, IAsyncDisposable
{
    private readonly EnforcerOptions _options;
    private readonly PolicyIds _ids = new();
    private readonly PolicyTargets _targets;
    private readonly EnforcementUpdater _updater;
    private readonly DecisionPairing _pairing;
    private readonly Reactions _reactions;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private EnforcementAllowance _allowed = EnforcementAllowance.None;
    private EnforcementMode _mode;
    private bool _isAttached;
    private volatile EnforcementPlan _plan = EnforcementPlan.Empty;
    private EnforcementPlan? _pushed;
    private SetEnforcementRequest? _sent;
    private volatile string? _failure;
    private volatile bool _isRefused;

    /// <summary>With rules that are loaded already.</summary>
    public Enforcer(EnforcerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _mode) = (options, options.Mode);
        _targets = new PolicyTargets(options.Containers);
        _updater = new EnforcementUpdater(SendAsync, OnRefused, options.Time);
        _reactions = new Reactions(options.Signal, options.Publish, options.Log);
        _pairing = new DecisionPairing(Finish, options.Time);
        Replan();
    }

    /// <summary>What is done, and what is not.</summary>
    public EnforcementReport Report => new(_plan.Mode, _plan.Policies.Count, Volatile.Read(ref _sent)?.Targets.Count ?? 0, _updater.Unprotected)
    {
        IsPinned = _plan.Policies.Count > 0 && _allowed.IsPinned,
        Problems = [.. _plan.Problems, .. _failure is { } failure ? [failure] : Array.Empty<string>()],
    };

    /// <summary>Whose a policy is, by the collector's number of it.</summary>
    public (string Rule, RuleActions Action)? RuleOf(uint policy) => _ids.Find(EnforcementRequests.PolicyOf(policy));

    /// <inheritdoc/>
    public void Begin(EventPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _targets.Follow(pipeline.Containers);
    }

    /// <inheritdoc/>
    public void OnEvent(in EventView e)
    {
        if (e.Kind != EventKind.EnforceDecision || RuleOf(e.Record.AsEnforce().Fields.Policy) is not { } of
            || _options.Detection.Describe(of.Rule, e) is not { } alert)
        {
            return;
        }
        EnforceTraits traits = e.Record.AsEnforce().Traits;
        string action = Reactions.Name((traits & EnforceTraits.Killed) != 0 ? RuleActions.Kill : RuleActions.Deny, (traits & EnforceTraits.DryRun) != 0);
        _pairing.OnDecision(new ActKey(of.Rule, e.Record.Header.Tgid, e.Record.Header.StartNs), action, alert);
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        if (_targets.HaveChanged || _pushed != _plan || _isRefused)
        {
            Push();
        }
    }

    /// <summary>A rule fired.</summary>
    public void OnAlert(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        if (!_plan.Rules.TryGetValue(alert.Rule, out PlannedActions? planned) || alert is not { Process: { } process, Container: not null })
        {
            _options.Publish(alert);
        }
        else if (planned.IsInKernel)
        {
            _pairing.OnAlert(alert, new ActKey(alert.Rule, process.Pid, process.StartNs));
        }
        else
        {
            Finish(alert, null);
        }
    }

    /// <summary>Rules or the mode are others from now on. What is in force follows with <see cref="EndBatch"/>.</summary>
    /// <param name="mode">Null means as before.</param>
    public void Adopt(EnforcementMode? mode)
    {
        lock (_lock)
        {
            _mode = mode ?? _mode;
            Replan();
        }
    }

    /// <summary>A collector is there, and does this for us. What should be in force follows with <see cref="EndBatch"/>.</summary>
    /// <param name="status">Its own word; null when it has none.</param>
    public void Attach(EnforcementStatus? status)
    {
        lock (_lock)
        {
            (_allowed, _isAttached) = (EnforcementAllowance.Of(status), true);
            // An empty set is worth sending when somebody left one that is not, or may have.
            Volatile.Write(ref _sent, status is { SinceNs: not 0 } or { Pinned: true } ? null : new SetEnforcementRequest());
            Replan();
        }
    }

    /// <summary>The collector is gone, and what was in force with it, unless it is pinned.</summary>
    public void Lost()
    {
        bool isPinned;
        lock (_lock)
        {
            (_isAttached, isPinned) = (false, _allowed.IsPinned);
        }
        if (!isPinned)
        {
            _updater.Lost();
        }
    }

    /// <summary>Tells what waits, and waits for what is being done.</summary>
    public async Task StopAsync()
    {
        _pairing.Flush();
        await _reactions.SettledAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        _pairing.Dispose();
        _reactions.Dispose();
        _over.Dispose();
    }

    private void Replan()
    {
        IReadOnlyList<RuleStatus> rules = _options.Detection.Rules;
        EnforcementPlan plan = _isAttached || _mode == EnforcementMode.Off
            ? EnforcementPlan.Make(rules, _mode, _allowed, _ids)
            : EnforcementPlan.Empty with { Mode = _mode };
        foreach (string problem in plan.Problems.Except(_plan.Problems))
        {
            _options.Log.Write(LogPriority.Warning, problem);
        }
        _plan = plan;
    }

    private void Push()
    {
        EnforcementPlan plan = _plan;
        IReadOnlyList<PolicyTarget> targets = _targets.Take();
        lock (_lock)
        {
            (_pushed, _isRefused) = (plan, false);
            if (!_isAttached || (plan.Policies.Count == 0 && _sent is { Policies.Count: 0 }))
            {
                return;
            }
        }
        try
        {
            SetEnforcementRequest request = EnforcementRequests.Make(plan.Policies, targets);
            if (!request.Equals(_sent))
            {
                Volatile.Write(ref _sent, request);
                _ = _updater.SetAsync(request, _over.Token);
            }
        }
        catch (InvalidOperationException error)
        {
            Fail(error.Message);
        }
    }

    private async Task SendAsync(SetEnforcementRequest request, CancellationToken cancel)
    {
        await _options.SetPolicies(request, cancel).ConfigureAwait(false);
        _failure = null;
    }

    private void OnRefused(string reason)
    {
        Volatile.Write(ref _sent, null); // what is in force is not known any more: it is tried again
        _isRefused = true;
        Fail(reason);
    }

    private void Fail(string reason)
    {
        if (_failure != reason)
        {
            _options.Log.Write(LogPriority.Error, reason);
            _failure = reason;
        }
    }

    private void Finish(Alert alert, string? done)
    {
        RuleActions after = _plan.Rules.TryGetValue(alert.Rule, out PlannedActions? planned) ? planned.After : RuleActions.None;
        if (done is not null)
        {
            alert = alert with { Actions = [done] };
            after &= ~RuleActions.Kill;
        }
        if (after == RuleActions.None)
        {
            _options.Publish(alert);
            return;
        }
        _reactions.Begin(alert, after, _plan.Mode == EnforcementMode.DryRun);
    }
}

/// <summary>How enforcement goes.</summary>
/// <param name="Mode">Whether anything is done.</param>
/// <param name="Policies">Rules' actions that the kernel does.</param>
/// <param name="Targets">Cgroups that they are for.</param>
/// <param name="Unprotected">How long they were not in force, because the collector had died.</param>
public sealed record EnforcementReport(EnforcementMode Mode, int Policies, int Targets, TimeSpan Unprotected)
{
    /// <summary>Whether they stay in force when the collector ends.</summary>
    public bool IsPinned { get; init; }

    /// <summary>What is not done as rules ask for it, a line each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
