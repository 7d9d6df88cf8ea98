using System.Net.Sockets;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;
using Eunomia.Core.Profiling;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Symbol = Eunomia.Core.Profiling.Symbol;

namespace Eunomia.Controller.Ingest;

/// <summary>The collector's calls over its unix socket, with failures told as <see cref="CollectorException"/>.</summary>
public sealed class CollectorClient : ISymbolSource, IDisposable
{
    // The collector gives our place to another controller when we have missed a ping for 5 seconds; we look for it as
    // often as it looks for us.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private const int LargestMessage = 16 * 1024 * 1024;
    private const int AddressesPerCall = 512; // what one request may have

    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;
    private readonly Collector.CollectorClient _calls;
    private readonly UnixDomainSocketEndPoint _endPoint;
    private volatile bool _hasAnswered;

    /// <summary>Creates a client; the first call connects.</summary>
    /// <exception cref="CollectorException">The path is too long for a unix socket.</exception>
    public CollectorClient(string socketPath)
    {
        SocketPath = socketPath;
        _endPoint = EndPoint(socketPath);
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
        });
        _invoker = _channel.CreateCallInvoker();
        _calls = new Collector.CollectorClient(_invoker);
    }

    /// <summary>Where the collector listens.</summary>
    public string SocketPath { get; }

    /// <summary>Asks what the collector is and how its families are.</summary>
    public Task<GetStatusResponse> GetStatusAsync(CancellationToken cancel) =>
        CallAsync(_calls.GetStatusAsync(new GetStatusRequest(), Within(CallTimeout, cancel)), cancel);

    /// <summary>Asks for the state of a collector whose records this version can read.</summary>
    /// <exception cref="CollectorException">It speaks another record ABI, or cannot be asked.</exception>
    public async Task<GetStatusResponse> GetCheckedStatusAsync(CancellationToken cancel)
    {
        GetStatusResponse status = await GetStatusAsync(cancel).ConfigureAwait(false);
        return status.AbiVersion == RecordAbi.Version
            ? status
            : throw CollectorException.OtherAbi(SocketPath, status);
    }

    internal Task UpdateFilterAsync(UpdateFilterRequest request, CancellationToken cancel) =>
        CallAsync(_calls.UpdateFilterAsync(request, Within(CallTimeout, cancel)), cancel);

    /// <summary>Puts policies into force, in place of those before. Completes when nothing is decided by those any more.</summary>
    public Task SetEnforcementAsync(SetEnforcementRequest request, CancellationToken cancel) =>
        CallAsync(_calls.SetEnforcementAsync(request, Within(CallTimeout, cancel)), cancel);

    /// <summary>Sends a signal to a process, or ends a container.</summary>
    public Task<SignalResponse> SignalAsync(SignalRequest request, CancellationToken cancel) =>
        CallAsync(_calls.SignalAsync(request, Within(CallTimeout, cancel)), cancel);

    internal Task UnsubscribeAsync(CancellationToken cancel) =>
        CallAsync(_calls.UnsubscribeAsync(new UnsubscribeRequest(), Within(CallTimeout, cancel)), cancel);

    /// <summary>What the runtime's files say of a container; null when they do not know it.</summary>
    internal async Task<InspectContainerResponse?> InspectAsync(string id, CancellationToken cancel)
    {
        try
        {
            var request = new InspectContainerRequest { Id = id };
            return await _calls.InspectContainerAsync(request, Within(CallTimeout, cancel)).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException error)
        {
            throw Translate(error, cancel);
        }
    }

    /// <summary>Finds out what stands at addresses of a process.</summary>
    /// <param name="process">The process, by its pid in the initial namespace; <c>default</c> is the kernel.</param>
    /// <param name="addresses">Any number of them, in any order; they are asked for 512 at a time.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>A symbol per address, in their order. Empty when the process is gone or another one has its pid by now.</returns>
    /// <exception cref="CollectorException">The collector is busy, or cannot be asked.</exception>
    public async Task<IReadOnlyList<Symbol>> ResolveSymbolsAsync(
        ProcessKey process, IReadOnlyList<ulong> addresses, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        var symbols = new List<Symbol>(addresses.Count);
        while (symbols.Count < addresses.Count)
        {
            var request = new ResolveSymbolsRequest { Pid = process.Pid, StartNs = process.StartNs };
            for (int i = symbols.Count; i < addresses.Count && request.Addresses.Count < AddressesPerCall; i++)
            {
                request.Addresses.Add(addresses[i]);
            }
            if (await ResolveAsync(request, cancel).ConfigureAwait(false) is not { } response)
            {
                return [];
            }
            symbols.AddRange(response.Symbols.Select(symbol => symbol.ToSymbol()));
        }
        return symbols;
    }

    /// <summary>Names of users and groups as a process has them; null when it is gone or another one has its pid by now.</summary>
    internal async Task<LookupUserResponse?> LookupUserAsync(LookupUserRequest request, CancellationToken cancel)
    {
        try
        {
            return await _calls.LookupUserAsync(request, Within(CallTimeout, cancel)).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException error)
        {
            throw Translate(error, cancel);
        }
    }

    internal BatchStream Subscribe(SubscribeRequest request, CancellationToken cancel) =>
        new(this, RecordStreams.Subscribe(_invoker, request, new CallOptions(cancellationToken: cancel)), cancel);

    internal BatchStream Snapshot(CancellationToken cancel) =>
        new(this, RecordStreams.Snapshot(_invoker, new SnapshotRequest(), new CallOptions(cancellationToken: cancel)), cancel);

    internal void NoteAnswer() => _hasAnswered = true;

    /// <summary>A failed call as an exception to throw: a cancellation where we cancelled, else what it means.</summary>
    internal Exception Translate(RpcException error, CancellationToken cancel) =>
        cancel.IsCancellationRequested && error.StatusCode == StatusCode.Cancelled
            ? new OperationCanceledException(error.Message, error, cancel)
            : CollectorFaults.FromCall(error, SocketPath, _hasAnswered);

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _channel.Dispose();

    private static UnixDomainSocketEndPoint EndPoint(string socketPath)
    {
        try
        {
            return new UnixDomainSocketEndPoint(socketPath);
        }
        catch (ArgumentException error)
        {
            throw new CollectorException(
                CollectorFault.Other, $"the socket's path has to have 1 to 107 bytes, this has not: {socketPath}", error);
        }
    }

    private static CallOptions Within(TimeSpan timeout, CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + timeout, cancellationToken: cancel);

    private SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = ConnectAsync,
        KeepAlivePingDelay = PingDelay,
        KeepAlivePingTimeout = PingDelay,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(_endPoint, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw CollectorFaults.FromConnect(error, SocketPath);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One request's answer; null when there is no such process.</summary>
    private async Task<ResolveSymbolsResponse?> ResolveAsync(ResolveSymbolsRequest request, CancellationToken cancel)
    {
        ResolveSymbolsResponse response;
        try
        {
            response = await _calls.ResolveSymbolsAsync(request, Within(CallTimeout, cancel)).ConfigureAwait(false);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException error)
        {
            throw Translate(error, cancel);
        }
        return response.Symbols.Count == request.Addresses.Count
            ? response
            : throw new CollectorException(
                CollectorFault.Other,
                $"the collector at {SocketPath} named {response.Symbols.Count} of {request.Addresses.Count} addresses");
    }

    private async Task<T> CallAsync<T>(AsyncUnaryCall<T> call, CancellationToken cancel)
    {
        using (call)
        {
            try
            {
                T answer = await call.ConfigureAwait(false);
                NoteAnswer();
                return answer;
            }
            catch (RpcException error)
            {
                throw Translate(error, cancel);
            }
        }
    }
}
