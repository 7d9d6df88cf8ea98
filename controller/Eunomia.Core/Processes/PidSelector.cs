namespace Eunomia.Core.Processes;

/// <summary>
/// Whether a process is one of the wanted roots or descends from one. The answer is kept in the process and inherited at
/// fork, so it survives the death of any parent. A root is the first process seen with its pid: a later one that got the
/// same pid is another.
/// </summary>
/// <param name="table">Knows the parents.</param>
/// <param name="roots">Host pids.</param>
/// <param name="route">Under which the answers are kept.</param>
internal sealed class PidSelector(ProcessTable table, IReadOnlyList<uint> roots, int route)
{
    private const int MaxDepth = 256;
    private readonly Dictionary<uint, ulong?> _roots = roots.Distinct().ToDictionary(pid => pid, _ => (ulong?)null);
    private bool _undecided;

    internal bool IsActive => _roots.Count > 0;

    /// <summary>A process forked: it is selected with whoever forked it.</summary>
    internal void OnFork(Process process, Process? forker)
    {
        if (IsActive && forker is not null && IsSelected(forker))
        {
            process.Selected[route] = true;
        }

        OnSeen(process, snapshot: false);
    }

    /// <summary>A process entered the table, or a snapshot told of it, and of its parents maybe later.</summary>
    internal void OnSeen(Process process, bool snapshot)
    {
        if (!IsActive)
        {
            return;
        }

        if (_roots.TryGetValue(process.Key.Pid, out ulong? start) && start is null)
        {
            _roots[process.Key.Pid] = process.Key.StartNs;
        }

        if (snapshot)
        {
            _undecided = true;
        }
        else
        {
            IsSelected(process);
        }
    }

    /// <summary>Decides what a snapshot brought, before a live record can end the parents.</summary>
    internal void DecideSnapshot()
    {
        if (!_undecided)
        {
            return;
        }

        _undecided = false;
        for (Process? process = table.FirstLiving; process is not null; process = process.Next)
        {
            IsSelected(process);
        }
    }

    internal bool IsSelected(Process? process)
    {
        if (process is null)
        {
            return false;
        }

        bool? answer = FindAnswer(process);
        if (answer is { } known)
        {
            Remember(process, known);
        }

        return answer ?? false;
    }

    /// <summary>Walks up to the first process whose answer is known; null when the chain is broken.</summary>
    private bool? FindAnswer(Process process)
    {
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (process.Selected[route] is { } known)
            {
                return known;
            }

            if (_roots.TryGetValue(process.Key.Pid, out ulong? start) && start == process.Key.StartNs)
            {
                return true;
            }

            if (process.Parent.Pid == 0)
            {
                return false;
            }

            if (!table.TryGetParent(process, out Process? parent))
            {
                return null;
            }

            process = parent;
        }

        return null;
    }

    private void Remember(Process process, bool answer)
    {
        for (int depth = 0; depth < MaxDepth && process.Selected[route] is null; depth++)
        {
            process.Selected[route] = answer;
            bool isRoot = _roots.TryGetValue(process.Key.Pid, out ulong? start) && start == process.Key.StartNs;
            if (isRoot || !table.TryGetParent(process, out Process? parent))
            {
                return;
            }

            process = parent;
        }
    }
}
