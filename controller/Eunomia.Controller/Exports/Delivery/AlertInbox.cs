namespace Eunomia.Controller.Exports.Delivery;

/// <summary>
/// Alerts in memory, on their way to the spool or, when that cannot be written, to the transport. Bounded by bytes: when
/// full the oldest goes and is counted. Whoever takes some says what became of them, so that every one is always in the
/// account. For several threads.
/// </summary>
internal sealed class AlertInbox(long size)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<EncodedAlert> _alerts = [];
    private TaskCompletionSource? _empty;
    private long _bytes;
    private int _taken;

    /// <summary>How many had to go.</summary>
    public long Lost { get; private set; }

    /// <summary>How many are here or were taken and not put back or done.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _alerts.Count + _taken;
            }
        }
    }

    /// <summary>Never waits.</summary>
    public void Add(EncodedAlert alert)
    {
        lock (_lock)
        {
            _alerts.AddLast(alert);
            _bytes += alert.Json.Length;
            Trim();
        }
    }

    /// <summary>Takes the oldest ones.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="inOrder">None while older ones are taken.</param>
    public List<EncodedAlert> Take(int most, bool inOrder)
    {
        lock (_lock)
        {
            List<EncodedAlert> taken = [];
            while ((_taken == 0 || !inOrder) && taken.Count < most && _alerts.First is { } first)
            {
                taken.Add(first.Value);
                _alerts.RemoveFirst();
            }
            _taken += taken.Count;
            return taken;
        }
    }

    /// <summary>So many of the taken ones are no longer this inbox's; the others come back to the front.</summary>
    public void Settle(IReadOnlyList<EncodedAlert> taken, int done)
    {
        lock (_lock)
        {
            for (int i = taken.Count - 1; i >= done; i--)
            {
                _alerts.AddFirst(taken[i]);
            }
            _bytes -= taken.Take(done).Sum(alert => (long)alert.Json.Length);
            _taken -= taken.Count;
            Trim();
            if (_taken == 0 && _alerts.Count == 0)
            {
                _empty?.TrySetResult();
                _empty = null;
            }
        }
    }

    /// <summary>Gives up everything; returns how many that was.</summary>
    public int Clear()
    {
        lock (_lock)
        {
            int count = _alerts.Count + _taken;
            _alerts.Clear();
            (_bytes, _taken) = (0, 0);
            _empty?.TrySetResult();
            return count;
        }
    }

    /// <summary>Ends when nothing is here any more.</summary>
    public Task EmptyAsync()
    {
        lock (_lock)
        {
            return _taken == 0 && _alerts.Count == 0
                ? Task.CompletedTask
                : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Trim()
    {
        while (_bytes > size && _alerts.Count > 1)
        {
            _bytes -= _alerts.First!.Value.Json.Length;
            _alerts.RemoveFirst();
            Lost++;
        }
    }
}
