using System.Collections.Concurrent;
using System.Threading.Channels;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>A collector on a real unix socket: says what a test tells it to, and remembers what it was asked.</summary>
public sealed class FakeCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<ConnectionContext> _connections = [];
    private readonly Dictionary<uint, KindLedger> _ledger = [];
    private readonly TaskCompletionSource<SubscribeRequest> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _unsubscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _batchesWritten;
    private int _snapshots;
    private TempFolder? _folder;
    private ulong _nextBatch;
    private bool _renews;

    private FakeCollector(string socketPath)
    {
        SocketPath = socketPath;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socketPath, Configure));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.MapGrpcService<FakeCollectorService>();
    }

    public string SocketPath { get; }

    /// <summary>Closes every connection at once, as the collector does with a peer it does not allow.</summary>
    public bool RefusesPeers { get; init; }

    /// <summary>Whether Unsubscribe is followed by a batch marked final, as it should be.</summary>
    public bool SendsFinalBatch { get; set; } = true;

    /// <summary>Whether Unsubscribe ends the stream at all.</summary>
    public bool EndsStream { get; set; } = true;

    /// <summary>Whether the first batch, which says that everything is attached, comes at all.</summary>
    public bool Attaches { get; set; } = true;

    /// <summary>What Subscribe ends with instead of streaming.</summary>
    public Grpc.Core.Status? SubscribeFailure { get; set; }

    /// <summary>What InspectContainer ends with instead of an answer.</summary>
    public Grpc.Core.Status? InspectFailure { get; set; }

    /// <summary>What UpdateFilter ends with instead of taking the change.</summary>
    public Grpc.Core.Status? UpdateFailure { get; set; }

    public GetStatusResponse Status { get; } = NewStatus();

    /// <summary>The answer per container id; no entry is NOT_FOUND.</summary>
    public ConcurrentDictionary<string, InspectContainerResponse> Containers { get; } = [];

    public ConcurrentQueue<string> Inspected { get; } = [];

    /// <summary>The symbols of each process by their addresses; no entry is NOT_FOUND, pid 0 is the kernel.</summary>
    public ConcurrentDictionary<(uint Pid, ulong StartNs), Dictionary<ulong, Symbol>> Symbols { get; } = [];

    /// <summary>What LookupUser knows of a process's users and groups.</summary>
    public ConcurrentDictionary<(uint Pid, ulong StartNs), LookupUserResponse> Accounts { get; } = [];

    /// <summary>Whether each address of any process is in a function named after it, whatever <see cref="Symbols"/> says.</summary>
    public bool NamesAnyAddress { get; set; }

    /// <summary>What ResolveSymbols ends with instead of an answer.</summary>
    public Grpc.Core.Status? ResolveFailure { get; set; }

    /// <summary>How many addresses each ResolveSymbols asked for.</summary>
    public ConcurrentQueue<int> Resolved { get; } = [];

    /// <summary>Filter updates in the order of their arrival.</summary>
    public Channel<UpdateFilterRequest> Updates { get; } = Channel.CreateUnbounded<UpdateFilterRequest>();

    /// <summary>The records that Snapshot answers with.</summary>
    public List<byte[]> SnapshotRecords { get; } = [];

    /// <summary>What an answer to Snapshot waits for.</summary>
    public Task SnapshotGate { get; set; } = Task.CompletedTask;

    /// <summary>How many times Snapshot is refused because another one is being taken.</summary>
    public int SnapshotsRefused { get; set; }

    /// <summary>How often Snapshot was asked for.</summary>
    public int Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>What the subscription streams after its first batch.</summary>
    public Channel<EventBatch> Outgoing { get; private set; } = Channel.CreateUnbounded<EventBatch>();

    /// <summary>What each subscription asked for.</summary>
    public ConcurrentQueue<SubscribeRequest> Subscriptions { get; } = [];

    public Task<SubscribeRequest> Subscribed => Eventually.Within(_subscribed.Task);

    public Task Unsubscribed => Eventually.Within(_unsubscribed.Task);

    /// <summary>What an answer to InspectContainer waits for.</summary>
    public Task InspectGate { get; set; } = Task.CompletedTask;

    /// <summary>How many batches went out and were taken over by the transport.</summary>
    public int BatchesWritten => Volatile.Read(ref _batchesWritten);

    public static async Task<FakeCollector> StartAsync(
        string? socketPath = null, bool refusesPeers = false, Action<FakeCollector>? prepare = null)
    {
        TempFolder? folder = socketPath is null ? new TempFolder() : null;
        var collector = new FakeCollector(socketPath ?? folder?.File("collector.sock") ?? "")
        {
            RefusesPeers = refusesPeers,
            _folder = folder,
        };
        prepare?.Invoke(collector);
        File.Delete(collector.SocketPath);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Streams records of one kind in one batch, each offered and none lost.</summary>
    public void Send(uint kind, params byte[][] records)
    {
        Count(kind, offered: (ulong)records.Length);
        Outgoing.Writer.TryWrite(NewBatch(records));
    }

    /// <summary>Counts records that never arrive; the next batch tells.</summary>
    public void Lose(uint kind, ulong count)
    {
        Count(kind, offered: count);
        _ledger[kind].LostRing += count;
    }

    /// <summary>Ends the stream with its final batch, unasked.</summary>
    public void EndInOrder()
    {
        Outgoing.Writer.TryWrite(NewBatch([], final: true));
        Outgoing.Writer.TryComplete();
    }

    /// <summary>The next subscription gets a stream of its own.</summary>
    public void BeginNextStream() => _renews = true;

    /// <summary>Ends the stream with an error.</summary>
    public void Fail(Grpc.Core.Status status) => Outgoing.Writer.TryComplete(new RpcException(status));

    /// <summary>Dies: every connection breaks, and nobody listens any more.</summary>
    public async Task DieAsync()
    {
        Outgoing.Writer.TryComplete();
        foreach (ConnectionContext connection in _connections)
        {
            connection.Abort();
        }
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await DieAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    internal EventBatch NewBatch(IReadOnlyCollection<byte[]> records, bool final = false)
    {
        var batch = new EventBatch
        {
            Batch = _nextBatch++,
            Final = final,
            BootToUnixNs = 1_700_000_000_000_000_000,
            DrainedNs = 1_000 * _nextBatch,
            RecordCount = (uint)records.Count,
            Records = ByteString.CopyFrom([.. records.SelectMany(record => record)]),
        };
        batch.Ledger.AddRange(_ledger.Values.Select(counters => counters.Clone()));
        return batch;
    }

    internal ChannelReader<EventBatch> OpenStream(SubscribeRequest request)
    {
        Subscriptions.Enqueue(request);
        if (_renews && Outgoing.Reader.Completion.IsCompleted)
        {
            Outgoing = Channel.CreateUnbounded<EventBatch>();
        }
        return Outgoing.Reader;
    }

    internal void NoteSubscribed(SubscribeRequest request) => _subscribed.TrySetResult(request);

    internal void NoteUnsubscribed()
    {
        if (EndsStream)
        {
            if (SendsFinalBatch)
            {
                Outgoing.Writer.TryWrite(NewBatch([], final: true));
            }
            Outgoing.Writer.TryComplete();
        }
        _unsubscribed.TrySetResult();
    }

    internal void NoteSnapshot() => Interlocked.Increment(ref _snapshots);

    internal void NoteWritten() => Interlocked.Increment(ref _batchesWritten);

    private static GetStatusResponse NewStatus() => new()
    {
        Version = "0.1.0",
        AbiVersion = RecordAbi.Version,
        KernelRelease = "6.1.0-fake",
        BootId = "00000000-0000-0000-0000-000000000001",
        RingBytes = 16 << 20,
        Cpus = 2,
        HostPidns = 4026531836,
        HostMntns = 4026531840,
        CgroupMode = "v2",
        Families =
        {
            new FamilyStatus { Family = Family.Cgroup, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Process, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.File, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Net, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Syscall, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Ipc, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Security, State = FamilyState.Full, Hook = "tp_btf" },
            new FamilyStatus { Family = Family.Perf, State = FamilyState.Full, Hook = "tp_btf, perf_event" },
        },
    };

    private void Count(uint kind, ulong offered)
    {
        if (!_ledger.TryGetValue(kind, out KindLedger? counters))
        {
            _ledger.Add(kind, counters = new KindLedger { Kind = kind });
        }
        counters.Offered += offered;
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(next => connection =>
        {
            _connections.Add(connection);
            if (RefusesPeers)
            {
                connection.Abort();
                return Task.CompletedTask;
            }
            return next(connection);
        });
    }
}
