using Eunomia.Controller.Exports.Spooling;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Sends until the transport has taken everything, with pauses after failures. One task at a time.</summary>
internal sealed class AlertSender(IAlertTransport transport, DeliveryOptions options, TimeProvider time, IAlertOutputObserver observer)
{
    private readonly OutputHealth _health = new(transport.Name, observer);
    private readonly Backoff _backoff = new(options.FirstPause, options.LongestPause);
    private long _delivered;
    private long _retried;
    private long _refused;
    private long _unreadable;
    private volatile SpoolBatch? _current;
    private volatile bool _isEnding;

    public long Delivered => Interlocked.Read(ref _delivered);

    public long Retried => Interlocked.Read(ref _retried);

    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Whole records that are no alerts.</summary>
    public long Unreadable => Interlocked.Read(ref _unreadable);

    public string? Failure => _health.Failure;

    /// <summary>Alerts that are being sent and that the spool, being full, has given up.</summary>
    public int Orphans => _current is { IsDropped: true } batch ? batch.Payloads.Count - batch.Done : 0;

    /// <summary>From now on a failure is not followed by another attempt where the alerts are kept on disk.</summary>
    public void End() => _isEnding = true;

    /// <summary>Gives them up; returns how many that was.</summary>
    public int TakeOrphans()
    {
        int count = Orphans;
        _current = null;
        return count;
    }

    /// <summary>Sends a batch of the spool; false when the end came before it was done.</summary>
    public async Task<bool> SendAsync(Spool spool, SpoolBatch batch, CancellationToken cancellation)
    {
        _current = batch;
        while (batch.Done < batch.Payloads.Count)
        {
            List<Alert> alerts = ReadableOf(batch);
            if (alerts.Count == 0)
            {
                Interlocked.Increment(ref _unreadable);
                spool.Done(batch, 1);
            }
            else if (await SendAllAsync(alerts, count => spool.Done(batch, count), isKept: true, cancellation).ConfigureAwait(false) < alerts.Count)
            {
                return false;
            }
        }
        _current = null;
        return true;
    }

    /// <summary>Sends alerts from memory; returns how many were done before one failed.</summary>
    public Task<int> SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation) =>
        SendAllAsync([.. alerts], static _ => { }, isKept: false, cancellation);

    // Those up to the first one that is no alert.
    private static List<Alert> ReadableOf(SpoolBatch batch)
    {
        List<Alert> alerts = [];
        for (int i = batch.Done; i < batch.Payloads.Count && AlertJsonReader.Read(batch.Payloads[i]) is { } alert; i++)
        {
            alerts.Add(alert);
        }
        return alerts;
    }

    private async Task<int> SendAllAsync(List<Alert> alerts, Action<int> done, bool isKept, CancellationToken cancellation)
    {
        int at = 0;
        bool isOneByOne = false;
        while (at < alerts.Count)
        {
            List<Alert> part = alerts.GetRange(at, isOneByOne ? 1 : alerts.Count - at);
            try
            {
                await SendOnceAsync(part, cancellation).ConfigureAwait(false);
                Interlocked.Add(ref _delivered, part.Count);
                _health.Note(null);
            }
            catch (AlertRefusedException error) when (part.Count == 1)
            {
                Interlocked.Increment(ref _refused);
                observer.Refused(transport.Name, part[0].Id, error.Message);
            }
            catch (AlertRefusedException)
            {
                isOneByOne = true;
                continue;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return at;
            }
            catch (Exception error)
            {
                if (!await PauseAsync(part.Count, error, isKept, cancellation).ConfigureAwait(false))
                {
                    return at;
                }
                continue;
            }
            _backoff.Reset();
            at += part.Count;
            done(part.Count);
        }
        return at;
    }

    private async Task SendOnceAsync(List<Alert> part, CancellationToken cancellation)
    {
        if (options.IsPatient)
        {
            await SendPatientlyAsync(part, cancellation).ConfigureAwait(false);
            return;
        }
        using var limit = new CancellationTokenSource(options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await transport.SendAsync(part, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {options.Timeout.TotalSeconds:0.###} s");
        }
    }

    private async Task SendPatientlyAsync(List<Alert> part, CancellationToken cancellation)
    {
        Task sending = transport.SendAsync(part, cancellation);
        try
        {
            await sending.WaitAsync(options.Timeout, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _health.Note($"has taken nothing for {options.Timeout.TotalSeconds:0.###} s");
            await sending.ConfigureAwait(false);
        }
    }

    // False when this batch gets no other attempt.
    private async Task<bool> PauseAsync(int count, Exception error, bool isKept, CancellationToken cancellation)
    {
        _health.Note(error.Message);
        if (_isEnding && isKept)
        {
            return false;
        }
        Interlocked.Add(ref _retried, count);
        try
        {
            await Task.Delay(_backoff.Next(), time, cancellation).ConfigureAwait(false);
            return isKept; // those in memory go back there, from where the spool may be able to take them by now
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
