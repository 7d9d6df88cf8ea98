using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Accounts;
using Eunomia.Core.Containers;
using Eunomia.Core.Processes;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Accounts;

/// <summary>
/// Finds out the names that somebody wants, in the background: a container's through the collector, which looks into the root
/// of one of its processes, the host's by itself. For each container one question is under way; what is wanted meanwhile
/// goes with the next one.
/// </summary>
/// <param name="lookup">Asks the collector.</param>
/// <param name="readHost">Reads the host's.</param>
/// <param name="ingest">Where the names go.</param>
/// <param name="time">The clock.</param>
internal sealed class AccountReader(
    Func<LookupUserRequest, CancellationToken, Task<LookupUserResponse?>> lookup,
    Func<CancellationToken, Task<AccountList>> readHost,
    EventIngest ingest,
    TimeProvider time) : IAsyncDisposable
{
    /// <summary>Questions asked at the same time: the collector has a few places only, and symbols want some too.</summary>
    public const int Concurrency = 2;

    /// <summary>Numbers in one question.</summary>
    public const int MostNumbers = 64;

    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// A container whose files take so long to read lets the collector wait, which serves one at a time: it is not asked for
    /// any more.
    /// </summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private const int Attempts = 20;
    private static readonly object Host = new();

    private readonly SemaphoreSlim _slots = new(Concurrency, Concurrency);
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<object, Wanted> _wanted = [];
    private readonly HashSet<Container> _slow = [];
    private readonly HashSet<Task> _running = [];

    /// <summary>Answers what is wanted of a pipeline's names.</summary>
    public void Follow(EventPipeline pipeline)
    {
        pipeline.Accounts.Missing += Ask;
        pipeline.Containers.ContainerForgotten += Forget;
    }

    /// <summary>Completes when everything wanted so far is answered.</summary>
    public Task WhenIdleAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await WhenIdleAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _slots.Dispose();
        _life.Dispose();
    }

    private void Ask(Container? container, bool isUser, uint number)
    {
        lock (_lock)
        {
            if (_life.IsCancellationRequested || (container is not null && _slow.Contains(container)))
            {
                return;
            }

            object key = container ?? Host;
            bool isNew = !_wanted.TryGetValue(key, out Wanted? wanted);
            wanted ??= new Wanted(container);
            (isUser ? wanted.Users : wanted.Groups).Add(number);
            if (isNew)
            {
                _wanted.Add(key, wanted);
                Task task = Task.Run(() => AnswerAsync(key, wanted));
                _running.Add(task);
                _ = task.ContinueWith(Finish, TaskScheduler.Default);
            }
        }
    }

    private void Finish(Task task)
    {
        lock (_lock)
        {
            _running.Remove(task);
        }
    }

    /// <summary>Until nothing more is wanted of that container.</summary>
    private async Task AnswerAsync(object key, Wanted wanted)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Gathering, time, _life.Token).ConfigureAwait(false);
                if (!TryTake(key, wanted, out LookupUserRequest request))
                {
                    return;
                }

                await _slots.WaitAsync(_life.Token).ConfigureAwait(false);
                try
                {
                    await AnswerAsync(wanted.Container, request).ConfigureAwait(false);
                }
                finally
                {
                    _slots.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private bool TryTake(object key, Wanted wanted, out LookupUserRequest request)
    {
        request = new LookupUserRequest();
        lock (_lock)
        {
            if (wanted.Users.Count + wanted.Groups.Count == 0)
            {
                _wanted.Remove(key);
                return false;
            }

            request.Uids.AddRange(wanted.Users.Take(MostNumbers));
            request.Gids.AddRange(wanted.Groups.Take(MostNumbers));
            wanted.Users.ExceptWith(request.Uids);
            wanted.Groups.ExceptWith(request.Gids);
            return true;
        }
    }

    private async Task AnswerAsync(Container? container, LookupUserRequest request)
    {
        AccountList accounts = container is null
            ? await readHost(_life.Token).ConfigureAwait(false)
            : await LookUpAsync(container, request).ConfigureAwait(false);
        await ingest.ApplyAccountsAsync(container, accounts).ConfigureAwait(false);
    }

    /// <summary>What the first process says that is still there.</summary>
    private async Task<AccountList> LookUpAsync(Container container, LookupUserRequest request)
    {
        foreach (ProcessKey process in await ingest.FindResidentsAsync(container).ConfigureAwait(false))
        {
            (request.Pid, request.StartNs) = (process.Pid, process.StartNs);
            long start = time.GetTimestamp();
            LookupUserResponse? response = await TryLookUpAsync(request).ConfigureAwait(false);
            if (time.GetElapsedTime(start) >= Slow)
            {
                GiveUp(container);
            }

            if (response is not null)
            {
                return response.Users.ToAccounts(response.Groups);
            }
        }

        return AccountList.Empty;
    }

    private async Task<LookupUserResponse?> TryLookUpAsync(LookupUserRequest request)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await lookup(request, _life.Token).ConfigureAwait(false);
            }
            catch (CollectorException error) when (error.Fault == CollectorFault.Busy && attempt < Attempts)
            {
                await Task.Delay(BusyPause, time, _life.Token).ConfigureAwait(false);
            }
            catch (CollectorException)
            {
                return null; // it hangs there, or the collector is gone: asked again in a minute
            }
        }
    }

    private void GiveUp(Container container)
    {
        lock (_lock)
        {
            _slow.Add(container);
            Clear(container);
        }
    }

    private void Forget(Container container)
    {
        lock (_lock)
        {
            _slow.Remove(container);
            Clear(container);
        }
    }

    private void Clear(Container container)
    {
        if (_wanted.TryGetValue(container, out Wanted? wanted))
        {
            wanted.Users.Clear();
            wanted.Groups.Clear();
        }
    }

    private sealed class Wanted(Container? container)
    {
        public Container? Container { get; } = container;

        public HashSet<uint> Users { get; } = [];

        public HashSet<uint> Groups { get; } = [];
    }
}
