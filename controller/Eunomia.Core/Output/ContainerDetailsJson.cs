using System.Text;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Output;

/// <summary>The members of a container's JSON object that its runtime's files tell besides name and image.</summary>
internal static class ContainerDetailsJson
{
    private static readonly (ContainerFacts Fact, string Name)[] Namespaces =
    [
        (ContainerFacts.HostPid, "pid"), (ContainerFacts.HostNetwork, "network"), (ContainerFacts.HostIpc, "ipc"),
        (ContainerFacts.HostUts, "uts"), (ContainerFacts.HostUser, "user"), (ContainerFacts.HostCgroup, "cgroup"),
    ];

    internal static void Write(Utf8Buffer line, Container container)
    {
        ContainerDetails details = container.Details;
        line.Member("image_repository"u8, container.ImageParts?.Repository);
        line.Member("image_tag"u8, container.ImageParts?.Tag);
        line.Member("image_digest"u8, details.ImageDigest);
        line.Member("image_id"u8, details.ImageId);
        line.Member("user"u8, details.User);
        Number(line, "uid"u8, details.Uid);
        Number(line, "gid"u8, details.Gid);
        Fact(line, "privileged"u8, details.Is(ContainerFacts.Privileged));
        Fact(line, "read_only_root"u8, details.Is(ContainerFacts.ReadOnlyRoot));
        Fact(line, "no_new_privileges"u8, details.Is(ContainerFacts.NoNewPrivileges));
        Fact(line, "tty"u8, details.Is(ContainerFacts.Tty));
        HostNamespaces(line, details);
        Capabilities(line, "capabilities_bounding"u8, details.CapabilitiesBounding);
        Capabilities(line, "capabilities_effective"u8, details.CapabilitiesEffective);
        line.Member("apparmor"u8, details.AppArmorProfile);
        line.Member("seccomp"u8, details.SeccompProfile);
        line.Member("healthcheck"u8, details.HealthCheck);
        Mounts(line, details.Mounts);
        Labels(line, "labels"u8, details.Labels);
        Labels(line, "annotations"u8, details.Annotations);
        Labels(line, "pod_labels"u8, details.PodLabels);
        Labels(line, "pod_annotations"u8, details.PodAnnotations);
        Fact(line, "incomplete"u8, details.IsIncomplete ? true : null);
    }

    private static void Number(Utf8Buffer line, ReadOnlySpan<byte> key, uint? number)
    {
        if (number is { } value)
        {
            line.Member(key, value);
        }
    }

    private static void Fact(Utf8Buffer line, ReadOnlySpan<byte> key, bool? isSo)
    {
        if (isSo is { } value)
        {
            line.Key(key).Append(value ? "true"u8 : "false"u8);
        }
    }

    private static void HostNamespaces(Utf8Buffer line, ContainerDetails details)
    {
        if (Array.TrueForAll(Namespaces, type => details.Is(type.Fact) is null))
        {
            return;
        }

        line.Key("host_namespaces"u8).Append((byte)'[');
        foreach ((ContainerFacts fact, string name) in Namespaces)
        {
            if (details.Is(fact) == true)
            {
                line.Separate();
                line.Word(name);
            }
        }

        line.Append((byte)']');
    }

    private static void Capabilities(Utf8Buffer line, ReadOnlySpan<byte> key, ulong? set)
    {
        if (set is not { } mask)
        {
            return;
        }

        line.Key(key).Append((byte)'[');
        for (int i = 0; i < SecurityNames.Capabilities.Length; i++)
        {
            if ((mask & (1UL << i)) != 0)
            {
                line.Separate();
                line.Word(SecurityNames.Capabilities[i]);
            }
        }

        line.Append((byte)']');
    }

    private static void Mounts(Utf8Buffer line, IReadOnlyList<ContainerMount> mounts)
    {
        if (mounts.Count == 0)
        {
            return;
        }

        line.Key("mounts"u8).Append((byte)'[');
        foreach (ContainerMount mount in mounts)
        {
            line.Separate();
            line.Append((byte)'{');
            line.Member("source"u8, mount.Source);
            line.Member("destination"u8, mount.Destination);
            line.Member("mode"u8, mount.Mode.Length == 0 ? null : mount.Mode);
            Fact(line, "read_only"u8, mount.IsReadOnly);
            line.Member("propagation"u8, mount.Propagation.Length == 0 ? null : mount.Propagation);
            line.Append((byte)'}');
        }

        line.Append((byte)']');
    }

    private static void Labels(Utf8Buffer line, ReadOnlySpan<byte> key, IReadOnlyList<ContainerLabel> labels)
    {
        if (labels.Count == 0)
        {
            return;
        }

        line.Key(key).Append((byte)'{');
        foreach (ContainerLabel label in labels)
        {
            line.Separate();
            line.String(Encoding.UTF8.GetBytes(label.Key));
            line.Append((byte)':');
            line.String(Encoding.UTF8.GetBytes(label.Value));
        }

        line.Append((byte)'}');
    }
}
