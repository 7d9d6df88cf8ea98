using Eunomia.Controller.Captures;
using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Exports;
using Eunomia.Core;

namespace Eunomia.Controller.Configuration;

/// <summary>A daemon as its file describes it; what the file does not say is null or empty.</summary>
public sealed record DaemonConfig
{
    /// <summary>The file that is read when it is there and no other is named.</summary>
    public const string DefaultFile = "/etc/eunomia/eunomia.toml";

    /// <summary>Where the collector listens.</summary>
    public string? Collector { get; init; }

    /// <summary>Where the API listens.</summary>
    public string? Socket { get; init; }

    /// <summary>How alerts are written to stdout: "text" or "json".</summary>
    public string? Format { get; init; }

    /// <summary>How often is told what is only counted.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Only these containers.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];

    /// <summary>Only these processes and their descendants.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>Files and folders of rules, as full paths; empty means the default rules.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>What becomes of what rules do beside telling; null means nothing is done.</summary>
    public EnforcementMode? Enforcement { get; init; }

    /// <summary>Captures that rules ask for.</summary>
    public CaptureOptions Captures { get; init; } = new();

    /// <summary>What becomes of alerts.</summary>
    public AlertOptions Alerts { get; init; } = new();
}
