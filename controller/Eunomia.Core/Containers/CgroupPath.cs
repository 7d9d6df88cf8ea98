using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Eunomia.Core.Containers;

/// <summary>
/// From a cgroup path to a container. Origin of the formats: systemd's and runc's cgroup drivers, the cgroupsPath that
/// docker, containerd, CRI-O, podman, nerdctl give to the OCI runtime, LXC's and systemd-nspawn's own naming. The corpus
/// of real paths in <c>tests/Eunomia.Core.Tests/Containers/cgroup-paths.txt</c> is the specification.
/// </summary>
public static class CgroupPath
{
    /// <summary>Runtime of a container that no pattern recognised.</summary>
    public const string UnknownRuntime = "unknown";

    private static readonly SearchValues<byte> PodUidBytes = SearchValues.Create("0123456789abcdefABCDEF-_"u8);

    /// <summary>Finds the innermost recognised container of a path.</summary>
    /// <param name="path">From the root of the hierarchy, "/docker/…"; bytes as the kernel has them.</param>
    /// <param name="runtime">"docker", "containerd", "podman", "cri-o", "systemd-nspawn", "lxc", "oci", …</param>
    /// <param name="id">Full id, or the name for runtimes that have no id.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> path, [NotNullWhen(true)] out string? runtime, [NotNullWhen(true)] out string? id)
    {
        CgroupIdentity identity = Classify(path);
        bool found = identity.Class == CgroupClass.Container;
        runtime = found ? identity.Runtime : null;
        id = found ? DecodeId(identity.Id) : null;
        return found;
    }

    internal static CgroupIdentity Classify(ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd((byte)'/');
        uint owner = OwnerOf(path);
        bool allHost = true;
        bool helper = false;
        for (ReadOnlySpan<byte> rest = path; !rest.IsEmpty;)
        {
            int slash = rest.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> component = rest[(slash + 1)..];
            ReadOnlySpan<byte> outer = slash < 0 ? default : rest[..slash];
            CgroupMatch match = CgroupPatterns.Match(outer, component, path[rest.Length..], out string runtime, out ReadOnlySpan<byte> id);
            if (match == CgroupMatch.Container)
            {
                return new CgroupIdentity
                {
                    Class = CgroupClass.Container,
                    Runtime = runtime,
                    Id = id,
                    IsOwn = rest.Length == path.Length,
                    Outer = outer,
                    Owner = owner,
                };
            }

            helper |= match == CgroupMatch.Helper;
            allHost &= match == CgroupMatch.Host || component.IsEmpty;
            rest = outer;
        }

        return new CgroupIdentity
        {
            Class = allHost || helper ? CgroupClass.Host : CgroupClass.Other,
            Runtime = UnknownRuntime,
            Owner = owner,
        };
    }

    /// <summary>The user of <c>/user.slice/user-UID.slice/…</c>, where systemd lets that user make cgroups; else 0.</summary>
    internal static uint OwnerOf(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> prefix = "/user.slice/user-"u8;
        return path.StartsWith(prefix)
            && Utf8Parser.TryParse(path[prefix.Length..], out uint uid, out int digits)
            && path[(prefix.Length + digits)..].StartsWith(".slice/"u8)
            ? uid
            : 0;
    }

    /// <summary>
    /// The uid of the Kubernetes pod around a container: <c>…/podUID</c> with the cgroupfs driver, <c>…-podUID.slice</c>,
    /// its dashes written as underscores, with systemd's. Null outside of Kubernetes.
    /// </summary>
    internal static string? PodUid(ReadOnlySpan<byte> path)
    {
        for (int at = path.LastIndexOf("pod"u8); at > 0; at = path[..at].LastIndexOf("pod"u8))
        {
            ReadOnlySpan<byte> uid = path[(at + "pod"u8.Length)..];
            int end = uid.IndexOfAnyExcept(PodUidBytes);
            uid = end < 0 ? uid : uid[..end];
            bool isWhole = end < 0 || path[at + "pod"u8.Length + end] is (byte)'/' or (byte)'.' or (byte)':';
            if (isWhole && uid.Length is 32 or 36 && path[at - 1] is (byte)'/' or (byte)'-' && CgroupPatterns.IsBelowKubepods(path[..at]))
            {
                return Encoding.ASCII.GetString(uid).Replace('_', '-');
            }
        }

        return null;
    }

