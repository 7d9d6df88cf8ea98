using System.Threading.Channels;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Wakes one waiter; set while nobody waits, the next one does not wait.</summary>
internal sealed class Signal
{
    private readonly Channel<bool> _channel =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _channel.Writer.TryWrite(true);

    public async Task WaitAsync(CancellationToken cancellation) =>
        await _channel.Reader.ReadAsync(cancellation).ConfigureAwait(false);

    /// <summary>Waits until set or until the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
        }
    }
}
