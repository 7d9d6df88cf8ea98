using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>Asks for each call whether its peer may make it. What is not known to be reading is for administrators.</summary>
internal sealed class AccessInterceptor(ApiAccess access) : Interceptor
{
    private static readonly HashSet<string> Reading =
    [
        "/eunomia.v1.StatusService/GetStatus",
        "/eunomia.v1.ContainerService/ListContainers",
        "/eunomia.v1.EventService/StreamEvents",
        "/eunomia.v1.AlertService/ListAlerts",
        "/eunomia.v1.AlertService/StreamAlerts",
        "/eunomia.v1.RuleService/ListRules",
    ];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Check(context);
        return continuation(request, responseStream, context);
    }

    private void Check(ServerCallContext context)
    {
        PeerCredentials peer = ApiServer.PeerOf(context);
        if (!access.MayRead(peer))
        {
            throw Denied($"only root and members of group {ApiAccess.ReadersName} may ask this daemon, and uid {peer.Uid} is neither");
        }
        if (!Reading.Contains(context.Method) && !access.MayAdminister(peer))
        {
            throw Denied($"only root and members of group {ApiAccess.AdministratorsName} may do this, and uid {peer.Uid} is neither");
        }
    }

    private static RpcException Denied(string why) => new(new Status(StatusCode.PermissionDenied, why));
}
