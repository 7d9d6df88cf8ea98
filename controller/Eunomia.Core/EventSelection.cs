using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core;

/// <summary>One route at work: decides on each event, and holds those back that wait for a container's name.</summary>
internal sealed class EventSelection
{
    private readonly int _route;
    private readonly EventFilter _filter;
    private readonly IEventSink _sink;
    private readonly EventHolder _holder;

    internal EventSelection(int route, EventRoute target, ProcessTable processes, Ledger ledger)
    {
        (_route, _filter, _sink) = (route, target.Filter, target.Sink);
        Pids = new PidSelector(processes, _filter.Pids, route);
        _holder = new EventHolder(processes.Images, ledger, _sink, route);
    }

    internal PidSelector Pids { get; }

    internal ulong HeldOverflow => _holder.Overflow;

    internal int HeldEvents => _holder.Count;

    internal ulong Undecided => _holder.Undecided;

    /// <summary>Whether an event of this kind, from this record, is of interest, whoever did it.</summary>
    internal bool Wants(EventKind kind, Record record) => _filter.Kinds.Contains(kind) && (_filter.Syscalls.IsEverything || WantsCall(record));

    /// <summary>An event of a kind that is wanted.</summary>
    internal void Offer(in EventView e, Process? process, Container? container) =>
        Deliver(e, Decide(process, container), container);

    /// <summary>An event of a kind that is wanted, of interest to whoever watches either process.</summary>
    internal void Offer(in EventView e, Process? process, Container? container, Process? other, Container? otherContainer)
    {
        FilterDecision decision = Decide(process, container);
        FilterDecision second = decision == FilterDecision.Yes ? decision : Decide(other, otherContainer);
        bool isForOther = second == FilterDecision.Yes || decision == FilterDecision.No;
        Deliver(e, isForOther ? second : decision, isForOther ? otherContainer : container);
    }

    /// <summary>Counted within the kernel's filter, but for whom is not known.</summary>
    internal void OfferNobodys(Record record, long bootToUnixNs) =>
        _sink.OnEvent(new EventView(record.Kind, record, bootToUnixNs, null, null, default));

    /// <summary>A container is new, or its metadata is known now or never will be.</summary>
    /// <returns>Whether it is selected, when that is final and news; else null.</returns>
    internal bool? Decide(Container container)
    {
        if (_filter.Containers.Count == 0)
        {
            ReleaseStart(container);
            return null;
        }

        FilterDecision decision = _filter.Decide(container);
        ref FilterDecision? last = ref container.OfRoute(_route).Decision;
        bool isNews = decision != last && decision != FilterDecision.Pending;
        last = decision;
        if (decision == FilterDecision.Yes)
        {
            _holder.Release(container);
        }
        else if (decision == FilterDecision.No)
        {
            _holder.Discard(container, undecided: false);
        }

        return isNews ? decision == FilterDecision.Yes : null;
    }

    /// <summary>Nobody will ever know the container's name.</summary>
    internal void GiveUp(Container container)
    {
        if (_filter.Containers.Count == 0)
        {
            _holder.Release(container);
        }

        _holder.Discard(container, undecided: true);
    }

    private void ReleaseStart(Container container)
    {
        if (container.MetadataState != MetadataState.Pending)
        {
            _holder.Release(container);
        }
    }

    /// <param name="e">The event.</param>
    /// <param name="decision">The filter's word.</param>
    /// <param name="decides">The container whose name the filter waits for.</param>
    private void Deliver(in EventView e, FilterDecision decision, Container? decides)
    {
        bool waits = _filter.AwaitsMetadata && e.Kind == EventKind.ContainerStart && e.Container?.MetadataState == MetadataState.Pending;
        if (decision == FilterDecision.Pending && decides is not null)
        {
            _holder.Hold(decides, e);
        }
        else if (decision == FilterDecision.Yes && waits)
        {
            _holder.Hold(e.Container!, e);
        }
        else if (decision == FilterDecision.Yes)
        {
            _sink.OnEvent(e);
        }
    }

    private bool WantsCall(Record record) => record.Shape switch
    {
        RecordShape.Syscall => _filter.Syscalls.Contains(record.AsSyscall().Fields.Abi, record.AsSyscall().Fields.Number),
        RecordShape.SyscallCall => _filter.Syscalls.Contains(record.AsSyscallCall().Fields.Abi, record.AsSyscallCall().Fields.Number),
        _ => true,
    };

    private FilterDecision Decide(Process? process, Container? container)
    {
        if (_filter.IsOpen || (Pids.IsActive && Pids.IsSelected(process)))
        {
            return FilterDecision.Yes;
        }

        return container is null || _filter.Containers.Count == 0
            ? FilterDecision.No
            : container.OfRoute(_route).Decision ??= _filter.Decide(container);
    }
}
