using Eunomia.Core.Containers;
using Eunomia.Core.Dns;
using Eunomia.Core.Events;
using Eunomia.Core.Ipc;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>
/// One event that waits for a container's name, its own or, of a signal, the target's; its record stands in the queue's
/// bytes.
/// </summary>
internal readonly record struct HeldEvent(
    EventKind Kind,
    int Offset,
    int Length,
    long BootToUnixNs,
    ProcessImage? Image,
    Container? Container,
    Ancestor[] Ancestors,
    EventTarget Target,
    IpcPeer[] Peers,
    NetworkFacts Facts,
    bool IsRuntime);

/// <summary>
/// The wanted events of one container whose name is not known yet, in order. Bounded; what does not fit is counted by the
/// kind of its record.
/// </summary>
internal sealed class HeldQueue
{
    internal const int MaxEvents = 1_024;
    internal const int MaxBytes = 1 << 20;
    private readonly List<HeldEvent> _events = [];
    private readonly Dictionary<EventKind, ulong> _overflow = [];
    private byte[] _bytes = [];

    internal IReadOnlyList<HeldEvent> Events => _events;

    internal IReadOnlyDictionary<EventKind, ulong> Overflow => _overflow;

    internal int Bytes { get; private set; }

    /// <summary>Keeps a copy, if it fits.</summary>
    internal bool TryAdd(in EventView e)
    {
        Record record = e.Record;
        if (_events.Count >= MaxEvents || Bytes + record.Bytes.Length > MaxBytes)
        {
            return false;
        }

        Reserve(Bytes + record.Bytes.Length);
        record.Bytes.CopyTo(_bytes.AsSpan(Bytes));
        _events.Add(new HeldEvent(
            e.Kind,
            Bytes,
            record.Bytes.Length,
            e.BootToUnixNs,
            ProcessImagePool.Share(e.Image),
            e.Container,
            ShareAll(e.Ancestors),
            Share(e.Target),
            e.Peers.ToArray(),
            new NetworkFacts(e.PeerName.ToArray(), e.LatencyNs),
            e.IsRuntime));
        Bytes += record.Bytes.Length;
        return true;
    }

    /// <summary>Counts one that did not fit.</summary>
    internal void CountOverflow(EventKind kind) => _overflow[kind] = _overflow.GetValueOrDefault(kind) + 1;

    /// <summary>The record of an event.</summary>
    internal Record RecordOf(in HeldEvent held) => new(_bytes.AsSpan(held.Offset, held.Length));

    private static EventTarget Share(EventTarget target)
    {
        ProcessImagePool.Share(target.Image);
        return target;
    }

    private static Ancestor[] ShareAll(ReadOnlySpan<Ancestor> ancestors)
    {
        foreach (Ancestor ancestor in ancestors)
        {
            ProcessImagePool.Share(ancestor.Image);
        }

        return ancestors.ToArray();
    }

    private void Reserve(int size)
    {
        if (_bytes.Length < size)
        {
            Array.Resize(ref _bytes, Math.Min(MaxBytes, Math.Max(size, Math.Max(4096, _bytes.Length * 2))));
        }
    }
}
