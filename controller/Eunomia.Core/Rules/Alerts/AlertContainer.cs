namespace Eunomia.Core.Rules.Alerts;

/// <summary>A container in an alert. What is not known is null.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Runtime">Which runtime made it.</param>
public sealed record AlertContainer(string Id, string Runtime)
{
    /// <summary>Its cgroup, for naming it to the collector; 0 when it has none any more. No output tells it.</summary>
    public ulong CgroupKey { get; init; }

    /// <summary>Name.</summary>
    public string? Name { get; init; }

    /// <summary>Image reference.</summary>
    public string? Image { get; init; }

    /// <summary>Kubernetes pod.</summary>
    public string? Pod { get; init; }

    /// <summary>Kubernetes or containerd namespace.</summary>
    public string? Namespace { get; init; }
}
