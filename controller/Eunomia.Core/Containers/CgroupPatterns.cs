namespace Eunomia.Core.Containers;

/// <summary>What one component of a cgroup path is.</summary>
internal enum CgroupMatch
{
    /// <summary>Nothing we know.</summary>
    None,

    /// <summary>A container's own directory.</summary>
    Container,

    /// <summary>A runtime's helper on the host (conmon, a monitor): never a container.</summary>
    Helper,

    /// <summary>What systemd makes on every host.</summary>
    Host,
}

/// <summary>The table of cgroup directory names that container runtimes and systemd make.</summary>
internal static class CgroupPatterns
{
    /// <summary>In front of <c>-ID.scope</c> (systemd driver), of <c>-ID</c>, or between colons (<c>slice:PREFIX:ID</c>).</summary>
    private static readonly (byte[] Prefix, string Runtime)[] Prefixes =
    [
        ("docker"u8.ToArray(), "docker"),
        ("cri-containerd"u8.ToArray(), "containerd"),
        ("nerdctl"u8.ToArray(), "containerd"),
        ("libpod"u8.ToArray(), "podman"),
        ("libpod-payload"u8.ToArray(), "podman"),
        ("crio"u8.ToArray(), "cri-o"),
        ("buildkit"u8.ToArray(), "buildkit"),
        ("runc"u8.ToArray(), "runc"),
        ("crun"u8.ToArray(), "crun"),
    ];

    /// <summary>Directories directly above a directory that is 64 hex digits.</summary>
    private static readonly (byte[] Parent, string Runtime)[] ParentsOfIds =
    [
        ("docker"u8.ToArray(), "docker"),
        ("k8s.io"u8.ToArray(), "containerd"),
        ("default"u8.ToArray(), "containerd"),
    ];

    /// <summary>Directories whose children are containers by name.</summary>
    private static readonly (byte[] Parent, string Runtime)[] ParentsOfNames =
    [
        ("lxc"u8.ToArray(), "lxc"),
        ("lxc.payload"u8.ToArray(), "lxc"),
        ("garden"u8.ToArray(), "garden"),
        ("buildkit"u8.ToArray(), "buildkit"),
    ];

    /// <summary>Names that carry the container's name between a prefix and a suffix.</summary>
    private static readonly (byte[] Prefix, byte[] Suffix, string Runtime)[] Named =
    [
        ("lxc.payload."u8.ToArray(), [], "lxc"),
        ("systemd-nspawn@"u8.ToArray(), ".service"u8.ToArray(), "systemd-nspawn"),
        (@"machine-lxc\x2d"u8.ToArray(), ".scope"u8.ToArray(), "lxc"),
        ("machine-"u8.ToArray(), ".scope"u8.ToArray(), "systemd-nspawn"),
        ([], ".libvirt-lxc"u8.ToArray(), "lxc"),
        ("buildkit-"u8.ToArray(), ".scope"u8.ToArray(), "buildkit"),
        ("runc-"u8.ToArray(), ".scope"u8.ToArray(), "runc"),
        ("crun-"u8.ToArray(), ".scope"u8.ToArray(), "crun"),
    ];

    /// <summary>Helpers by the start of their name; libvirt's virtual machines are not containers either.</summary>
    private static readonly byte[][] Helpers =
    [
        "lxc.monitor"u8.ToArray(),
        "lxc.pivot"u8.ToArray(),
        "libpod-conmon-"u8.ToArray(),
        "crio-conmon-"u8.ToArray(),
        @"machine-qemu\x2d"u8.ToArray(),
    ];

    /// <summary>Whether a runtime's containers have a name for an id, so that no file has more to say.</summary>
    internal static bool IdIsName(string runtime) => runtime is "lxc" or "systemd-nspawn";

    /// <summary>Judges one component by its name, its parent's name and, for nspawn, its child's.</summary>
    /// <param name="outer">The path in front of the component.</param>
    /// <param name="component">The directory's name.</param>
    /// <param name="inner">The path behind it, "" or "/…".</param>
    /// <param name="runtime">The runtime of a container.</param>
    /// <param name="id">The id of a container, as it stands in the path.</param>
    internal static CgroupMatch Match(
        ReadOnlySpan<byte> outer,
        ReadOnlySpan<byte> component,
        ReadOnlySpan<byte> inner,
        out string runtime,
        out ReadOnlySpan<byte> id)
    {
        ReadOnlySpan<byte> parent = outer[(outer.LastIndexOf((byte)'/') + 1)..];
        runtime = CgroupPath.UnknownRuntime;
        id = default;
        if (IsHelper(parent, component))
        {
            return CgroupMatch.Helper;
        }

        if (MatchHexId(outer, parent, component, out runtime, out id) || MatchParent(parent, component, out runtime, out id))
        {
            return CgroupMatch.Container;
        }

        if (MatchNamed(component, out runtime, out id))
        {
            return IsNspawnSupervisor(inner) ? CgroupMatch.Helper : CgroupMatch.Container;
        }

        return IsHost(component) ? CgroupMatch.Host : CgroupMatch.None;
    }

