using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Enforcement;

/// <summary>
/// Brings together what the rules found and what the kernel decided: one act can be told by an event, by a decision, or by
/// both, in either order, and is one alert. An alert waits a moment for the kernel's word; a decision waits as long for the
/// event that tells more. For several threads; calls nobody while locked.
/// </summary>
/// <param name="told">An alert is complete: with what the kernel did, or null when it did nothing.</param>
/// <param name="time">Clock and timers.</param>
internal sealed class DecisionPairing(Action<Alert, string?> told, TimeProvider time) : IDisposable
{
    /// <summary>How long one waits for the other.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private const int Most = 4096;
    private readonly Lock _lock = new();
    private readonly Dictionary<ActKey, Act> _acts = [];
    private ITimer? _timer;

    /// <summary>A rule fired.</summary>
    public void OnAlert(Alert alert, in ActKey key)
    {
        string? action = null;
        lock (_lock)
        {
            if (Find(key) is not { } act)
            {
                // Too many at once: it is told as it is.
            }
            else if (act.Action is null)
            {
                act.WaitsSince = act.Alerts.Count == 0 ? time.GetTimestamp() : act.WaitsSince;
                act.Alerts.Add(alert);
                return;
            }
            else
            {
                (action, act.IsTold, act.Own) = (act.Action, true, null);
            }
        }
        told(alert, action);
    }

    /// <summary>The kernel decided.</summary>
    /// <param name="key">Whose case it was.</param>
    /// <param name="action">What it did.</param>
    /// <param name="own">The alert that the decision itself makes, in case no event does.</param>
    public void OnDecision(in ActKey key, string action, Alert own)
    {
        List<Alert> ready = [];
        lock (_lock)
        {
            if (Find(key) is not { } act)
            {
                ready.Add(own);
            }
            else
            {
                act.Action = action;
                if (act.Alerts.Count > 0)
                {
                    ready.AddRange(act.Alerts);
                    act.Alerts.Clear();
                    act.IsTold = true;
                }
                else if (!act.IsTold)
                {
                    act.WaitsSince = act.Own is null ? time.GetTimestamp() : act.WaitsSince;
                    act.Own = act.Own is { } first ? first with { Count = first.Count + 1, LastUnixNs = own.LastUnixNs } : own;
                }
            }
        }
        ready.ForEach(alert => told(alert, action));
    }

    /// <summary>What waits has waited for long enough.</summary>
    public void Flush() => Settle(TimeSpan.Zero);

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private Act? Find(in ActKey key)
    {
        if (_acts.TryGetValue(key, out Act? act))
        {
            return act;
        }
        if (_acts.Count >= Most)
        {
            return null;
        }
        _timer ??= time.CreateTimer(_ => Settle(Wait), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_acts.Count == 0)
        {
            _timer.Change(Tick, Tick);
        }
        return _acts[key] = new Act(time.GetTimestamp());
    }

    private void Settle(TimeSpan wait)
    {
        List<(Alert Alert, string? Action)> ready = [];
        lock (_lock)
        {
            foreach ((ActKey key, Act act) in _acts)
            {
                if (time.GetElapsedTime(act.WaitsSince) >= wait)
                {
                    ready.AddRange(act.Alerts.Select(alert => (alert, (string?)null)));
                    act.Alerts.Clear();
                    if (act.Own is { } own)
                    {
                        ready.Add((own, act.Action));
                        (act.Own, act.IsTold) = (null, true);
                    }
                }
                if (act is { Own: null, Alerts.Count: 0 } && time.GetElapsedTime(act.Since) >= Memory)
                {
                    _acts.Remove(key);
                }
            }
            if (_acts.Count == 0)
            {
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
        ready.ForEach(one => told(one.Alert, one.Action));
    }

    private sealed class Act(long since)
    {
        public long Since { get; } = since;

        public long WaitsSince { get; set; } = since;

        public List<Alert> Alerts { get; } = [];

        public string? Action { get; set; }

        /// <summary>Whether an alert told of the decision.</summary>
        public bool IsTold { get; set; }

        public Alert? Own { get; set; }
    }
}

/// <summary>A rule and the process whose act is its case.</summary>
internal readonly record struct ActKey(string Rule, uint Pid, ulong StartNs);
