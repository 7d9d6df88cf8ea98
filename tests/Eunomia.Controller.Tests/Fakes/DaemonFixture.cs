using System.Collections.Concurrent;
using Eunomia.Controller.Api;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Api.Grpc;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.Protocol.V1;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>A daemon with its API on a real unix socket, in front of a fake collector.</summary>
public sealed class DaemonFixture : IAsyncDisposable
{
    public const uint Exec = (uint)EventKind.ProcessExec;

    private readonly CancellationTokenSource _stop = new();
    private readonly TempFolder _folder = new();
    private readonly StringWriter _log = new();
    private readonly ServiceNotifier _notifier;
    private ApiServer? _api;

    private DaemonFixture(FakeCollector collector, FakeDetection detection, string? notifySocket)
    {
        (Collector, Detection) = (collector, detection);
        _notifier = new ServiceNotifier(notifySocket, "200000", null, TimeProvider.System);
        var options = new DaemonOptions
        {
            Version = "9.9.9",
            Hostname = "box",
            CollectorSocket = collector.SocketPath,
            ApiSocket = _folder.File("api.sock"),
            LossInterval = TimeSpan.FromMilliseconds(20),
        };
        Daemon = new Daemon(
            options, detection, publish => new FakeOutlet(publish), () => detection.Reload(["rules.toml"]),
            new ServiceLog(TextWriter.Synchronized(_log), "eunomiactl", journal: false), _notifier, TimeProvider.System);
        Client = new DaemonClient(options.ApiSocket);
    }

    public FakeCollector Collector { get; }

    public FakeDetection Detection { get; }

    public Daemon Daemon { get; }

    public DaemonClient Client { get; }

    public RecordBuilder Records { get; } = new();

    public Task<SessionResult?> Session { get; private set; } = Task.FromResult<SessionResult?>(null);

    public string Log => _log.ToString();

    /// <summary>A daemon that has attached.</summary>
    /// <param name="access">Who may do what; null = everybody may who runs the tests.</param>
    /// <param name="notifySocket">Where systemd would listen.</param>
    public static async Task<DaemonFixture> StartedAsync(ApiAccess? access = null, string? notifySocket = null)
    {
        var fixture = new DaemonFixture(await FakeCollector.StartAsync(), new FakeDetection(), notifySocket);
        fixture._api = await ApiServer.StartAsync(fixture.Daemon, access ?? new ApiAccess(UserNames.OwnUid, null, null));
        fixture.Session = fixture.Daemon.RunAsync(fixture._stop.Token);
        await Eventually.TrueAsync(() => fixture.Log.Contains("ready", StringComparison.Ordinal), "the daemon is ready");
        return fixture;
    }

    /// <summary>One exec of a process.</summary>
    public byte[] ExecRecord(uint pid, string exe = "/bin/true") =>
        Records.Exec(new ProcessSpec(pid, pid * 1_000), new ExecSpec { Exe = exe }).Take();

    /// <summary>A client that follows events, attached.</summary>
    public async Task<EventFollower> FollowAsync(StreamEventsRequest request)
    {
        var follower = new EventFollower(Client, request);
        await follower.AttachedAsync();
        return follower;
    }

    public async Task<SessionResult?> StopAsync()
    {
        await _stop.CancelAsync();
        return await Eventually.Within(Session);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Eventually.Within(Task.WhenAny(Session));
        Client.Dispose();
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
        await Daemon.DisposeAsync();
        await Collector.DisposeAsync();
        _notifier.Dispose();
        _folder.Dispose();
        _stop.Dispose();
        await _log.DisposeAsync();
    }
}

/// <summary>A client of the event stream that keeps what came.</summary>
public sealed class EventFollower : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task _following;
    private volatile EventBatch? _last;

    public EventFollower(DaemonClient client, StreamEventsRequest request) => _following = client.FollowEventsAsync(request, Take, _over.Token);

    public ConcurrentQueue<Event> Events { get; } = [];

    public ConcurrentQueue<Gap> Gaps { get; } = [];

    /// <summary>As the last message says.</summary>
    public KindAccount? Account(string kind) => _last?.Account.FirstOrDefault(account => account.Kind == kind);

    public async Task AttachedAsync()
    {
        await Eventually.TrueAsync(() => _last is not null || _following.IsCompleted, "the stream is attached");
        if (_following.IsFaulted)
        {
            await _following;
        }
    }

    public Task CountAsync(int count) => Eventually.TrueAsync(() => Events.Count >= count, $"{count} events, there are {Events.Count}");

    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await Eventually.Within(Task.WhenAny(_following));
    }

    /// <summary>Completes when the daemon ends the stream.</summary>
    public Task EndedAsync() => Eventually.Within(_following);

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _over.Dispose();
    }

    private void Take(EventBatch batch)
    {
        foreach (Event e in batch.Events)
        {
            Events.Enqueue(e);
        }
        foreach (Gap gap in batch.Gaps)
        {
            Gaps.Enqueue(gap);
        }
        _last = batch;
    }
}