    /// <summary>
    /// A stable name for a container that no pattern recognised: its directory's name where that can be an id (a bare runc
    /// container), else a hash of the path. What the container itself made below (services, slices) is not its name.
    /// </summary>
    internal static string AnonymousId(ReadOnlySpan<byte> path, out bool isName)
    {
        ReadOnlySpan<byte> rest = path.TrimEnd((byte)'/');
        while (!rest.IsEmpty)
        {
            int slash = rest.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> component = rest[(slash + 1)..];
            if (!CgroupPatterns.IsHost(component))
            {
                component = NameOfPayload(rest[..Math.Max(slash, 0)], component);
                isName = IsValidId(component);
                return isName ? Encoding.ASCII.GetString(component) : HashedId(path);
            }

            rest = slash < 0 ? default : rest[..slash];
        }

        isName = false;
        return HashedId(path);
    }

    /// <summary>The name that a cgroup has when its directory's is none, or not its alone.</summary>
    internal static string HashedId(ReadOnlySpan<byte> path) => $"cgroup-path-{Hash(path.TrimEnd((byte)'/')):x16}";

    /// <summary>The id of a container whose cgroup's path is unknown.</summary>
    internal static string AnonymousId(ulong cgroupKey) => $"cgroup-key-{cgroupKey:x16}";

    /// <summary>Whether it can be a container's id: <c>[A-Za-z0-9][A-Za-z0-9_.+-]{0,127}</c>.</summary>
    internal static bool IsValidId(ReadOnlySpan<byte> id)
    {
        if (id.IsEmpty || id.Length > 128 || !char.IsAsciiLetterOrDigit((char)id[0]))
        {
            return false;
        }

        foreach (byte b in id)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'.' or (byte)'+' or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The id as text; unit names of systemd escape characters as <c>\xNN</c>.</summary>
    internal static string DecodeId(ReadOnlySpan<byte> raw)
    {
        Span<byte> decoded = stackalloc byte[256];
        return TryUnescape(raw, decoded, out int length)
            ? Encoding.ASCII.GetString(decoded[..length])
            : Encoding.ASCII.GetString(raw);
    }

    /// <summary>Undoes systemd's unit name escaping; false when the result does not fit or the escape is broken.</summary>
    internal static bool TryUnescape(ReadOnlySpan<byte> raw, Span<byte> decoded, out int length)
    {
        length = 0;
        while (!raw.IsEmpty)
        {
            if (length == decoded.Length)
            {
                return false;
            }

            if (raw[0] != (byte)'\\')
            {
                decoded[length++] = raw[0];
                raw = raw[1..];
                continue;
            }

            if (raw.Length < 4 || raw[1] != (byte)'x' || HexValue(raw[2]) < 0 || HexValue(raw[3]) < 0)
            {
                return false;
            }

            decoded[length++] = (byte)((HexValue(raw[2]) << 4) | HexValue(raw[3]));
            raw = raw[4..];
        }

        return true;
    }

    private static int HexValue(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };

    /// <summary>"…/NAME.service/payload", as systemd-nspawn makes it in a unit that it is told to keep, is NAME.</summary>
    private static ReadOnlySpan<byte> NameOfPayload(ReadOnlySpan<byte> outer, ReadOnlySpan<byte> component)
    {
        ReadOnlySpan<byte> parent = outer[(outer.LastIndexOf((byte)'/') + 1)..];
        return component.SequenceEqual("payload"u8) && parent.EndsWith(".service"u8)
            ? parent[..^".service"u8.Length]
            : component;
    }

    /// <summary>FNV-1a, 64 bits: stable over versions and machines, which is all that is asked of it.</summary>
    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 0x100000001b3;
        }

        return hash;
    }
}
