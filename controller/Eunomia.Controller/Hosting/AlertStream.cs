using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Hosting;

/// <summary>How a stream to a client goes: offered = delivered + lost, but for what is on its way.</summary>
internal readonly record struct StreamAccount(string What, uint Uid, long SinceUnixNs, ulong Offered, ulong Delivered, ulong Lost);

/// <summary>One client that follows alerts.</summary>
internal sealed class AlertStream(AlertFilter filter, uint uid, ulong forgotten, TimeProvider time)
{
    // Room for all that is kept, and as much again.
    private const int MostItems = 2 * AlertHub.Kept;
    private const int MostBytes = int.MaxValue;
    private readonly ClientQueue<Alert> _queue = new(MostItems, MostBytes);
    private readonly long _since = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
    private ulong _offered;
    private ulong _delivered;
    private ulong _lost;

    /// <summary>Alerts that were kept no more when it began.</summary>
    public ulong Forgotten => forgotten;

    /// <summary>Alerts that the client was too slow for.</summary>
    public ulong Lost => Volatile.Read(ref _lost);

    public StreamAccount Account => new("alerts", uid, _since, Volatile.Read(ref _offered), Volatile.Read(ref _delivered), Lost);

    /// <summary>An alert, while nobody else offers one.</summary>
    public void Offer(Alert alert)
    {
        if (filter.Matches(alert))
        {
            Volatile.Write(ref _offered, _offered + 1);
            if (!_queue.TryAdd(alert, 0))
            {
                Volatile.Write(ref _lost, _lost + 1);
            }
        }
    }

    public void Complete() => _queue.Complete();

    /// <summary>Waits for alerts and takes them, at most so many; empty when there will be no more.</summary>
    public async ValueTask<IReadOnlyList<Alert>> TakeAsync(int most, CancellationToken cancel)
    {
        List<Alert> taken = [];
        if (await _queue.WaitAsync(cancel).ConfigureAwait(false))
        {
            while (taken.Count < most && _queue.TryTake(out Alert? alert, out _))
            {
                taken.Add(alert);
            }
        }
        Volatile.Write(ref _delivered, _delivered + (ulong)taken.Count);
        return taken;
    }
}
