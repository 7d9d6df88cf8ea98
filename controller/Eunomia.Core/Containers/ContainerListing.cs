using Eunomia.Core.Processes;

namespace Eunomia.Core.Containers;

/// <summary>All containers at one moment, and which process is in which.</summary>
public sealed class ContainerListing
{
    private readonly Dictionary<uint, Container?> _processes = [];
    private readonly List<ContainerRow> _rows = [];

    /// <summary>Takes down what the tables of a pipeline say now.</summary>
    public ContainerListing(EventPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        var pids = new Dictionary<Container, (List<uint> Pids, ulong FirstNs)>();
        for (Process? process = pipeline.Processes.FirstLiving; process is not null; process = process.Next)
        {
            _processes[process.Key.Pid] = process.Container;
            if (process.Container is { } container)
            {
                (List<uint> own, ulong first) = pids.TryGetValue(container, out var known) ? known : ([], ulong.MaxValue);
                own.Add(process.Key.Pid);
                pids[container] = (own, Math.Min(first, process.Key.StartNs));
            }
        }

        foreach (Container container in pipeline.Containers.All)
        {
            if (container is { IsSeen: true, IsRemoved: false })
            {
                (List<uint> own, ulong first) = pids.TryGetValue(container, out var known) ? known : ([], 0);
                own.Sort();
                _rows.Add(ContainerRow.Create(container, own, first, pipeline.BootToUnixNs));
            }
        }

        _rows.Sort(Compare);
        IsComplete = pipeline.Processes.Evicted == 0 && pipeline.Containers.Evicted == 0;
    }

    /// <summary>What somebody else took down.</summary>
    /// <param name="rows">The containers, in their order.</param>
    /// <param name="isComplete">Whether these are all.</param>
    public ContainerListing(IReadOnlyList<ContainerRow> rows, bool isComplete)
    {
        ArgumentNullException.ThrowIfNull(rows);
        _rows.AddRange(rows);
        (IsComplete, HasContainersOnly) = (isComplete, true);
        foreach (ContainerRow row in rows)
        {
            foreach (uint pid in row.Pids)
            {
                _processes[pid] = row.Container;
            }
        }
    }

    /// <summary>Whether it knows processes of containers only.</summary>
    public bool HasContainersOnly { get; }

    /// <summary>The containers, the newest first.</summary>
    public IReadOnlyList<ContainerRow> Rows => _rows;

    /// <summary>False when there was more than the tables hold.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether there is such a process; its container, or null when it is the host's.</summary>
    public bool TryGetProcess(uint pid, out ContainerRow? row)
    {
        bool exists = _processes.TryGetValue(pid, out Container? container);
        row = container is null ? null : _rows.Find(candidate => ReferenceEquals(candidate.Container, container));
        return exists;
    }

    /// <summary>
    /// The containers that a user may mean: those with exactly this id or name; when there are none, those whose id or name
    /// starts with it.
    /// </summary>
    public IReadOnlyList<ContainerRow> Find(ContainerSelector selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        List<ContainerRow> exact = _rows.FindAll(row => row.Container.Id == selector.Text || row.Container.Name == selector.Text);
        return exact.Count > 0
            ? exact
            : _rows.FindAll(row => selector.MatchesId(row.Container.Id) || selector.MatchesName(row.Container));
    }

    private static int Compare(ContainerRow a, ContainerRow b)
    {
        long newest = (a.CreatedUnixNs ?? a.StartedUnixNs ?? 0).CompareTo(b.CreatedUnixNs ?? b.StartedUnixNs ?? 0);
        return newest != 0 ? -Math.Sign(newest) : string.CompareOrdinal(a.Container.Id, b.Container.Id);
    }
}
