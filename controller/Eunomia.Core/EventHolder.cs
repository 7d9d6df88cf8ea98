using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>
/// Holds events of containers whose names are not known yet, and lets them go in order when they are: bounded per
/// container and over all of them.
/// </summary>
internal sealed class EventHolder(ProcessImagePool images, Ledger ledger, IEventSink sink, int route)
{
    private const int MaxEvents = 8_192;
    private const int MaxBytes = 8 << 20;
    private long _bytes;

    /// <summary>Events waiting now.</summary>
    internal int Count { get; private set; }

    /// <summary>Events of selected containers that did not fit.</summary>
    internal ulong Overflow { get; private set; }

    /// <summary>Events whose container's name never came.</summary>
    internal ulong Undecided { get; private set; }

    internal void Hold(Container container, in EventView e)
    {
        HeldQueue queue = container.OfRoute(route).Held ??= new HeldQueue();
        bool fits = Count < MaxEvents && _bytes + e.Record.Bytes.Length <= MaxBytes;
        if (fits && queue.TryAdd(e))
        {
            Count++;
            _bytes += e.Record.Bytes.Length;
        }
        else
        {
            queue.CountOverflow(e.Kind);
        }
    }

    /// <summary>The container is selected: its events go out in order.</summary>
    internal void Release(Container container)
    {
        if (container.OfRoute(route).Held is not { } queue)
        {
            return;
        }

        foreach (HeldEvent held in queue.Events)
        {
            sink.OnEvent(new EventView(
                held.Kind, queue.RecordOf(held), held.BootToUnixNs, held.Image, held.Container, held.Ancestors, held.Target, held.Peers, held.Facts,
                isRuntime: held.IsRuntime));
        }

        foreach ((EventKind kind, ulong count) in queue.Overflow)
        {
            Overflow += count;
            ledger.OnControllerLoss(kind, count);
        }

        Drop(container, queue);
    }

    /// <summary>The container is not selected, or (undecided) nobody will ever know.</summary>
    internal void Discard(Container container, bool undecided)
    {
        if (container.OfRoute(route).Held is not { } queue)
        {
            return;
        }

        if (undecided)
        {
            Undecided += (ulong)queue.Events.Count;
            foreach (ulong count in queue.Overflow.Values)
            {
                Undecided += count;
            }
        }

        Drop(container, queue);
    }

    private void Drop(Container container, HeldQueue queue)
    {
        foreach (HeldEvent held in queue.Events)
        {
            images.Release(held.Image);
            images.Release(held.Target.Image);
            foreach (Ancestor ancestor in held.Ancestors)
            {
                images.Release(ancestor.Image);
            }
        }

        Count -= queue.Events.Count;
        _bytes -= queue.Bytes;
        container.OfRoute(route).Held = null;
    }
}
