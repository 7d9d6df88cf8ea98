using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Eunomia.Controller.Hosting;

/// <summary>What waits for one client. Bounded by number and by bytes: what does not fit is refused, and nobody waits.</summary>
internal sealed class ClientQueue<T>(int mostItems, int mostBytes)
{
    private readonly Channel<(T Item, int Bytes)> _channel = Channel.CreateBounded<(T, int)>(
        new BoundedChannelOptions(mostItems) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private long _bytes;

    /// <summary>Whether there is no room for anything.</summary>
    public bool IsFull => Interlocked.Read(ref _bytes) >= mostBytes || _channel.Reader.Count >= mostItems;

    /// <summary>Takes an item, or refuses it.</summary>
    public bool TryAdd(T item, int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= mostBytes && _channel.Writer.TryWrite((item, bytes)))
        {
            return true;
        }
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    /// <summary>Nothing more comes.</summary>
    public void Complete() => _channel.Writer.TryComplete();

    /// <summary>Waits for an item; false when it is complete and empty.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancel) => _channel.Reader.WaitToReadAsync(cancel);

    /// <summary>Takes an item out, with its size.</summary>
    public bool TryTake([MaybeNullWhen(false)] out T item, out int bytes)
    {
        bool found = _channel.Reader.TryRead(out (T Item, int Bytes) entry);
        (item, bytes) = entry;
        Interlocked.Add(ref _bytes, -bytes);
        return found;
    }
}
