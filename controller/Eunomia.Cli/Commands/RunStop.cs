namespace Eunomia.Cli.Commands;

/// <summary>When a run ends: told from outside, its output failed, or its time is over.</summary>
internal sealed class RunStop : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration[] _causes;
    private readonly TimeSpan? _limit;

    public RunStop(TimeSpan? limit, TimeProvider time, params ReadOnlySpan<CancellationToken> causes)
    {
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _limit = limit;
        _causes = new CancellationTokenRegistration[causes.Length];
        for (int i = 0; i < causes.Length; i++)
        {
            _causes[i] = causes[i].UnsafeRegister(Cancel, _source);
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>From now on the time runs.</summary>
    public void StartTime()
    {
        if (_limit is { } limit)
        {
            _source.CancelAfter(limit);
        }
    }

    public void Dispose()
    {
        foreach (CancellationTokenRegistration cause in _causes)
        {
            cause.Dispose();
        }
        _source.Dispose();
    }

    private static void Cancel(object? source) => (source as CancellationTokenSource)?.Cancel();
}
