using Eunomia.Controller.Exports.Delivery;

namespace Eunomia.Controller.Exports.Syslog;

/// <summary>How syslog is reached.</summary>
public enum SyslogProtocol
{
    /// <summary>A datagram socket in the file system: /dev/log.</summary>
    Unix,

    /// <summary>UDP: nobody tells whether anything arrives.</summary>
    Udp,

    /// <summary>TCP, with octet counting (RFC 6587).</summary>
    Tcp,
}

/// <summary>Syslog, <c>[alerts.syslog]</c>.</summary>
/// <param name="Protocol">How.</param>
/// <param name="Host">Path of the socket, or host.</param>
/// <param name="Port">Port; 0 with a path.</param>
public sealed record SyslogOptions(SyslogProtocol Protocol, string Host, int Port)
{
    /// <summary>What is meant when nothing is said.</summary>
    public static SyslogOptions Default { get; } = new(SyslogProtocol.Unix, "/dev/log", 0);

    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>Number of the facility; 10 is authpriv.</summary>
    public int Facility { get; init; } = 10;
}