    /// <summary>Whether systemd makes such a directory on every host.</summary>
    internal static bool IsHost(ReadOnlySpan<byte> component) =>
        component.IsEmpty
        || component.EndsWith(".slice"u8)
        || component.EndsWith(".service"u8)
        || component.EndsWith(".mount"u8)
        || component.EndsWith(".socket"u8)
        || component.EndsWith(".swap"u8)
        || component.SequenceEqual("init.scope"u8)
        || (component.StartsWith("session-"u8) && component.EndsWith(".scope"u8));

    private static bool IsHelper(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> component)
    {
        // podman with the cgroupfs driver: its conmons, and its pods, which are no containers.
        if (parent.SequenceEqual("libpod_parent"u8) && (component.SequenceEqual("conmon"u8) || Hex.IsId(component)))
        {
            return true;
        }

        foreach (byte[] helper in Helpers)
        {
            if (component.StartsWith(helper))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>systemd-nspawn keeps its own process beside the payload, in "…/supervisor".</summary>
    private static bool IsNspawnSupervisor(ReadOnlySpan<byte> inner) =>
        inner.StartsWith("/supervisor"u8) && (inner.Length == "/supervisor"u8.Length || inner["/supervisor"u8.Length] == (byte)'/');

    private static bool MatchHexId(
        ReadOnlySpan<byte> outer, ReadOnlySpan<byte> parent, ReadOnlySpan<byte> component,
        out string runtime, out ReadOnlySpan<byte> id)
    {
        runtime = "oci";
        ReadOnlySpan<byte> name = component.EndsWith(".scope"u8) ? component[..^".scope"u8.Length] : component;
        id = name.Length >= Hex.IdLength ? name[^Hex.IdLength..] : default;
        if (!Hex.IsId(id))
        {
            return MatchFargate(parent, name, out id);
        }

        ReadOnlySpan<byte> prefix = name[..^Hex.IdLength];
        if (prefix.IsEmpty)
        {
            runtime = Find(ParentsOfIds, parent) ?? (IsBelowKubepods(outer) ? "containerd" : "oci");
            return true;
        }

        if (prefix[^1] is not ((byte)'-' or (byte)':'))
        {
            return false;
        }

        prefix = prefix[..^1];
        runtime = Find(Prefixes, prefix[(prefix.LastIndexOf((byte)':') + 1)..]) ?? "oci";
        return true;
    }

    /// <summary>ECS on Fargate: <c>/ecs/TASK/TASK-NUMBER</c>, TASK being 32 hex digits.</summary>
    private static bool MatchFargate(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> id)
    {
        id = name;
        return parent.Length == 32
            && name.Length > 33
            && name.StartsWith(parent)
            && name[32] == (byte)'-'
            && Hex.Is(parent)
            && Hex.IsDecimal(name[33..]);
    }

    private static bool IsValidName(ReadOnlySpan<byte> escaped)
    {
        Span<byte> decoded = stackalloc byte[256];
        return CgroupPath.TryUnescape(escaped, decoded, out int length) && CgroupPath.IsValidId(decoded[..length]);
    }

    private static bool MatchParent(
        ReadOnlySpan<byte> parent, ReadOnlySpan<byte> component, out string runtime, out ReadOnlySpan<byte> id)
    {
        runtime = Find(ParentsOfNames, parent) ?? CgroupPath.UnknownRuntime;
        id = component;
        return runtime != CgroupPath.UnknownRuntime && CgroupPath.IsValidId(component);
    }

    private static bool MatchNamed(ReadOnlySpan<byte> component, out string runtime, out ReadOnlySpan<byte> id)
    {
        foreach ((byte[] prefix, byte[] suffix, string candidate) in Named)
        {
            if (component.Length > prefix.Length + suffix.Length && component.StartsWith(prefix) && component.EndsWith(suffix))
            {
                runtime = candidate;
                id = component[prefix.Length..^suffix.Length];
                return IsValidName(id);
            }
        }

        runtime = CgroupPath.UnknownRuntime;
        id = default;
        return false;
    }

    internal static bool IsBelowKubepods(ReadOnlySpan<byte> outer)
    {
        foreach (Range range in outer.Split((byte)'/'))
        {
            if (outer[range].StartsWith("kubepods"u8) || outer[range].IndexOf("-kubepods"u8) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static string? Find((byte[] Name, string Runtime)[] table, ReadOnlySpan<byte> name)
    {
        foreach ((byte[] candidate, string runtime) in table)
        {
            if (name.SequenceEqual(candidate))
            {
                return runtime;
            }
        }

        return null;
    }
}
