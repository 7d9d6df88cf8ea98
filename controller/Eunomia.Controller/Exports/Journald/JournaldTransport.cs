using Eunomia.Controller.Exports.Delivery;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Journald;

/// <summary>Entries of the journal. One counts as delivered when it stands in the queue of the journal's socket.</summary>
internal sealed class JournaldTransport(JournaldOptions options) : IAlertTransport
{
    private readonly DatagramSocket _socket = DatagramSocket.ToPath(options.Socket);

    public string Name => "journald";

    // Each one is on its way or not: several at once would all be sent again when the last one fails.
    public int MostPerSend => 1;

    public async Task SendAsync(IReadOnlyList<Alert> alerts, CancellationToken cancellation)
    {
        foreach (Alert alert in alerts)
        {
            await _socket.SendAsync(JournalEntry.Encode(alert), cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose() => _socket.Dispose();
}
