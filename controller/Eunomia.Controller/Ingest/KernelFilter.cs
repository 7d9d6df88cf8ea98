using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Keeps the filter inside the kernel close to what the user wants. It may always let more through, since the pipeline
/// decides exactly; it must never let less through. So a cgroup of a container whose name is still unknown stays in,
/// and is taken out when the name turns out to be another (decisions 15).
/// </summary>
internal sealed class KernelFilter
{
    // The collector takes small requests only; what is left over goes with the next one.
    private const int MostPerRequest = 256;

    private readonly EventFilter _wanted;
    private readonly ProcessScope _processes;
    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _selected = [];
    private readonly HashSet<ulong> _toAdd = [];
    private readonly HashSet<ulong> _toRemove = [];
    private readonly HashSet<uint> _pidsToAdd = [];

    public KernelFilter(EventFilter wanted)
    {
        _wanted = wanted;
        _processes = new ProcessScope(wanted.Pids);
    }

    /// <summary>Called when there is something for <see cref="TakeChanges"/>.</summary>
    public Action? Changed { get; set; }

    private bool ByCgroup => _wanted.Containers.Count > 0;

    private bool ByPid => _wanted.Pids.Count > 0;

    /// <summary>Follows what a pipeline learns about cgroups and containers.</summary>
    public void Follow(EventPipeline pipeline)
    {
        if (!ByCgroup)
        {
            return;
        }
        pipeline.Containers.CgroupSeen += OnCgroup;
        pipeline.ContainerDecided += (container, selected) =>
        {
            foreach (ulong key in container.CgroupKeys)
            {
                Change(key, selected);
            }
        };
    }

    /// <summary>Follows forks and exits; before or after the pipeline has applied the same records.</summary>
    public void Observe(ReadOnlySpan<byte> records)
    {
        if (!ByPid)
        {
            return;
        }
        bool found;
        lock (_lock)
        {
            found = NotePids(_processes.Observe(records));
        }
        Announce(found);
    }

    /// <summary>Everything that ran before has been observed.</summary>
    public void EndSnapshot()
    {
        if (!ByPid)
        {
            return;
        }
        bool found;
        lock (_lock)
        {
            found = NotePids(_processes.EndSnapshot());
        }
        Announce(found);
    }

    /// <summary>The filter for a new subscription; changes noted so far are in it.</summary>
    public Filter ForSubscription()
    {
        var filter = new Filter { ByCgroup = ByCgroup, ByPid = ByPid };
        lock (_lock)
        {
            _toAdd.Clear();
            _toRemove.Clear();
            _pidsToAdd.Clear();
            _toAdd.UnionWith(_selected);
            _pidsToAdd.UnionWith(_processes.BeginSubscription());
            Move(_toAdd, filter.CgroupKeys);
            Move(_pidsToAdd, filter.Pids);
        }
        return filter;
    }

    /// <summary>The changes since the last call; null when there are none.</summary>
    public UpdateFilterRequest? TakeChanges()
    {
        lock (_lock)
        {
            if (_toAdd.Count + _toRemove.Count + _pidsToAdd.Count == 0)
            {
                return null;
            }
            var request = new UpdateFilterRequest();
            Move(_toAdd, request.AddCgroupKeys);
            Move(_toRemove, request.RemoveCgroupKeys);
            Move(_pidsToAdd, request.AddPids);
            return request;
        }
    }

    private void OnCgroup(ulong key, Container? container)
    {
        // A new cgroup passes anyhow until it is taken out; one that was there before has to be put in.
        Change(key, selected: container is not null && _wanted.Decide(container) != FilterDecision.No);
    }

    private void Change(ulong key, bool selected)
    {
        lock (_lock)
        {
            if (selected)
            {
                _selected.Add(key);
                _toRemove.Remove(key);
                _toAdd.Add(key);
            }
            else
            {
                _selected.Remove(key);
                _toAdd.Remove(key);
                _toRemove.Add(key);
            }
        }
        Changed?.Invoke();
    }

    private bool NotePids(IReadOnlyCollection<uint> pids)
    {
        _pidsToAdd.UnionWith(pids);
        return pids.Count > 0;
    }

    private void Announce(bool changed)
    {
        if (changed)
        {
            Changed?.Invoke();
        }
    }

    private static void Move<T>(HashSet<T> from, Google.Protobuf.Collections.RepeatedField<T> to)
    {
        foreach (T item in from.Take(MostPerRequest))
        {
            to.Add(item);
        }
        from.ExceptWith(to);
    }
}
