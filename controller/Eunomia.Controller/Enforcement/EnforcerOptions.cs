using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Enforcement;

/// <summary>What an <see cref="Enforcer"/> works with.</summary>
public sealed record EnforcerOptions
{
    /// <summary>The rules.</summary>
    public required IDetection Detection { get; init; }

    /// <summary>Gets each alert, with what was done.</summary>
    public required Action<Alert> Publish { get; init; }

    /// <summary>Puts policies into force: <see cref="CollectorClient.SetEnforcementAsync"/>.</summary>
    public required Func<SetEnforcementRequest, CancellationToken, Task> SetPolicies { get; init; }

    /// <summary>Ends a process or container: <see cref="CollectorClient.SignalAsync"/>.</summary>
    public required Func<SignalRequest, CancellationToken, Task<SignalResponse>> Signal { get; init; }

    /// <summary>What went wrong.</summary>
    public required ServiceLog Log { get; init; }

    /// <summary>Clock and timers.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Whether anything is done.</summary>
    public EnforcementMode Mode { get; init; }

    /// <summary>Policies are only for these containers; empty means all.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];
}
