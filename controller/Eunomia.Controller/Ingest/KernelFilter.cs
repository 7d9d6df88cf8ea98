using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Keeps the filter inside the kernel close to what the user wants. It may always let more through, since the pipeline
/// decides exactly; it must never let less through. So a cgroup of a container whose name is still unknown stays in,
/// and is taken out when the name turns out to be another (decisions 15). Each key passes for the families of those
/// filters that want it.
/// </summary>
internal sealed class KernelFilter
{
    // The collector takes small requests only; what is left over goes with the next one.
    private const int MostPerRequest = 256;

    private readonly Route[] _routes;
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, uint> _selected = []; // by cgroup: a bit for each route
    private readonly HashSet<ulong> _toAdd = [];
    private readonly HashSet<ulong> _toRemove = [];
    private readonly HashSet<uint> _pidsToAdd = [];

    public KernelFilter(IReadOnlyList<EventFilter> wanted) => _routes = [.. wanted.Select(filter => new Route(filter))];

    /// <summary>Called when there is something for <see cref="TakeChanges"/>.</summary>
    public Action? Changed { get; set; }

    private bool ByCgroup => Array.Exists(_routes, route => route.ByCgroup);

    private bool ByPid => Array.Exists(_routes, route => route.ByPid);

    /// <summary>Follows what a pipeline learns about cgroups and containers.</summary>
    public void Follow(EventPipeline pipeline)
    {
        if (!ByCgroup)
        {
            return;
        }
        pipeline.Containers.CgroupSeen += OnCgroup;
        pipeline.ContainerDecided += (route, container, selected) =>
        {
            foreach (ulong key in container.CgroupKeys)
            {
                Change(key, route, selected);
            }
        };
    }

    /// <summary>Follows forks and exits; before or after the pipeline has applied the same records.</summary>
    public void Observe(ReadOnlySpan<byte> records)
    {
        bool found = false;
        lock (_lock)
        {
            foreach (Route route in _routes)
            {
                found |= route.ByPid && NotePids(route.Processes.Observe(records));
            }
        }
        Announce(found);
    }

    /// <summary>Everything that ran before has been observed.</summary>
    public void EndSnapshot()
    {
        bool found = false;
        lock (_lock)
        {
            foreach (Route route in _routes)
            {
                found |= route.ByPid && NotePids(route.Processes.EndSnapshot());
            }
        }
        Announce(found);
    }

    /// <summary>The filter for a new subscription; changes noted so far are in it.</summary>
    public Filter ForSubscription()
    {
        var filter = new Filter { ByCgroup = ByCgroup, ByPid = ByPid, Unfiltered = Families(route => !route.ByCgroup && !route.ByPid) };
        filter.NewCgroups = Families(route => route.ByCgroup);
        lock (_lock)
        {
            _toAdd.Clear();
            _toRemove.Clear();
            _pidsToAdd.Clear();
            _toAdd.UnionWith(_selected.Keys);
            foreach (Route route in _routes)
            {
                _pidsToAdd.UnionWith(route.Processes.BeginSubscription());
            }
            Move(_toAdd, filter.CgroupKeys);
            Move(_pidsToAdd, filter.Pids);
            filter.CgroupFamilies.AddRange(filter.CgroupKeys.Select(FamiliesOf));
            filter.PidFamilies.AddRange(filter.Pids.Select(FamiliesOf));
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
            request.CgroupFamilies.AddRange(request.AddCgroupKeys.Select(FamiliesOf));
            request.PidFamilies.AddRange(request.AddPids.Select(FamiliesOf));
            return request;
        }
    }

    private void OnCgroup(ulong key, Container? container)
    {
        // A new cgroup passes anyhow until it is taken out; one that was there before has to be put in.
        for (int route = 0; route < _routes.Length; route++)
        {
            if (_routes[route].ByCgroup)
            {
                Change(key, route, container is not null && _routes[route].Filter.Decide(container) != FilterDecision.No);
            }
        }
    }

    private void Change(ulong key, int route, bool selected)
    {
        lock (_lock)
        {
            uint routes = _selected.GetValueOrDefault(key);
            routes = selected ? routes | (1u << route) : routes & ~(1u << route);
            if (routes != 0)
            {
                _selected[key] = routes;
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

    private uint FamiliesOf(ulong cgroupKey)
    {
        uint routes = _selected.GetValueOrDefault(cgroupKey);
        return Families(route => (routes >> Array.IndexOf(_routes, route) & 1) != 0);
    }

    private uint FamiliesOf(uint pid) => Families(route => route.ByPid && route.Processes.Contains(pid));

    private uint Families(Func<Route, bool> which) =>
        _routes.Where(which).Aggregate(0u, (families, route) => families | route.Families);

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

    /// <summary>One output's filter, and the families that its events come from.</summary>
    private sealed class Route(EventFilter filter)
    {
        public EventFilter Filter { get; } = filter;

        public ProcessScope Processes { get; } = new(filter.Pids);

        public bool ByCgroup => Filter.Containers.Count > 0;

        public bool ByPid => Filter.Pids.Count > 0;

        /// <summary>
        /// As the collector takes them, 1 &lt;&lt; (family - 1). That of processes is always among them: what a process runs
        /// is part of every event.
        /// </summary>
        public uint Families { get; } = KindFamilies.Of(filter.Kinds).Append(Family.Process)
            .Aggregate(0u, (families, family) => families | (1u << ((int)family - 1)));
    }
}
