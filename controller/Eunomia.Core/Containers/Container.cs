using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Accounts;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Containers;

/// <summary>A container. Its identity never changes; name and image come later, if at all.</summary>
public sealed class Container
{
    private readonly List<ulong> _cgroupKeys = [];
    private byte[]? _json;

    /// <summary>Its texts as rules compare them, encoded once per change.</summary>
    internal Rules.Fields.ContainerTexts? RuleTexts { get; set; }

    internal Container(string id, string runtime, Container? parent, uint owner = 0)
    {
        Id = id;
        PathRuntime = runtime;
        Runtime = runtime;
        Parent = parent;
        Owner = owner;
    }

    /// <summary>A container as somebody else described it.</summary>
    /// <param name="id">Full id.</param>
    /// <param name="metadata">What is known of it.</param>
    /// <param name="podUid">Uid of the Kubernetes pod, or null.</param>
    /// <param name="parent">The container around it, or null.</param>
    public static Container Describe(string id, ContainerMetadata metadata, string? podUid, Container? parent)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var container = new Container(id, metadata.Runtime ?? CgroupPath.UnknownRuntime, parent) { PodUid = podUid };
        container.SetMetadata(metadata);
        return container;
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

    /// <summary>The parts of <see cref="Image"/>, or null.</summary>
    public ImageReference? ImageParts { get; private set; }

    /// <summary>What else its runtime's files say.</summary>
    public ContainerDetails Details { get; private set; } = ContainerDetails.None;

    /// <summary>When it was made, or null when nobody says.</summary>
    public long? CreatedUnixNs { get; private set; }

    /// <summary>What its runtime's files say, as far as it is known.</summary>
    public ContainerMetadata Metadata => new(Runtime, Name, Image, Pod, Namespace, CreatedUnixNs, Owner) { Details = Details };

    /// <summary>Keys of its living cgroups, for the kernel's filter.</summary>
    public IReadOnlyList<ulong> CgroupKeys => _cgroupKeys;

    /// <summary>The JSON object, UTF-8, encoded once per change.</summary>
    public ReadOnlySpan<byte> Json => _json ??= ContainerJson.Encode(this);

    /// <summary>Whether it has run a program of its own, as far as events and snapshots tell.</summary>
    public bool HasStarted => Life.Started || Life.WasRunning;

    /// <summary>Whether all its cgroups are gone.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>The runtime as its path says: part of the identity, whatever metadata says later.</summary>
    internal string PathRuntime { get; }

    /// <summary>
    /// The user in whose slice it lies, 0 for none. Part of the identity: users make cgroups there under any name, also one
    /// that somebody else's container has.
    /// </summary>
    internal uint Owner { get; }

    /// <summary>Names of its users and groups.</summary>
    internal AccountTable? Accounts { get; set; }

    /// <summary>The path of an unrecognised one, hashed: tells two with the same directory name apart.</summary>
    internal string? HashedId { get; set; }

    /// <summary>Its life as far as events tell of it.</summary>
    internal ContainerLife Life;

    /// <summary>What each route with a filter knows of it, made when it is asked for first.</summary>
    private RouteState[] _routes = [];

    /// <summary>Whether its first sight was announced.</summary>
    public bool IsSeen { get; internal set; }

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
        ImageParts = ImageReference.Parse(Image);
        Details = metadata.Details;
        PodUid ??= metadata.Details.PodUid;
        MetadataState = MetadataState.Known;
        _json = null;
        RuleTexts = null;
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
