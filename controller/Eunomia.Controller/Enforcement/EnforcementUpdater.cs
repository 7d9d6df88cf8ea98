using Eunomia.Controller.Ingest;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Enforcement;

/// <summary>
/// Keeps what is in force in step with what should be: the newest set is sent, one at a time. Accounts for how long nothing was in
/// force because the collector was gone.
/// </summary>
/// <param name="send">Puts a set into force: <see cref="CollectorClient.SetEnforcementAsync"/>.</param>
/// <param name="failed">Is told, in a line, what could not be put into force; what was before stays.</param>
/// <param name="time">Clock and timers.</param>
public sealed class EnforcementUpdater(
    Func<SetEnforcementRequest, CancellationToken, Task> send, Action<string> failed, TimeProvider time)
{
    /// <summary>What the collector takes in the long run: 20 sets a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>After a refusal, before another attempt.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private SetEnforcementRequest? _wanted;
    private SetEnforcementRequest? _next;
    private Task _sending = Task.CompletedTask;
    private bool _isBusy;
    private long _lostAt;
    private TimeSpan _unprotected;

    /// <summary>How long policies that were wanted were not in force, because the collector had died.</summary>
    public TimeSpan Unprotected
    {
        get
        {
            lock (_lock)
            {
                return _lostAt == 0 ? _unprotected : _unprotected + time.GetElapsedTime(_lostAt);
            }
        }
    }

    /// <summary>What should be in force from now on. Several in a row are sent as one. Completes when it was sent, or refused.</summary>
    public Task SetAsync(SetEnforcementRequest wanted, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        lock (_lock)
        {
            _wanted = _next = wanted;
            return Pump(cancel);
        }
    }

    /// <summary>The collector is gone, and what was in force with it.</summary>
    public void Lost()
    {
        lock (_lock)
        {
            if (_lostAt == 0 && _wanted is { Policies.Count: > 0 })
            {
                _lostAt = time.GetTimestamp();
            }
        }
    }

    private Task Pump(CancellationToken cancel)
    {
        if (!_isBusy && _next is not null)
        {
            _isBusy = true;
            _sending = Task.Run(() => SendAllAsync(cancel), CancellationToken.None);
        }

        return _sending;
    }

    private async Task SendAllAsync(CancellationToken cancel)
    {
        while (Take(cancel) is { } request)
        {
            try
            {
                await send(request, cancel).ConfigureAwait(false);
                Protected();
                await Task.Delay(Pause, time, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // It is over.
            }
            catch (CollectorException error)
            {
                failed($"policies could not be put into force: {error.Message}");
                await RestAsync(cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task RestAsync(CancellationToken cancel)
    {
        try
        {
            await Task.Delay(Rest, time, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }

    private SetEnforcementRequest? Take(CancellationToken cancel)
    {
        lock (_lock)
        {
            SetEnforcementRequest? request = cancel.IsCancellationRequested ? null : _next;
            _next = null;
            _isBusy = request is not null;
            return request;
        }
    }

    private void Protected()
    {
        lock (_lock)
        {
            _unprotected += _lostAt == 0 ? TimeSpan.Zero : time.GetElapsedTime(_lostAt);
            _lostAt = 0;
        }
    }
}
