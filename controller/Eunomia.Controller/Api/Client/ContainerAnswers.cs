using Eunomia.Core.Containers;
using Eunomia.Protocol.V1;
using Container = Eunomia.Core.Containers.Container;
using ContainerState = Eunomia.Core.Containers.ContainerState;

namespace Eunomia.Controller.Api.Client;

/// <summary>Containers that a daemon told of, in Core's terms.</summary>
public static class ContainerAnswers
{
    /// <summary>The answer as a listing.</summary>
    public static ContainerListing ToListing(this ListContainersResponse answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new ContainerListing([.. answer.Containers.Select(ToRow)], answer.Complete);
    }

    private static ContainerRow ToRow(ListedContainer listed)
    {
        Protocol.V1.Container said = listed.Container ?? new Protocol.V1.Container();
        var metadata = new ContainerMetadata(
            said.Runtime, NullIfEmpty(said.Name), NullIfEmpty(said.Image), NullIfEmpty(said.Pod), NullIfEmpty(said.Namespace),
            listed.CreatedUnixNs == 0 ? null : listed.CreatedUnixNs);
        Container? parent = listed.ParentId.Length == 0 ? null
            : Container.Describe(listed.ParentId, new ContainerMetadata(null, null, null, null, null, null), null, null);
        return new ContainerRow(
            Container.Describe(said.Id, metadata, NullIfEmpty(listed.PodUid), parent),
            listed.State == Protocol.V1.ContainerState.Exited ? ContainerState.Exited
                : listed.State == Protocol.V1.ContainerState.Created ? ContainerState.Created : ContainerState.Running,
            listed.StartedUnixNs == 0 ? null : listed.StartedUnixNs,
            [.. listed.Pids],
            null);
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
