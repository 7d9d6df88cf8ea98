using Eunomia.Core.Events;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// Runs rules over events: all that match fire. Takes events on one thread and allocates nothing until a rule fires. Another
/// set of rules may be given at any time, by any thread; it holds from the next event on, and sequences begin anew.
/// </summary>
public sealed class RuleEngine : IEventSink
{
    private readonly FieldScratch _scratch;
    private readonly AlertBuilder _alerts;
    private readonly Action<Alert> _fired;
    private readonly List<CompiledRule> _atStart = [];
    private readonly List<CompiledRule> _matched = [];
    private readonly SequenceTracker _sequences;
    private CompiledRules _rules;
    private CompiledRules _current = CompiledRules.Empty;
    private (ulong TimeNs, uint Tgid) _start;

    /// <summary>An engine that runs a set of rules.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="fired">Gets each alert, on the thread that hands in events.</param>
    /// <param name="options">What the rules may ask beside the events.</param>
    public RuleEngine(CompiledRules rules, Action<Alert> fired, RuleEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_rules, _fired) = (rules, fired);
        _scratch = new FieldScratch(options.Hostname, options.Accounts);
        _alerts = new AlertBuilder(options.Hostname, _scratch);
        _sequences = new SequenceTracker(_scratch, Fire);
    }

    /// <summary>The rules; a new set holds from the next event on.</summary>
    public CompiledRules Rules
    {
        get => Volatile.Read(ref _rules);
        set => Volatile.Write(ref _rules, value);
    }

    /// <summary>Events looked at.</summary>
    public long Events => _scratch.Number;

    /// <summary>Alerts made.</summary>
    public long Fired { get; private set; }

    /// <summary>Begun sequences that were given up because there were too many.</summary>
    public long SequencesEvicted => _sequences.Evicted;

    /// <summary>Begun sequences that wait for their next step.</summary>
    public int SequencesOpen => _sequences.Count;

    /// <inheritdoc/>
    public void OnEvent(in EventView e)
    {
        CompiledRules rules = Volatile.Read(ref _rules);
        if (!ReferenceEquals(rules, _current))
        {
            Adopt(rules);
        }

        int slot = EventTypes.Slot(e.Kind);
        SequenceStep[] steps = rules.Steps[slot];
        _scratch.Begin();
        if ((rules.Programs[slot].Length == 0 && steps.Length == 0) || (e.Kind == EventKind.SyscallCall && EventTypes.IsToldOtherwise(e)))
        {
            return;
        }

        rules.Trees[slot].Match(e, _scratch, _matched);
        if (_matched.Count > 0)
        {
            FireMatched(e);
        }

        if (steps.Length > 0)
        {
            _sequences.OnEvent(steps, e);
        }
    }

    /// <summary>
    /// The alert that a rule makes of an event that its condition did not judge: what somebody else found to be its case. Null
    /// when there is no such rule any more.
    /// </summary>
    /// <param name="rule">Its name.</param>
    /// <param name="e">The event.</param>
    public Alert? Describe(string rule, in EventView e)
    {
        if (Volatile.Read(ref _rules).Find(rule) is not { } compiled)
        {
            return null;
        }

        _scratch.Begin();
        return _alerts.Build(compiled, e);
    }

    private void Adopt(CompiledRules rules)
    {
        _current = rules;
        _scratch.Answers = new long[rules.Answers];
        _atStart.Clear();
        _sequences.Restart();
    }

    /// <summary>In the order in which the rules stand.</summary>
    private void FireMatched(in EventView e)
    {
        _matched.Sort(static (a, b) => a.Index.CompareTo(b.Index));
        foreach (CompiledRule rule in _matched)
        {
            Fire(rule, e);
        }

        _matched.Clear();
    }

    /// <summary>A container's start and its init's exec come from one record: a rule that fits both fires for the first.</summary>
    private void Fire(CompiledRule rule, in EventView e)
    {
        (ulong TimeNs, uint Tgid) record = (e.Record.Header.TsNs, e.Record.Header.Tgid);
        if (e.Kind == EventKind.ContainerStart)
        {
            if (record != _start)
            {
                _start = record;
                _atStart.Clear();
            }

            _atStart.Add(rule);
        }
        else if (e.Kind == EventKind.ProcessExec && record == _start && _atStart.Contains(rule))
        {
            return;
        }

        Fired++;
        _fired(_alerts.Build(rule, e));
    }
}
