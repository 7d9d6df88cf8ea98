namespace Eunomia.Cli.Launch;

/// <summary>Who told us where the collector listens.</summary>
internal enum CollectorOrigin
{
    /// <summary>The option <c>--collector</c>.</summary>
    Option,

    /// <summary>The launcher, which started a private collector for this one run.</summary>
    Launcher,

    /// <summary>Nobody: it is the place where the service listens.</summary>
    Service,
}

/// <summary>A collector's socket.</summary>
internal sealed record CollectorEndpoint(string SocketPath, CollectorOrigin Origin)
{
    public const string Variable = "EUNOMIA_COLLECTOR_SOCKET";
    public const string ServiceSocket = "/run/eunomia-collector/collector.sock";

    /// <summary>
    /// The socket to connect to; null when this process is root and nothing names one, so that a private collector has
    /// to be launched.
    /// </summary>
    /// <param name="machine">Where we run.</param>
    /// <param name="option">The value of <c>--collector</c>.</param>
    /// <param name="serviceAsRoot">Whether root may use the service's socket; only what reads no event may.</param>
    public static CollectorEndpoint? Choose(IMachine machine, string? option, bool serviceAsRoot)
    {
        if (option is not null)
        {
            return new CollectorEndpoint(option, CollectorOrigin.Option);
        }
        if (machine.GetVariable(Variable) is { } launched)
        {
            return new CollectorEndpoint(launched, CollectorOrigin.Launcher);
        }
        bool launch = machine.UserId == 0 && !(serviceAsRoot && machine.FileExists(ServiceSocket));
        return launch ? null : new CollectorEndpoint(ServiceSocket, CollectorOrigin.Service);
    }
}
