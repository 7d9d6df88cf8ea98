using System.Net.Sockets;
using Eunomia.Controller.Hosting;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>The public API on a unix socket.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private const UnixFileMode SocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    private const int MostConnections = 128;
    private const int MostCallsPerConnection = 64;
    private const int LargestRequest = 64 * 1024;
    private readonly WebApplication _app;
    private readonly string _path;

    private ApiServer(Daemon daemon, ApiAccess access)
    {
        _path = daemon.Options.ApiSocket;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = LargestRequest;
            grpc.Interceptors.Add<AccessInterceptor>();
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton(daemon);
        builder.Services.AddSingleton(access);
        builder.Services.AddSingleton(new AccessInterceptor(access));
        _app = builder.Build();
        _app.MapGrpcService<StatusCalls>();
        _app.MapGrpcService<ContainerCalls>();
        _app.MapGrpcService<EventCalls>();
        _app.MapGrpcService<AlertCalls>();
        _app.MapGrpcService<RuleCalls>();
    }

    /// <summary>Listens. A socket that nobody listens on any more is replaced.</summary>
    /// <exception cref="ApiException">That is not possible.</exception>
    public static async Task<ApiServer> StartAsync(Daemon daemon, ApiAccess access)
    {
        ArgumentNullException.ThrowIfNull(daemon);
        ArgumentNullException.ThrowIfNull(access);
        string path = daemon.Options.ApiSocket;
        try
        {
            await RemoveStaleAsync(path).ConfigureAwait(false);
            var server = new ApiServer(daemon, access);
            await server._app.StartAsync().ConfigureAwait(false);
            // Until here others may have connected, which gets them nothing: each call asks who its peer is.
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, SocketMode);
            }
            if (access.Readers is { } group)
            {
                _ = SocketFile.TrySetGroup(path, group);
            }
            return server;
        }
        catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ApiException($"cannot listen on {path}: {Reason(error, path)}", inner: error);
        }
    }

    /// <summary>Ends: calls that still run are given up after a while.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        File.Delete(_path);
    }

    internal static PeerCredentials PeerOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<PeerCredentials>()
        ?? throw new RpcException(new Status(StatusCode.PermissionDenied, "it is not known who asks"));

    private static async Task RemoveStaleAsync(string path)
    {
        var endPoint = new UnixDomainSocketEndPoint(path);
        if (!SocketFile.Exists(path))
        {
            return; // what is there instead is left alone, and keeps us from listening
        }
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(endPoint).ConfigureAwait(false);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        throw new IOException("another daemon listens there; end it, or name another place with --socket");
    }

    private static string Reason(Exception error, string path) => error switch
    {
        _ when !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) =>
            $"there is no folder {Path.GetDirectoryName(Path.GetFullPath(path))}; create it, or name another place with --socket",
        _ when error is UnauthorizedAccessException || Cause(error)?.SocketErrorCode == SocketError.AccessDenied =>
            $"permission denied for uid {UserNames.OwnUid}; name another place with --socket",
        _ => error.Message,
    };

    private static SocketException? Cause(Exception error) => error as SocketException ?? error.InnerException as SocketException;

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostCallsPerConnection;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null; // who is slow loses events, not the connection
        kestrel.ListenUnixSocket(_path, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => connection => IdentifyAsync(next, connection));
        });
    }

    private static async Task IdentifyAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            connection.Features.Set(PeerCredentials.Of(socket));
        }
        await next(connection).ConfigureAwait(false);
    }

    /// <summary>Signals and the end are the command's business.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
