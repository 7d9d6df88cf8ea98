using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Containers;

/// <summary>A container. Its identity never changes; name and image come later, if at all.</summary>
public sealed class Container
{
    private readonly List<ulong> _cgroupKeys = [];
    private byte[]? _json;

    internal Container(string id, string runtime, Container? parent, uint owner = 0)
    {
        Id = id;
        PathRuntime = runtime;
        Runtime = runtime;
        Parent = parent;
        Owner = owner;
    }

    /// <summary>Full id; the name for runtimes without ids; made up from the cgroup for one nobody recognised.</summary>
    public string Id { get; }

    /// <summary>"docker", "containerd", "podman", "cri-o", "systemd-nspawn", "lxc", "oci", … or "unknown".</summary>
    public string Runtime { get; private set; }

    /// <summary>The recognised container around it, for a nested one.</summary>
    public Container? Parent { get; }

    /// <summary>Whether name and image are known.</summary>
    public MetadataState MetadataState { get; private set; }

    /// <summary>Name, or null.</summary>
    public string? Name { get; private set; }

    /// <summary>Image reference, or null.</summary>
    public string? Image { get; private set; }

    /// <summary>Kubernetes pod, or null.</summary>
    public string? Pod { get; private set; }

    /// <summary>Namespace, or null.</summary>
    public string? Namespace { get; private set; }

    /// <summary>Uid of the Kubernetes pod, which its cgroup's path tells when nothing tells the name; or null.</summary>
    public string? PodUid { get; internal set; }

    /// <summary>When it was made, or null when nobody says.</summary>
    public long? CreatedUnixNs { get; private set; }

    /// <summary>Keys of its living cgroups, for the kernel's filter.</summary>
    public IReadOnlyList<ulong> CgroupKeys => _cgroupKeys;

    /// <summary>The JSON object, UTF-8, encoded once per change.</summary>
    public ReadOnlySpan<byte> Json => _json ??= ContainerJson.Encode(this);

    /// <summary>Whether all its cgroups are gone.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>The runtime as its path says: part of the identity, whatever metadata says later.</summary>
    internal string PathRuntime { get; }

    /// <summary>
    /// The user in whose slice it lies, 0 for none. Part of the identity: users make cgroups there under any name, also one
    /// that somebody else's container has.
    /// </summary>
    internal uint Owner { get; }

    /// <summary>The path of an unrecognised one, hashed: tells two with the same directory name apart.</summary>
    internal string? HashedId { get; set; }

    /// <summary>Its life as far as events tell of it.</summary>
    internal ContainerLife Life;

    /// <summary>What each route with a filter knows of it, made when it is asked for first.</summary>
    private RouteState[] _routes = [];

    /// <summary>Whether its first sight was announced.</summary>
    internal bool IsSeen { get; set; }

    /// <summary>Cgroups, removed ones in their grace included, and nested containers: forgotten at 0.</summary>
    internal int References { get; set; }

    /// <summary>Another container with the same id: a nested one, or of another runtime.</summary>
    internal Container? SameId { get; set; }

    /// <summary>What a route knows of it.</summary>
    internal ref RouteState OfRoute(int route)
    {
        if (route >= _routes.Length)
        {
            Array.Resize(ref _routes, route + 1);
        }

        return ref _routes[route];
    }

    internal void AddKey(ulong key)
    {
        if (IsRemoved)
        {
            (IsRemoved, Life) = (false, default);
        }

        _cgroupKeys.Add(key);
        References++;
    }

    /// <summary>A cgroup went. The caller keeps the reference until its grace is over.</summary>
    internal void RemoveKey(ulong key)
    {
        _cgroupKeys.Remove(key);
        IsRemoved = _cgroupKeys.Count == 0;
    }

    internal void SetMetadata(ContainerMetadata metadata)
    {
        Runtime = IsVaguer(metadata.Runtime) ? PathRuntime : metadata.Runtime;
        Name = NullIfEmpty(metadata.Name);
        Image = NullIfEmpty(metadata.Image);
        Pod = NullIfEmpty(metadata.Pod);
        Namespace = NullIfEmpty(metadata.Namespace);
        CreatedUnixNs = metadata.CreatedUnixNs;
        MetadataState = MetadataState.Known;
        _json = null;
    }

    internal void SetMetadataUnavailable() => MetadataState = MetadataState.Unavailable;

    /// <summary>The state of a low-level runtime does not say which engine called it; the path often does.</summary>
    private bool IsVaguer([NotNullWhen(false)] string? runtime) =>
        string.IsNullOrEmpty(runtime)
        || (runtime is "runc" or "crun" && PathRuntime is not (CgroupPath.UnknownRuntime or "oci"));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>What was announced of a container, from the making of its cgroups to their end.</summary>
internal struct ContainerLife
{
    /// <summary>Its own cgroup's making was seen live, so its start will be too.</summary>
    internal bool Created;

    /// <summary>CLOCK_BOOTTIME of that; 0 = not seen.</summary>
    internal ulong CreatedNs;

    /// <summary>Its start was announced.</summary>
    internal bool Started;

    /// <summary>It ran before we looked: a snapshot told of its processes.</summary>
    internal bool WasRunning;

    /// <summary>Its end was announced.</summary>
    internal bool Exited;

    /// <summary>Its init; pid 0 = never seen.</summary>
    internal ProcessKey Init;

    /// <summary>Whether <see cref="Init"/> is pid 1 of its namespace, so that no other can be.</summary>
    internal bool InitIsPidOne;
}

/// <summary>A route's last word on a container, and the events that wait for it.</summary>
internal struct RouteState
{
    internal FilterDecision? Decision;
    internal HeldQueue? Held;
}
