using Eunomia.Controller.Captures;
using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Syscalls;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Hosting;

/// <summary>
/// A session that goes on for ever, with rules behind it, alerts out of it and the API in front of it: what a person leaves
/// running.
/// </summary>
public sealed class Daemon : IAsyncDisposable
{
    private static readonly TimeSpan StartPause = TimeSpan.FromMilliseconds(500);

    /// <summary>What the kernel stops is told whether or not a rule or client asks; where nothing is in force nothing comes.</summary>
    private static readonly Demand Decisions = new(EventKindSet.Of(EventKind.EnforceDecision), SyscallSelection.Everything);

    private readonly IDetection _detection;
    private readonly ServiceLog _log;
    private readonly ServiceNotifier _notifier;
    private readonly TimeProvider _time;
    private readonly Func<ReloadResult> _reload;
    private readonly CancellationTokenSource _over = new();
    private readonly CancellationToken _ended;
    private readonly CollectorClient _client;
    private readonly AlertCaptures _captures;
    private readonly SubscriptionDemand _demand = new();
    private readonly Lock _lock = new();
    private readonly Lock _reloading = new();
    private readonly List<Demand> _demands = [];
    private volatile CollectorSession? _session;
    private string? _reloadError;

    /// <summary>Builds a daemon; nothing is connected yet.</summary>
    /// <param name="options">What it is told.</param>
    /// <param name="detection">The rules.</param>
    /// <param name="open">Opens what alerts go through; what comes out of it is given to the action, for the API.</param>
    /// <param name="reload">Reads configuration and rules again, all or nothing.</param>
    /// <param name="log">Its own messages.</param>
    /// <param name="notifier">Tells systemd.</param>
    /// <param name="time">Clocks.</param>
    /// <exception cref="CollectorException">The collector's path cannot be a socket's.</exception>
    public Daemon(
        DaemonOptions options, IDetection detection, Func<Action<Alert>, IAlertOutlet> open, Func<ReloadResult> reload,
        ServiceLog log, ServiceNotifier notifier, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(detection);
        ArgumentNullException.ThrowIfNull(open);
        (Options, _detection, _reload, _log, _notifier, _time) = (options, detection, reload, log, notifier, time);
        _client = new CollectorClient(options.CollectorSocket);
        _ended = _over.Token;
        Alerts = new AlertHub(time, options.Earlier);
        Outlet = open(Alerts.Publish);
        _captures = new AlertCaptures(options.Captures, options.Version, log, time);
        _captures.Adopt(detection.Rules);
        Enforcer = new Enforcer(new EnforcerOptions
        {
            Detection = detection,
            Publish = alert => Outlet.Publish(_captures.Capture(alert)),
            SetPolicies = _client.SetEnforcementAsync,
            Signal = _client.SignalAsync,
            Log = log,
            Time = time,
            Mode = options.Enforcement,
            Containers = options.Containers,
        });
        Events = new EventHub(detection, options.Hostname, time);
        StartedUnixNs = LoadedUnixNs = UnixNs();
        detection.Fired += Enforcer.OnAlert;
        Demand();
    }

    /// <summary>What it was told.</summary>
    public DaemonOptions Options { get; }

    /// <summary>The alerts.</summary>
    public AlertHub Alerts { get; }

    /// <summary>What alerts go through.</summary>
    internal IAlertOutlet Outlet { get; }

    /// <summary>What rules do beside telling.</summary>
    public Enforcer Enforcer { get; }

    /// <summary>The rules.</summary>
    internal IDetection Detection => _detection;

    internal EventHub Events { get; }

    internal CollectorPresence State { get; private set; } = CollectorPresence.Connecting;

    internal long StartedUnixNs { get; }

    internal long LoadedUnixNs { get; private set; }

    internal IReadOnlyList<string> Notices => _log.Recent;

    /// <summary>Why the last reload changed nothing; null when it did.</summary>
    internal string? ReloadError => Volatile.Read(ref _reloadError);

    /// <summary>Clients that follow events, or wait to.</summary>
    internal int StreamCount
    {
        get
        {
            lock (_lock)
            {
                return _demands.Count;
            }
        }
    }

