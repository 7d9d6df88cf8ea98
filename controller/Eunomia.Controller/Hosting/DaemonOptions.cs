using Eunomia.Controller.Captures;
using Eunomia.Controller.Enforcement;
using Eunomia.Core;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Hosting;

/// <summary>What a daemon is told at its start.</summary>
public sealed record DaemonOptions
{
    /// <summary>This build's version.</summary>
    public required string Version { get; init; }

    /// <summary>The host's name, as events have it.</summary>
    public required string Hostname { get; init; }

    /// <summary>Where the collector listens.</summary>
    public required string CollectorSocket { get; init; }

    /// <summary>Where the API listens.</summary>
    public required string ApiSocket { get; init; }

    /// <summary>Only these containers.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];

    /// <summary>Only these processes and their descendants.</summary>
    public IReadOnlyList<uint> Pids { get; init; } = [];

    /// <summary>What becomes of what rules do beside telling.</summary>
    public EnforcementMode Enforcement { get; init; }

    /// <summary>Captures that rules ask for.</summary>
    public CaptureOptions Captures { get; init; } = new();

    /// <summary>Alerts of earlier runs, oldest first.</summary>
    public IReadOnlyList<Alert> Earlier { get; init; } = [];

    /// <summary>How often is told what is only counted.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often clients are told what was lost for all.</summary>
    public TimeSpan LossInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the end waits for outputs and clients.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
