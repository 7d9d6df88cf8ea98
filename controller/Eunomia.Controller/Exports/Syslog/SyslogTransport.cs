using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Syslog;

/// <summary>
/// Syslog messages. Over a path one counts as delivered when it stands in the listener's queue, over UDP when it was sent.
/// Syslog over TCP has no receipts, so a batch gets a connection of its own, and counts as delivered when the other side
/// has read it to its end and closed: a listener that dies before it has read everything resets the connection.
/// </summary>
internal sealed class SyslogTransport(SyslogOptions options) : IAlertTransport
{
    private const int LevelTcp = 6;
    private const int TcpInfo = 11; // its first byte is the connection's state
    private const byte TcpClosed = 7; // where TIME_WAIT is, for the socket itself
    private readonly DatagramSocket _socket = options.Protocol == SyslogProtocol.Unix
        ? DatagramSocket.ToPath(options.Host)
        : new DatagramSocket(cancellation => ConnectAsync(options, SocketType.Dgram, ProtocolType.Udp, cancellation));

    public string Name => "syslog";

    public int MostPerSend => options.Protocol == SyslogProtocol.Tcp ? 128 : 1;

    public async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        if (options.Protocol == SyslogProtocol.Tcp)
        {
            await SendStreamAsync(alerts, cancellation).ConfigureAwait(false);
            return;
        }
        foreach (Alert alert in alerts)
        {
            await _socket.SendAsync(SyslogMessage.Encode(alert, options.Facility), cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendStreamAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        using var frames = new MemoryStream();
        foreach (Alert alert in alerts)
        {
            byte[] message = SyslogMessage.Encode(alert, options.Facility);
            frames.Write(Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "));
            frames.Write(message);
        }
        using Socket socket = await ConnectAsync(options, SocketType.Stream, ProtocolType.Tcp, cancellation).ConfigureAwait(false);
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(frames.GetBuffer().AsMemory(0, (int)frames.Length), cancellation).ConfigureAwait(false);
        socket.Shutdown(SocketShutdown.Send);
        byte[] ignored = new byte[256];
        while (await stream.ReadAsync(ignored, cancellation).ConfigureAwait(false) > 0)
        {
            // Syslog servers have nothing to say; the end is what counts.
        }
        if (!HasReadAll(socket))
        {
            throw new IOException("the receiver closed the connection before it had read everything");
        }
    }

    // Who closes behind our end has read up to it. A receiver that closed earlier had not: then the kernel still waits for
    // it to acknowledge the end, or has been told by a reset that it never will.
    private static bool HasReadAll(Socket socket)
    {
        Span<byte> state = stackalloc byte[1];
        _ = socket.GetRawSocketOption(LevelTcp, TcpInfo, state);
        return state[0] == TcpClosed && (int?)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) == 0;
    }

    private static async Task<Socket> ConnectAsync(SyslogOptions options, SocketType type, ProtocolType protocol, CancellationToken cancellation)
    {
        var socket = new Socket(type, protocol);
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
