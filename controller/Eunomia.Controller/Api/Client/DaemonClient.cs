using System.Net.Sockets;
using Eunomia.Protocol.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Alert = Eunomia.Core.Rules.Alerts.Alert;
using AlertFilter = Eunomia.Controller.Hosting.AlertFilter;

namespace Eunomia.Controller.Api.Client;

/// <summary>A daemon's calls over its unix socket, with failures told as <see cref="ApiException"/>.</summary>
public sealed class DaemonClient : IDisposable
{
    /// <summary>Where the service's daemon listens.</summary>
    public const string DefaultSocket = "/run/eunomia/eunomia.sock";

    private const int LargestMessage = 64 << 20; // thousands of containers, or all alerts that are kept

    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(10);
    private readonly GrpcChannel _channel;
    private readonly UnixDomainSocketEndPoint _endPoint;

    /// <summary>Creates a client; the first call connects.</summary>
    /// <exception cref="ApiException">The path is too long for a unix socket.</exception>
    public DaemonClient(string socketPath)
    {
        SocketPath = socketPath;
        try
        {
            _endPoint = new UnixDomainSocketEndPoint(socketPath);
        }
        catch (ArgumentException error)
        {
            throw new ApiException($"the socket's path has to have 1 to 107 bytes, this has not: {socketPath}", inner: error);
        }
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = LargestMessage,
        });
    }

    /// <summary>Where the daemon listens.</summary>
    public string SocketPath { get; }

    /// <summary>How the daemon is.</summary>
    public Task<GetStatusResponse> GetStatusAsync(CancellationToken cancel) =>
        CallAsync(new StatusService.StatusServiceClient(_channel).GetStatusAsync(new GetStatusRequest(), Within(cancel)), cancel);

    /// <summary>The containers of this moment.</summary>
    public Task<ListContainersResponse> ListContainersAsync(CancellationToken cancel) => CallAsync(
        new ContainerService.ContainerServiceClient(_channel).ListContainersAsync(new ListContainersRequest(), Within(cancel)), cancel);

    /// <summary>The rules in force.</summary>
    public Task<ListRulesResponse> ListRulesAsync(CancellationToken cancel) =>
        CallAsync(new RuleService.RuleServiceClient(_channel).ListRulesAsync(new ListRulesRequest(), Within(cancel)), cancel);

    /// <summary>Has it read configuration and rules again.</summary>
    public Task<ReloadResponse> ReloadAsync(CancellationToken cancel) =>
        CallAsync(new RuleService.RuleServiceClient(_channel).ReloadAsync(new ReloadRequest(), Within(cancel)), cancel);

    /// <summary>The alerts that it keeps and that are wanted, oldest first.</summary>
    public async Task<(IReadOnlyList<Alert> Alerts, ulong Forgotten)> ListAlertsAsync(AlertFilter filter, CancellationToken cancel)
    {
        var request = new ListAlertsRequest { Filter = ToMessage(filter) };
        ListAlertsResponse answer = await CallAsync(
            new AlertService.AlertServiceClient(_channel).ListAlertsAsync(request, Within(cancel)), cancel).ConfigureAwait(false);
        return ([.. answer.Alerts.Select(ApiMapping.ToCore)], answer.Forgotten);
    }

    /// <summary>The same, and then each new one until cancelled or the daemon ends.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="newOnly">Not what it keeps.</param>
    /// <param name="alerts">Takes them, with how many were lost so far because we were too slow.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task FollowAlertsAsync(
        AlertFilter filter, bool newOnly, Action<IReadOnlyList<Alert>, ulong> alerts, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(alerts);
        var request = new StreamAlertsRequest { Filter = ToMessage(filter), NewOnly = newOnly };
        using AsyncServerStreamingCall<AlertBatch> call =
            new AlertService.AlertServiceClient(_channel).StreamAlerts(request, cancellationToken: cancel);
        while (await NextAsync(call, cancel).ConfigureAwait(false))
        {
            alerts([.. call.ResponseStream.Current.Alerts.Select(ApiMapping.ToCore)], call.ResponseStream.Current.Lost);
        }
    }

    /// <summary>Follows events until cancelled or the daemon ends. The first batch says that all is attached.</summary>
    public async Task FollowEventsAsync(StreamEventsRequest request, Action<EventBatch> batches, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(batches);
        using AsyncServerStreamingCall<EventBatch> call =
            new EventService.EventServiceClient(_channel).StreamEvents(request, cancellationToken: cancel);
        while (await NextAsync(call, cancel).ConfigureAwait(false))
        {
            batches(call.ResponseStream.Current);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static Protocol.V1.AlertFilter ToMessage(AlertFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var message = new Protocol.V1.AlertFilter
        {
            SinceUnixNs = filter.SinceUnixNs,
            LeastPriority = ApiMapping.ToMessage(filter.LeastPriority),
        };
        message.Containers.AddRange(filter.Containers.Select(selector => selector.Text));
        message.Rules.AddRange(filter.Rules);
        return message;
    }

    private static CallOptions Within(CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + CallTimeout, cancellationToken: cancel);

    private async Task<bool> NextAsync<T>(AsyncServerStreamingCall<T> call, CancellationToken cancel)
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancel).ConfigureAwait(false);
        }
        catch (RpcException error)
        {
            throw Translate(error, cancel);
        }
    }

    private async Task<T> CallAsync<T>(AsyncUnaryCall<T> call, CancellationToken cancel)
    {
        using (call)
        {
            try
            {
                return await call.ConfigureAwait(false);
            }
            catch (RpcException error)
            {
                throw Translate(error, cancel);
            }
        }
    }

    private Exception Translate(RpcException error, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested && error.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded)
        {
            return new OperationCanceledException(error.Message, error, cancel);
        }
        string detail = error.Status.Detail.ReplaceLineEndings(" ");
        return Cause(error) is { } cause
            ? cause
            : error.StatusCode switch
            {
                StatusCode.PermissionDenied or StatusCode.InvalidArgument or StatusCode.ResourceExhausted
                    or StatusCode.Unimplemented => new ApiException(detail, inner: error),
                StatusCode.DeadlineExceeded => new ApiException($"the daemon at {SocketPath} does not answer", inner: error),
                StatusCode.Unavailable or StatusCode.Internal when error.Status.DebugException is not null =>
                    new ApiException($"the daemon at {SocketPath} has ended", inner: error),
                _ => new ApiException($"the daemon at {SocketPath} says: {detail}", inner: error),
            };
    }

    private static ApiException? Cause(RpcException error)
    {
        Exception? cause = error.Status.DebugException ?? error.InnerException;
        while (cause is not null and not ApiException)
        {
            cause = cause.InnerException;
        }
        return cause as ApiException;
    }

    private SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = async (_, cancel) => await ConnectAsync(cancel).ConfigureAwait(false),
        KeepAlivePingDelay = PingDelay,
        KeepAlivePingTimeout = PingDelay,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    };

    private async ValueTask<NetworkStream> ConnectAsync(CancellationToken cancel)
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
            throw Failure(error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private ApiException Failure(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AccessDenied => new(
            $"permission denied on {SocketPath}: only root and members of group {ApiAccess.ReadersName} may connect", inner: error),
        SocketError.ConnectionRefused => new($"no daemon listens on {SocketPath} any more", isMissing: true, error),
        _ when !File.Exists(SocketPath) => new($"no daemon listens on {SocketPath}", isMissing: true, error),
        _ => new($"cannot connect to {SocketPath}: {error.Message}", inner: error),
    };
}
