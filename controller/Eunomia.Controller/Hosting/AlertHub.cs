using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Hosting;

/// <summary>Which alerts somebody wants.</summary>
public sealed record AlertFilter
{
    /// <summary>Everything.</summary>
    public static AlertFilter Any { get; } = new();

    /// <summary>Not older than this; of repeats the last counts.</summary>
    public long SinceUnixNs { get; init; }

    /// <summary>At least as bad as this.</summary>
    public RulePriority LeastPriority { get; init; } = RulePriority.Debug;

    /// <summary>Any of these containers; none given = all, and the host.</summary>
    public IReadOnlyList<ContainerSelector> Containers { get; init; } = [];

    /// <summary>Any of these rules; none given = all.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Whether an alert is wanted.</summary>
    public bool Matches(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        return alert.LastUnixNs >= SinceUnixNs
            && alert.Priority <= LeastPriority
            && (Rules.Count == 0 || Rules.Contains(alert.Rule, StringComparer.OrdinalIgnoreCase))
            && (Containers.Count == 0 || (alert.Container is { } container && Containers.Any(wanted => IsIt(wanted.Text, container))));
    }

    private static bool IsIt(string text, AlertContainer container) =>
        container.Id.StartsWith(text, StringComparison.Ordinal)
        || container.Name?.StartsWith(text, StringComparison.Ordinal) == true;
}

/// <summary>Takes alerts as they come out of collapsing, keeps the last of them, and hands them to whoever follows.</summary>
/// <param name="time">Clock.</param>
/// <param name="earlier">What earlier runs have told, oldest first.</param>
public sealed class AlertHub(TimeProvider time, IReadOnlyList<Alert> earlier)
{
    /// <summary>Alerts kept.</summary>
    public const int Kept = 1_000;

    /// <summary>Clients that follow.</summary>
    public const int MostStreams = 32;

    private readonly Lock _lock = new();
    private readonly Queue<Alert> _kept = new(earlier.TakeLast(Kept));
    private readonly List<AlertStream> _streams = [];
    private ulong _total;
    private ulong _forgotten;
    private bool _completed;

    /// <summary>Alerts of this run.</summary>
    public ulong Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    internal StreamAccount[] Streams
    {
        get
        {
            lock (_lock)
            {
                return [.. _streams.Select(stream => stream.Account)];
            }
        }
    }

    /// <summary>An alert.</summary>
    public void Publish(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        lock (_lock)
        {
            _total++;
            _kept.Enqueue(alert);
            if (_kept.Count > Kept)
            {
                _kept.Dequeue();
                _forgotten++;
            }
            foreach (AlertStream stream in _streams)
            {
                stream.Offer(alert);
            }
        }
    }

    /// <summary>Those kept that are wanted, oldest first, and how many are kept no more.</summary>
    public (IReadOnlyList<Alert> Alerts, ulong Forgotten) List(AlertFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        lock (_lock)
        {
            return ([.. _kept.Where(filter.Matches)], _forgotten);
        }
    }

    /// <summary>Follows, with what is kept in front unless only new ones are wanted; null when too many do.</summary>
    internal AlertStream? Open(AlertFilter filter, bool newOnly, uint uid)
    {
        lock (_lock)
        {
            if (_streams.Count >= MostStreams)
            {
                return null;
            }
            var stream = new AlertStream(filter, uid, _forgotten, time);
            foreach (Alert alert in newOnly ? [] : _kept)
            {
                stream.Offer(alert);
            }
            if (_completed)
            {
                stream.Complete();
            }
            _streams.Add(stream);
            return stream;
        }
    }

    internal void Close(AlertStream stream)
    {
        lock (_lock)
        {
            _streams.Remove(stream);
        }
    }

    /// <summary>No more alerts.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            _streams.ForEach(stream => stream.Complete());
        }
    }
}