    /// <summary>What is asked of the kernel now.</summary>
    internal EventKindSet Kinds => _demand.Wanted.Kinds;

    /// <summary>Runs until told to stop.</summary>
    /// <returns>The account; null when nothing was ever attached.</returns>
    /// <exception cref="CollectorException">The collector refuses for good.</exception>
    public async Task<SessionResult?> RunAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] helpers = [TellLossesAsync(over.Token), PingAsync(over.Token)];
        try
        {
            SessionResult? result = await FollowAsync(stop).ConfigureAwait(false);
            if (result is not null)
            {
                Events.Tell(LossReport.Of(result.Ledger));
            }
            return result;
        }
        finally
        {
            _notifier.Stopping();
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(helpers).ConfigureAwait(false);
            Events.Complete();
            await Enforcer.StopAsync().ConfigureAwait(false);
            await Outlet.StopAsync(Options.EndTimeout).ConfigureAwait(false);
            Alerts.Complete();
        }
    }

    /// <summary>Reads configuration and rules again. Where anything is wrong, nothing has changed.</summary>
    public ReloadResult Reload()
    {
        lock (_reloading)
        {
            _notifier.Reloading();
            ReloadResult result = _reload();
            foreach (string warning in result.Warnings)
            {
                _log.Write(LogPriority.Warning, warning);
            }
            foreach (string error in result.Errors)
            {
                _log.Write(LogPriority.Error, $"not reloaded: {error}");
            }
            if (result.Reloaded)
            {
                LoadedUnixNs = UnixNs();
                Demand();
                Enforcer.Adopt(result.Enforcement);
                _captures.Adopt(_detection.Rules);
                _ = EnforceAsync(asks: false);
                _log.Write(LogPriority.Notice, $"reloaded, {_detection.Rules.Count} rules");
            }
            Volatile.Write(ref _reloadError, result.Errors is [var first, ..] ? first : null);
            _notifier.Ready(Describe());
            return result;
        }
    }

    /// <summary>Asks the collector how it is; null when it does not say.</summary>
    internal async Task<GetStatusResponse?> AskCollectorAsync(CancellationToken cancel)
    {
        try
        {
            return await _client.GetStatusAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is CollectorException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The account so far; null while there is none.</summary>
    internal async Task<LedgerReport?> AccountAsync() => await AskAsync((_, ledger) => ledger.Peek()).ConfigureAwait(false);

    /// <summary>The containers of this moment; null while nothing is attached.</summary>
    internal async Task<ContainerListing?> ListContainersAsync() => State == CollectorPresence.Attached
        ? await AskAsync((pipeline, _) => new ContainerListing(pipeline)).ConfigureAwait(false)
        : null;

    /// <summary>
    /// Follows events. Completes when all that they need is attached; the caller closes the stream. Null when there are too many.
    /// </summary>
    internal async Task<EventStream?> OpenAsync(EventRequest request, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_demands.Count >= EventHub.MostStreams)
            {
                return null;
            }
            _demands.Add(request.Demand);
        }
        try
        {
            Demand();
            while (true)
            {
                await _demand.WhenAttachedAsync(request.Demand, cancel).ConfigureAwait(false);
                if (await AskAsync((pipeline, ledger) => Events.Open(request, pipeline, ledger)).ConfigureAwait(false) is { } stream)
                {
                    return stream;
                }
                await Task.Delay(Options.LossInterval, _time, cancel).ConfigureAwait(false);
            }
        }
        catch
        {
            Forget(request.Demand);
            throw;
        }
    }

    internal void Close(EventStream stream)
    {
        Events.Close(stream);
        Forget(stream.Request.Demand);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _detection.Fired -= Enforcer.OnAlert;
        await _over.CancelAsync().ConfigureAwait(false);
        await Enforcer.DisposeAsync().ConfigureAwait(false);
        await _captures.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
        _over.Dispose();
    }

    private async Task<SessionResult?> FollowAsync(CancellationToken stop)
    {
        string? told = null;
        while (true)
        {
            var session = new CollectorSession(_client, SessionOptions(), [Events, Enforcer], new Observer(this), _time);
            _session = session;
            try
            {
                return await session.RunAsync(stop).ConfigureAwait(false);
            }
            catch (CollectorException error) when (error.IsTransient)
            {
                if (told != error.Message)
                {
                    told = error.Message;
                    _log.Write(LogPriority.Warning, $"waiting for the collector: {told}");
                    _notifier.Status("waiting for the collector");
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
            try
            {
                await Task.Delay(StartPause, _time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private SessionOptions SessionOptions() => new()
    {
        Filters =
        [
            new EventFilter(EventKindSet.Of([.. EventKinds.All]), Options.Containers, Options.Pids) { AwaitsMetadata = true },
            new EventFilter(Decisions.Kinds, Options.Containers, Options.Pids),
        ],
        Demand = _demand,
        Hostname = Options.Hostname,
        Interval = Options.Interval,
        ReconnectTimeout = Timeout.InfiniteTimeSpan,
        Accounts = true,
        Capture = _captures.Sink,
    };

    private void Demand()
    {
        lock (_lock)
        {
            _demand.Set(_demands.Aggregate(_detection.Demand.Union(Decisions), (all, more) => all.Union(more)));
        }
    }

    private void Forget(Demand demand)
    {
        lock (_lock)
        {
            _demands.Remove(demand);
        }
        Demand();
    }

    private async Task<T?> AskAsync<T>(Func<EventPipeline, Ledger, T> question)
        where T : class =>
        _session is { } session ? (await session.AskAsync(question).ConfigureAwait(false)).Answer : null;

    // What was lost before the filters is told to everybody who follows; nobody follows, nobody asks.
    private async Task TellLossesAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(Options.LossInterval, _time);
        while (await WaitAsync(timer, over).ConfigureAwait(false))
        {
            if (Events.Streams.Count > 0 && await AccountAsync().ConfigureAwait(false) is { } report)
            {
                Events.Tell(LossReport.Of(report));
            }
        }
    }

    // As long as the pipeline's turn comes round; whether the collector is there is no fault of ours.
    private async Task PingAsync(CancellationToken over)
    {
        if (_notifier.WatchdogInterval is not { } interval)
        {
            return;
        }
        using var timer = new PeriodicTimer(interval, _time);
        do
        {
            _ = await AccountAsync().ConfigureAwait(false);
            _notifier.Watchdog();
        }
        while (await WaitAsync(timer, over).ConfigureAwait(false));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken over)
    {
        try
        {
            return await timer.WaitForNextTickAsync(over).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    // On the pipeline's turn, as a batch ends: nothing need happen on the host for it to take effect.
    private async Task EnforceAsync(bool asks)
    {
        if (asks && await AskCollectorAsync(_ended).ConfigureAwait(false) is { } status)
        {
            Enforcer.Attach(status.Enforcement);
        }
        await AskAsync<object>((_, _) =>
        {
            Enforcer.EndBatch();
            return this;
        }).ConfigureAwait(false);
    }

    private string Describe() => State switch
    {
        CollectorPresence.Attached => $"watching, {_detection.Rules.Count} rules",
        CollectorPresence.Lost => "looking for the collector",
        _ => "waiting for the collector",
    };

    private long UnixNs() => (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    /// <summary>Turns what the session says into log lines and states.</summary>
    private sealed class Observer(Daemon daemon) : ISessionObserver
    {
        public void Ready()
        {
            daemon.State = CollectorPresence.Attached;
            daemon._log.WriteContract("ready");
            daemon._notifier.Ready(daemon.Describe());
            _ = daemon.EnforceAsync(asks: true);
        }

        public void Notice(string text) => daemon._log.Write(LogPriority.Warning, text);

        public void Lost()
        {
            daemon.Enforcer.Lost();
            Enter(CollectorPresence.Lost);
        }

        public void Back()
        {
            Enter(CollectorPresence.Attached);
            _ = daemon.EnforceAsync(asks: true);
        }

        private void Enter(CollectorPresence state)
        {
            daemon.State = state;
            daemon._notifier.Status(daemon.Describe());
        }
    }
}

/// <summary>Whether there is a collector.</summary>
internal enum CollectorPresence
{
    /// <summary>It was never reached.</summary>
    Connecting,

    /// <summary>Events come.</summary>
    Attached,

    /// <summary>It is gone, and looked for.</summary>
    Lost,
}
