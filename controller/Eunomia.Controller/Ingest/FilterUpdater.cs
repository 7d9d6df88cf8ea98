using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>Sends the changes of a kernel filter, one request at a time, without holding up the stream.</summary>
internal sealed class FilterUpdater(
    KernelFilter filter,
    Func<UpdateFilterRequest, CancellationToken, Task> send,
    Action<string> notice,
    CancellationToken cancel)
{
    private readonly Lock _lock = new();
    private Task _sending = Task.CompletedTask;
    private bool _busy;

    /// <summary>Makes sure that the changes noted so far are sent, soon.</summary>
    public void Pump()
    {
        lock (_lock)
        {
            if (_busy)
            {
                return; // whoever sends looks again before it stops
            }
            _busy = true;
            _sending = Task.Run(SendAllAsync);
        }
    }

    /// <summary>Completes when the collector has taken, or refused, what was noted when this was called.</summary>
    public Task WhenSentAsync()
    {
        Pump();
        lock (_lock)
        {
            return _sending;
        }
    }

    private async Task SendAllAsync()
    {
        try
        {
            while (Next() is { } request)
            {
                await send(request, cancel).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            lock (_lock)
            {
                _busy = false;
            }
            if (error is CollectorException { IsTransient: false })
            {
                notice($"cannot change the kernel's filter, more events than needed may pass it: {error.Message}");
            }
        }
    }

    private UpdateFilterRequest? Next()
    {
        lock (_lock)
        {
            UpdateFilterRequest? request = filter.TakeChanges();
            _busy = request is not null;
            return request;
        }
    }
}
