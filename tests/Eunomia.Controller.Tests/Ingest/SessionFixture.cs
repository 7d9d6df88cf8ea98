using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Ingest;

/// <summary>A session over a real unix socket, against a fake collector.</summary>
internal sealed class SessionFixture : IAsyncDisposable
{
    public const uint Exec = (uint)EventKind.ProcessExec;
    public const uint Fork = (uint)EventKind.ProcessFork;
    public const uint Mkdir = (uint)EventKind.CgroupMkdir;

    private readonly CancellationTokenSource _stop = new();
    private readonly CollectorClient _client;

    private SessionFixture(FakeCollector collector)
    {
        Collector = collector;
        _client = new CollectorClient(collector.SocketPath);
    }

    public FakeCollector Collector { get; }

    public TestOutput Output { get; } = new();

    public TestObserver Observer { get; } = new();

    public RecordBuilder Records { get; } = new();

    public Task<SessionResult> Session { get; private set; } = Task.FromException<SessionResult>(new InvalidOperationException());

    public static EventFilter Everything { get; } = new(EventKinds.ProcessTracker);

    public static async Task<SessionFixture> CreateAsync(Action<FakeCollector>? prepare = null)
    {
        return new SessionFixture(await FakeCollector.StartAsync(prepare: prepare));
    }

    /// <summary>A session that has attached and taken its snapshot.</summary>
    public static async Task<SessionFixture> StartedAsync(
        EventFilter? filter = null, Action<FakeCollector>? prepare = null, Func<SessionOptions, SessionOptions>? adjust = null,
        TimeProvider? time = null)
    {
        SessionFixture fixture = await CreateAsync(prepare);
        fixture.Start(filter, adjust, time);
        await Eventually.Within(Task.WhenAny(fixture.Observer.IsReady, fixture.Session));
        return fixture;
    }

    public void Start(EventFilter? filter = null, Func<SessionOptions, SessionOptions>? adjust = null, TimeProvider? time = null)
    {
        var options = new SessionOptions { Filters = [filter ?? Everything], Hostname = "box" };
        var session = new CollectorSession(
            _client, adjust?.Invoke(options) ?? options, [Output], Observer, time ?? TimeProvider.System);
        Session = session.RunAsync(_stop.Token);
    }

    /// <summary>One exec of a host process.</summary>
    public byte[] ExecRecord(uint pid, string exe = "/bin/true") =>
        Records.Exec(new ProcessSpec(pid, pid * 1_000), new ExecSpec { Exe = exe }).Take();

    public async Task<SessionResult> StopAsync()
    {
        await _stop.CancelAsync();
        return await Eventually.Within(Session);
    }

    /// <summary>The collector dies, and another one comes to the same place.</summary>
    public async Task<FakeCollector> ReplaceCollectorAsync(Action<FakeCollector>? prepare = null)
    {
        await Collector.DieAsync();
        return await FakeCollector.StartAsync(Collector.SocketPath, prepare: prepare);
    }

    public async Task<UpdateFilterRequest> NextUpdateAsync() =>
        await Eventually.Within(Collector.Updates.Reader.ReadAsync().AsTask());

    public async ValueTask DisposeAsync()
    {
        Output.Unblock();
        await _stop.CancelAsync();
        _client.Dispose();
        await Collector.DisposeAsync();
        await Eventually.Within(Task.WhenAny(Session));
        _stop.Dispose();
        Output.Dispose();
    }
}
