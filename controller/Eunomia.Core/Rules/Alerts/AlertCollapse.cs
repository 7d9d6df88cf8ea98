namespace Eunomia.Core.Rules.Alerts;

/// <summary>
/// Makes one alert out of repeats. The first comes at once; what repeats it is counted, and told when the window ends,
/// with the last one's values. As long as there are repeats the next window follows on the last; after one without, the
/// next is a first again. Counts of all that comes out add up to what went in. Critical ones and worse go through
/// untouched. Not for several threads.
/// </summary>
public sealed class AlertCollapse
{
    private const long Tick = 100;
    private readonly CollapseOptions _options;
    private readonly Action<Alert> _output;
    private readonly long _window;
    private readonly Dictionary<AlertKey, Entry> _entries = [];
    private readonly Dictionary<AlertKey, int> _distinct = [];
    private readonly Queue<Entry> _order = new(); // all windows are equally long: the first to begin is the first to end
    private long _now = long.MinValue;

    /// <summary>Everything that comes out is handed to this, in order.</summary>
    public AlertCollapse(CollapseOptions options, Action<Alert> output)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.DistinctValues, 1);
        (_options, _output, _window) = (options, output, options.Window.Ticks * Tick);
    }

    /// <summary>How many windows are open; never more than the capacity.</summary>
    public int Open => _entries.Count;

    /// <summary>Takes an alert.</summary>
    /// <param name="alert">What fired.</param>
    /// <param name="now">Nanoseconds of a clock that does not go back; where it does, it stands still.</param>
    public void Add(Alert alert, long now)
    {
        ArgumentNullException.ThrowIfNull(alert);
        Advance(now);
        if (_window == 0 || alert.Priority <= RulePriority.Critical)
        {
            _output(alert);
            return;
        }

        AlertKey scope = AlertKey.OfScope(alert);
        AlertKey key = AlertKey.OfValues(alert, scope);
        if (!_entries.TryGetValue(key, out Entry? entry) && IsFull(scope))
        {
            key = scope;
            _entries.TryGetValue(key, out entry);
        }

        if (entry is null)
        {
            Begin(key, scope);
            _output(alert);
        }
        else
        {
            entry.Count(alert);
        }
    }

    /// <summary>Tells what has been counted in the windows that have ended.</summary>
    public void Advance(long now)
    {
        _now = Math.Max(_now, now);
        while (_order.TryPeek(out Entry? oldest) && oldest.EndNs <= _now)
        {
            _order.Dequeue();
            if (!Tell(oldest))
            {
                Forget(oldest);
                continue;
            }

            oldest.EndNs = _now + _window;
            _order.Enqueue(oldest);
        }
    }

    /// <summary>Tells all that has been counted and forgets everything.</summary>
    public void Flush()
    {
        while (_order.TryDequeue(out Entry? oldest))
        {
            Tell(oldest);
            Forget(oldest);
        }
    }

    private bool IsFull(in AlertKey scope) => _distinct.GetValueOrDefault(scope) >= _options.DistinctValues;

    private void Begin(in AlertKey key, in AlertKey scope)
    {
        if (_entries.Count >= _options.Capacity && _order.TryDequeue(out Entry? oldest))
        {
            Tell(oldest);
            Forget(oldest);
        }

        var entry = new Entry(key, scope) { EndNs = _now + _window };
        _entries.Add(key, entry);
        _order.Enqueue(entry);
        _distinct[scope] = _distinct.GetValueOrDefault(scope) + 1;
    }

    private void Forget(Entry entry)
    {
        _entries.Remove(entry.Key);
        int left = _distinct[entry.Scope] - 1;
        if (left > 0)
        {
            _distinct[entry.Scope] = left;
        }
        else
        {
            _distinct.Remove(entry.Scope);
        }
    }

    private bool Tell(Entry entry)
    {
        if (entry.Take() is not { } alert)
        {
            return false;
        }

        _output(alert);
        return true;
    }

    private sealed class Entry(AlertKey key, AlertKey scope)
    {
        private Alert? _last;
        private long _count;
        private long _firstNs;
        private long _lastNs;

        public AlertKey Key { get; } = key;

        public AlertKey Scope { get; } = scope;

        public long EndNs { get; set; }

        public void Count(Alert alert)
        {
            _firstNs = _count == 0 ? alert.TimeUnixNs : Math.Min(_firstNs, alert.TimeUnixNs);
            _lastNs = _count == 0 ? alert.LastUnixNs : Math.Max(_lastNs, alert.LastUnixNs);
            _count += alert.Count;
            _last = alert;
        }

        public Alert? Take()
        {
            Alert? told = _last is null ? null : _last with { TimeUnixNs = _firstNs, LastUnixNs = _lastNs, Count = _count };
            (_last, _count) = (null, 0);
            return told;
        }
    }
}
