namespace Eunomia.Controller.Ingest;

/// <summary>
/// Ends a stream whose next batch does not come in time. Only waiting counts: as long as a batch is being written to a
/// slow terminal, the collector is not to blame.
/// </summary>
internal sealed class StreamDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly Lock _lock = new();
    private TimeSpan _limit = Timeout.InfiniteTimeSpan;
    private bool _waiting;

    public StreamDeadline(TimeProvider time) => _source = new(Timeout.InfiniteTimeSpan, time);

    /// <summary>Cancelled when a batch came too late, or when the stream is over.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>From now on each batch may take this long.</summary>
    public void Limit(TimeSpan limit)
    {
        lock (_lock)
        {
            _limit = limit;
            if (_waiting)
            {
                _source.CancelAfter(limit);
            }
        }
    }

    public void BeginWait()
    {
        lock (_lock)
        {
            _waiting = true;
            _source.CancelAfter(_limit);
        }
    }

    public void EndWait()
    {
        lock (_lock)
        {
            _waiting = false;
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _source.Cancel();
        _source.Dispose();
    }
}
