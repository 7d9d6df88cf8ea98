using System.Globalization;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Rules.Engine;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of where it happened: <c>container.*</c>, <c>k8s.*</c>.</summary>
internal static class ContainerFields
{
    private delegate ReadOnlySpan<byte> ContainerText(ContainerTexts texts);

    private static readonly byte[] Host = "host"u8.ToArray();

    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.AllKinds;
        set.Text("container.id", "first 12 characters of the container's id, or all of one that is no long hexadecimal number; host outside of containers", Id);
        set.Text("container.full_id", "the container's id; host outside of containers", (in EventView e, FieldScratch _) => e.Container is { } container ? ContainerTexts.Of(container).FullId : Host);
        set.Text("container.name", "its name, once known; host outside of containers", (in EventView e, FieldScratch _) => e.Container is { } container ? FieldReader.OrMissing(ContainerTexts.Of(container).Name) : Host);
        set.Text("container.type", "runtime that made it: docker, containerd, podman, cri-o, ...; host outside of containers", (in EventView e, FieldScratch _) => e.Container is { } container ? FieldReader.OrMissing(ContainerTexts.Of(container).Runtime) : Host);
        AddImage(set);
        AddDetails(set);
        AddMounts(set);
        AddPod(set);
    }

    internal static ReadOnlySpan<byte> Id(in EventView e, FieldScratch s) => e.Container is { } container ? ContainerTexts.Of(container).Id : Host;

    private static TextOf Of(ContainerText text) => (in EventView e, FieldScratch _) =>
        e.Container is { } container ? FieldReader.OrMissing(text(ContainerTexts.Of(container))) : FieldReader.Missing;

    private static void AddImage(FieldSet set)
    {
        set.Text("container.image", "image reference, as the user gave it", Of(texts => texts.Image));
        set.Text("container.image.repository", "image reference without tag and digest", Of(texts => texts.Repository));
        set.Text("container.image.tag", "tag of the image", Of(texts => texts.Tag));
        set.Text("container.image.digest", "digest of the image", Of(texts => texts.ImageDigest));
        set.Text("container.image.id", "id of the image", Of(texts => texts.ImageId));
    }

    private static void AddDetails(FieldSet set)
    {
        set.Flag("container.privileged", "whether it runs privileged", (in EventView e, FieldScratch s, out long value) =>
        {
            bool? isPrivileged = e.Container?.Details.Is(ContainerFacts.Privileged);
            value = isPrivileged == true ? 1 : 0;
            return isPrivileged is not null;
        });
        set.Number("container.start_ts", "when it was made, in nanoseconds of Unix time", (in EventView e, FieldScratch _, out long value) => TryGetStart(e, out value), FieldType.Time);
        set.Number("container.duration", "how long ago it was made, in nanoseconds", (in EventView e, FieldScratch s, out long value) =>
        {
            bool isKnown = TryGetStart(e, out long start);
            value = e.TimeUnixNs - start;
            return isKnown;
        }, FieldType.Time);
        set.Text("container.healthcheck", "command of its health check", Of(texts => texts.HealthCheck));
        set.Unobservable("container.cni.json", FieldType.Text, "what its network plugin said, JSON", "only CRI runtimes have it, and tell it their own clients");
        set.Unobservable("container.ip", FieldType.Address, "its address", "runtimes keep it where only their own clients read it");
        set.Unobservable("container.liveness_probe", FieldType.Text, "command of its liveness probe", "only the API server of Kubernetes has it");
        set.Unobservable("container.readiness_probe", FieldType.Text, "command of its readiness probe", "only the API server of Kubernetes has it");
    }

    private static bool TryGetStart(in EventView e, out long startUnixNs)
    {
        long? start = e.Container?.CreatedUnixNs;
        startUnixNs = start ?? 0;
        return start is not null;
    }

    private static void AddMounts(FieldSet set)
    {
        set.Built("container.mounts", "all mounts, as source:destination:mode:writable:propagation with commas in between", (in EventView e, FieldScratch s, Utf8Buffer to) =>
        {
            ContainerMountTexts[] mounts = e.Container is { } container ? ContainerTexts.Of(container).Mounts : [];
            for (int i = 0; i < mounts.Length; i++)
            {
                if (i > 0)
                {
                    to.Append((byte)',');
                }

                to.Append(mounts[i].Whole);
            }

            return mounts.Length > 0;
        });
        set.Keyed("container.mount", "a mount, by number or by its source, which may have * and ?", key => PartOfMount(key, byDestination: false, mount => mount.Whole));
        MountPart(set, "source", "source of a mount, by number or by its destination, which may have * and ?", byDestination: true, mount => mount.Source);
        MountPart(set, "dest", "destination of a mount, by number or by its source, which may have * and ?", byDestination: false, mount => mount.Destination);
        MountPart(set, "mode", "mode of a mount, by number or by its source", byDestination: false, mount => mount.Mode);
        MountPart(set, "rdwr", "whether a mount can be written: true or false, by number or by its source", byDestination: false, mount => mount.IsWritable ? "true"u8 : "false"u8);
        MountPart(set, "propagation", "propagation of a mount, by number or by its source", byDestination: false, mount => mount.Propagation);
    }

    private delegate ReadOnlySpan<byte> PartOf(ContainerMountTexts mount);

    private static void MountPart(FieldSet set, string part, string summary, bool byDestination, PartOf read) =>
        set.Keyed($"container.mount.{part}", summary, key => PartOfMount(key, byDestination, read));

    private static TextOf PartOfMount(string key, bool byDestination, PartOf read)
    {
        Func<Container, ContainerMountTexts?> find = Finder(key, byDestination);
        return (in EventView e, FieldScratch _) =>
            e.Container is { } container && find(container) is { } mount ? FieldReader.OrEmpty(read(mount)) : FieldReader.Missing;
    }

    private static Func<Container, ContainerMountTexts?> Finder(string key, bool byDestination)
    {
        if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return container => ContainerTexts.Of(container).Mounts.ElementAtOrDefault(number);
        }

        var glob = new GlobPattern(key, ignoreCase: false);
        return container =>
        {
            foreach (ContainerMountTexts mount in ContainerTexts.Of(container).Mounts)
            {
                if (glob.Matches(byDestination ? mount.Destination : mount.Source))
                {
                    return mount;
                }
            }

            return null;
        };
    }

    private static void AddPod(FieldSet set)
    {
        set.Text("k8s.pod.name", "Kubernetes pod", Of(texts => texts.Pod));
        set.Text("k8s.ns.name", "Kubernetes namespace", Of(texts => texts.Pod.Length == 0 ? default : (ReadOnlySpan<byte>)texts.Namespace));
        set.Text("k8s.pod.uid", "uid of the pod", Of(texts => texts.PodUid));
        set.Keyed("k8s.pod.label", "a label of the pod", key => Of(texts => texts.PodLabel(key)));
        set.Text("k8s.pod.labels", "all labels of the pod: a:b, c:d", Of(texts => texts.PodLabels));
        set.Text("k8s.pod.id", "the same, as older rules call it", Of(texts => texts.PodUid));
        set.Unobservable("k8s.pod.ip", FieldType.Address, "address of the pod", "only the API server of Kubernetes has it");
    }
}
