using Eunomia.Core.Containers;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf.Collections;
using Wire = Eunomia.Protocol.Collector.V1;

namespace Eunomia.Protocol;

/// <summary>The details of a container, as the collector says them and in Core's terms.</summary>
internal static class ContainerMapping
{
    internal static ContainerDetails ToDetails(this InspectContainerResponse response) => new()
    {
        PodUid = Mapping.NullIfEmpty(response.PodUid),
        ImageId = Mapping.NullIfEmpty(response.ImageId),
        ImageDigest = Mapping.NullIfEmpty(response.ImageDigest),
        User = Mapping.NullIfEmpty(response.User),
        Uid = response.HasUid ? response.Uid : null,
        Gid = response.HasGid ? response.Gid : null,
        CapabilitiesBounding = response.HasCapabilitiesBounding ? response.CapabilitiesBounding : null,
        CapabilitiesEffective = response.HasCapabilitiesEffective ? response.CapabilitiesEffective : null,
        Facts = (ContainerFacts)response.Facts,
        FactsKnown = (ContainerFacts)response.FactsKnown,
        AppArmorProfile = Mapping.NullIfEmpty(response.ApparmorProfile),
        SeccompProfile = Mapping.NullIfEmpty(response.SeccompProfile),
        HealthCheck = Mapping.NullIfEmpty(response.Healthcheck),
        IsIncomplete = response.Incomplete,
        Mounts = response.Mounts.Select(ToMount).ToArray(),
        Labels = ToLabels(response.Labels),
        Annotations = ToLabels(response.Annotations),
        PodLabels = ToLabels(response.PodLabels),
        PodAnnotations = ToLabels(response.PodAnnotations),
    };

    internal static void WriteTo(this ContainerDetails details, InspectContainerResponse response)
    {
        response.PodUid = details.PodUid ?? "";
        response.ImageId = details.ImageId ?? "";
        response.ImageDigest = details.ImageDigest ?? "";
        response.User = details.User ?? "";
        response.ApparmorProfile = details.AppArmorProfile ?? "";
        response.SeccompProfile = details.SeccompProfile ?? "";
        response.Healthcheck = details.HealthCheck ?? "";
        response.Facts = (uint)details.Facts;
        response.FactsKnown = (uint)details.FactsKnown;
        response.Incomplete = details.IsIncomplete;
        WriteNumbers(details, response);
        response.Mounts.AddRange(details.Mounts.Select(FromMount));
        response.Labels.AddRange(details.Labels.Select(FromLabel));
        response.Annotations.AddRange(details.Annotations.Select(FromLabel));
        response.PodLabels.AddRange(details.PodLabels.Select(FromLabel));
        response.PodAnnotations.AddRange(details.PodAnnotations.Select(FromLabel));
    }

    private static void WriteNumbers(ContainerDetails details, InspectContainerResponse response)
    {
        if (details.Uid is { } uid)
        {
            response.Uid = uid;
        }

        if (details.Gid is { } gid)
        {
            response.Gid = gid;
        }

        if (details.CapabilitiesBounding is { } bounding)
        {
            response.CapabilitiesBounding = bounding;
        }

        if (details.CapabilitiesEffective is { } effective)
        {
            response.CapabilitiesEffective = effective;
        }
    }

    private static Core.Containers.ContainerMount ToMount(Wire.ContainerMount mount) =>
        new(mount.Source, mount.Destination, mount.Mode, mount.ReadOnly, mount.Propagation);

    private static Wire.ContainerMount FromMount(Core.Containers.ContainerMount mount) => new()
    {
        Source = mount.Source,
        Destination = mount.Destination,
        Mode = mount.Mode,
        ReadOnly = mount.IsReadOnly,
        Propagation = mount.Propagation,
    };

    private static Core.Containers.ContainerLabel[] ToLabels(RepeatedField<Wire.ContainerLabel> labels) =>
        labels.Select(label => new Core.Containers.ContainerLabel(label.Key, label.Value)).ToArray();

    private static Wire.ContainerLabel FromLabel(Core.Containers.ContainerLabel label) =>
        new() { Key = label.Key, Value = label.Value };
}
