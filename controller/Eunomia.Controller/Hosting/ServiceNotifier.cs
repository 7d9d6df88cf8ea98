using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Eunomia.Controller.Hosting;

/// <summary>
/// Tells systemd how the service is, by the protocol of sd_notify(3): a datagram of NAME=VALUE lines to the socket that
/// NOTIFY_SOCKET names. Without such a socket, and when it cannot be reached, nothing happens.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    private const int LongestAddress = 107; // of a unix socket

    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _to;
    private readonly TimeProvider _time;

    /// <param name="address">The value of NOTIFY_SOCKET: a path, or a name in the abstract namespace behind "@"; null = none.</param>
    /// <param name="watchdogMicroseconds">The value of WATCHDOG_USEC.</param>
    /// <param name="watchdogProcess">The value of WATCHDOG_PID: whose pings are wanted.</param>
    /// <param name="time">Clocks.</param>
    public ServiceNotifier(string? address, string? watchdogMicroseconds, string? watchdogProcess, TimeProvider time)
    {
        _time = time;
        if (string.IsNullOrEmpty(address) || address[0] is not ('/' or '@') || Encoding.UTF8.GetByteCount(address) > LongestAddress)
        {
            return;
        }
        _to = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        WatchdogInterval = ReadInterval(watchdogMicroseconds, watchdogProcess);
    }

    /// <summary>How often systemd wants to hear that all is well, which is half of its patience; null = not at all.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>The service does its work.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>What it is at, in a line.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>It reads its configuration again; <see cref="Ready"/> has to follow.</summary>
    public void Reloading()
    {
        // The time lets systemd tell this message from one of a reload before (CLOCK_MONOTONIC, which GetTimestamp reads).
        long microseconds = (long)(_time.GetTimestamp() * (1_000_000.0 / _time.TimestampFrequency));
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={microseconds}"));
    }

    /// <summary>It ends.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <summary>All is well.</summary>
    public void Watchdog() => Send("WATCHDOG=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static TimeSpan? ReadInterval(string? microseconds, string? process)
    {
        bool isOurs = string.IsNullOrEmpty(process) || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out long patience) && patience > 1
            ? TimeSpan.FromMicroseconds(patience / 2)
            : null;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null || _to is null)
        {
            return;
        }
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), SocketFlags.None, _to);
        }
        catch (SocketException)
        {
            // Who listens there looks after us, not we after them.
        }
    }
}
