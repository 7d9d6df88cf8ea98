using Eunomia.Controller.Ingest;
using Eunomia.Core.Containers;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Containers;

/// <summary>Asks the collector for the name and image of each new container, and hands the answers to the pipeline.</summary>
internal sealed class ContainerInspector(
    Func<string, CancellationToken, Task<InspectContainerResponse?>> inspect,
    Func<string, ContainerMetadata?, ValueTask> apply,
    TimeProvider time,
    int attempts = ContainerInspector.Attempts) : IAsyncDisposable
{
    /// <summary>Questions asked at the same time.</summary>
    public const int Concurrency = 4;

    /// <summary>Times a new container is asked for: a runtime may write its files a moment after the cgroup.</summary>
    public const int Attempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly SemaphoreSlim _slots = new(Concurrency, Concurrency);
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private readonly List<string> _unasked = [];

    /// <summary>Asks for a container; returns at once.</summary>
    public void Ask(string id)
    {
        lock (_lock)
        {
            Task task = Task.Run(() => AskAsync(id));
            _running.Add(task);
            _ = task.ContinueWith(Forget, TaskScheduler.Default);
        }
    }

    /// <summary>Asks again for what a lost collector left without an answer.</summary>
    public void Resume()
    {
        string[] ids;
        lock (_lock)
        {
            ids = [.. _unasked];
            _unasked.Clear();
        }
        foreach (string id in ids)
        {
            Ask(id);
        }
    }

    /// <summary>Completes when everything asked so far has its answer, or after the given time.</summary>
    public async Task WhenIdleAsync(TimeSpan timeout)
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _running];
        }
        try
        {
            await Task.WhenAll(running).WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await WhenIdleAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        _life.Dispose();
        _slots.Dispose();
    }

    private async Task AskAsync(string id)
    {
        try
        {
            await _slots.WaitAsync(_life.Token).ConfigureAwait(false);
            try
            {
                await AnswerAsync(id).ConfigureAwait(false);
            }
            finally
            {
                _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task AnswerAsync(string id)
    {
        try
        {
            InspectContainerResponse? answer = await InspectAsync(id).ConfigureAwait(false);
            await apply(id, answer?.ToMetadata()).ConfigureAwait(false);
        }
        catch (CollectorException error) when (error.IsTransient)
        {
            lock (_lock)
            {
                _unasked.Add(id);
            }
        }
        catch (CollectorException)
        {
            await apply(id, null).ConfigureAwait(false); // it does not take such an id, or failed with it
        }
    }

    private async Task<InspectContainerResponse?> InspectAsync(string id)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                InspectContainerResponse? answer = await inspect(id, _life.Token).ConfigureAwait(false);
                if (answer is not null || attempt >= attempts)
                {
                    return answer;
                }
            }
            catch (CollectorException error) when (error.Fault == CollectorFault.Busy)
            {
                if (attempt >= Attempts)
                {
                    return null; // too many questions at once: as good as no answer
                }
            }
            await Task.Delay(Pause, time, _life.Token).ConfigureAwait(false);
        }
    }

    private void Forget(Task task)
    {
        lock (_lock)
        {
            _running.Remove(task);
        }
    }
}
