using Eunomia.Controller.Hosting;
using Eunomia.Core.Containers;
using Eunomia.Protocol.V1;
using Grpc.Core;

namespace Eunomia.Controller.Api.Grpc;

/// <summary>Which containers there are.</summary>
internal sealed class ContainerCalls(Daemon daemon) : ContainerService.ContainerServiceBase
{
    public override async Task<ListContainersResponse> ListContainers(ListContainersRequest request, ServerCallContext context)
    {
        ContainerListing listing = await daemon.ListContainersAsync().ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.Unavailable, "the daemon has no collector at the moment"));
        var answer = new ListContainersResponse { Complete = listing.IsComplete };
        answer.Containers.AddRange(listing.Rows.Select(ApiMapping.ToMessage));
        return answer;
    }
}
