using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Sends the changes of a kernel filter, one request at a time, without holding up the stream. What could not be added
/// is told as missed; what could not be removed only costs time, since the pipeline decides exactly.
/// </summary>
internal sealed class FilterUpdater(
    KernelFilter filter,
    Func<UpdateFilterRequest, CancellationToken, Task> send,
    Action<string> missed,
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
        while (Next() is { } request)
        {
            try
            {
                await send(request, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The stream is over; the next one begins with everything in it.
            }
            catch (CollectorException error)
            {
                NoteFailure(request, error);
            }
        }
    }

    private void NoteFailure(UpdateFilterRequest request, CollectorException error)
    {
        bool streamIsOver = error.Fault is CollectorFault.ConnectionLost or CollectorFault.NotPossible;
        if (!streamIsOver && request.AddCgroupKeys.Count + request.AddPids.Count > 0)
        {
            missed($"the kernel's filter does not take all that was selected, events may be missing: {error.Message}");
        }
    }

    private UpdateFilterRequest? Next()
    {
        lock (_lock)
        {
            // Changes after the end of this stream belong to the next one.
            UpdateFilterRequest? request = cancel.IsCancellationRequested ? null : filter.TakeChanges();
            _busy = request is not null;
            return request;
        }
    }
}
