using Eunomia.Controller.Api.Client;

namespace Eunomia.Cli.Launch;

/// <summary>A daemon's socket.</summary>
/// <param name="SocketPath">Where it listens.</param>
/// <param name="IsNamed">Somebody named it, rather than that it was found where the service's daemon listens.</param>
internal sealed record DaemonEndpoint(string SocketPath, bool IsNamed)
{
    public const string Variable = "EUNOMIA_SOCKET";

    /// <summary>The daemon to ask; null when none is named and none seems to run.</summary>
    /// <param name="machine">Where we run.</param>
    /// <param name="option">The value of <c>--daemon</c>.</param>
    /// <param name="collector">The value of <c>--collector</c>: who names that wants no daemon.</param>
    public static DaemonEndpoint? Choose(IMachine machine, string? option, string? collector)
    {
        if (option is not null)
        {
            return new DaemonEndpoint(option, IsNamed: true);
        }
        if (collector is not null || machine.GetVariable(CollectorEndpoint.Variable) is not null)
        {
            return null;
        }
        if (machine.GetVariable(Variable) is { } named)
        {
            return new DaemonEndpoint(named, IsNamed: true);
        }
        return machine.FileExists(DaemonClient.DefaultSocket) ? new DaemonEndpoint(DaemonClient.DefaultSocket, IsNamed: false) : null;
    }

    /// <summary>The daemon that has to be there.</summary>
    public static DaemonEndpoint Require(IMachine machine, string? option) =>
        Choose(machine, option, null) ?? new DaemonEndpoint(DaemonClient.DefaultSocket, IsNamed: false);
}
