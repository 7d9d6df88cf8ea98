using Eunomia.Cli.Output;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Configuration;
using Eunomia.Controller.Enforcement;
using Eunomia.Core;

namespace Eunomia.Cli.Commands;

/// <summary>What the command line of <c>daemon</c> says; where it says nothing, the file does.</summary>
internal sealed record DaemonSettings
{
    /// <summary>Null means the default one, if it is there.</summary>
    public string? ConfigFile { get; init; }

    public string? Collector { get; init; }

    public string? Socket { get; init; }

    public OutputFormat? Format { get; init; }

    public IReadOnlyList<ContainerSelector>? Containers { get; init; }

    public IReadOnlyList<int>? Pids { get; init; }

    /// <summary>What becomes of what rules do beside telling.</summary>
    public EnforcementMode? Enforcement { get; init; }

    /// <summary>Where policies outlive the private collector, as a full path; null means nowhere.</summary>
    public string? Pins { get; init; }

    /// <summary>Files and folders of rules.</summary>
    public IReadOnlyList<string>? Rules { get; init; }

    /// <summary>Reads the file, as often as it is wanted.</summary>
    /// <exception cref="ConfigException">Something in it is wrong.</exception>
    public DaemonConfig ReadFile(Launch.IMachine machine) => ConfigFile is { } named ? DaemonConfigReader.ReadFile(named)
        : machine.FileExists(DaemonConfig.DefaultFile) ? DaemonConfigReader.ReadFile(DaemonConfig.DefaultFile)
        : new DaemonConfig();

    /// <summary>What is in force: the command line over the file.</summary>
    public DaemonConfig Over(DaemonConfig file) => file with
    {
        Collector = Collector ?? file.Collector,
        Socket = Socket ?? file.Socket ?? DaemonClient.DefaultSocket,
        Format = Format?.ToString().ToLowerInvariant() ?? file.Format,
        Containers = Containers ?? file.Containers,
        Pids = Pids ?? file.Pids,
        Rules = Rules ?? file.Rules,
        Enforcement = Enforcement ?? file.Enforcement,
    };
}
