using System.Net.Sockets;

namespace Eunomia.Controller.Exports;

/// <summary>
/// A connected datagram socket that is opened when it is used first and again after an error: its listener may start
/// later, end and come back. A listener whose queue is full is waited for.
/// </summary>
internal sealed class DatagramSocket(Func<CancellationToken, Task<Socket>> open) : IDisposable
{
    private Socket? _socket;

    /// <summary>A socket to a listener in the file system.</summary>
    public static DatagramSocket ToPath(string path) => new(async cancellation =>
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    public async Task SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellation)
    {
        try
        {
            _socket ??= await open(cancellation).ConfigureAwait(false);
            await _socket.SendAsync(datagram, SocketFlags.None, cancellation).ConfigureAwait(false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }
}
