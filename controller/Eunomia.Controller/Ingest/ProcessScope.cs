using Eunomia.Core.Events;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Which processes are the wanted ones or descend from them. The kernel follows forks of the processes it has been told
/// of; this finds the descendants that were there before, and those that were born between attaching and telling.
/// </summary>
internal sealed class ProcessScope
{
    private readonly HashSet<uint> _inside;
    private readonly Dictionary<uint, uint> _parents = [];
    private bool _snapshotApplied;

    public ProcessScope(IEnumerable<uint> roots) => _inside = [.. roots];

    /// <summary>Whether a process is known to be inside.</summary>
    public bool Contains(uint pid) => _inside.Contains(pid);

    /// <summary>The processes to name in a new subscription. Another snapshot has to follow.</summary>
    public IReadOnlyCollection<uint> BeginSubscription()
    {
        _parents.Clear();
        _snapshotApplied = false;
        return _inside;
    }

    /// <summary>Takes note of who is whose child; gives what the kernel should have known and did not.</summary>
    public IReadOnlyCollection<uint> Observe(ReadOnlySpan<byte> records)
    {
        HashSet<uint> unknownToKernel = [];
        var reader = new RecordReader(records);
        while (reader.TryRead(out Record record))
        {
            // Records of other kinds may come after their process has ended, and would bring it back.
            if (record.Header.Tgid != 0 && record.Kind is EventKind.ProcessFork or EventKind.ProcessExec or EventKind.ProcessExit)
            {
                Observe(record, unknownToKernel);
            }
        }
        return unknownToKernel;
    }

    /// <summary>Every process that ran before has been observed; gives the descendants found.</summary>
    public IReadOnlyCollection<uint> EndSnapshot()
    {
        _snapshotApplied = true;
        List<uint> found = [.. _parents.Keys.Where(pid => !_inside.Contains(pid) && Descends(pid))];
        _inside.UnionWith(found);
        _parents.Clear();
        return found;
    }

    private void Observe(in Record record, HashSet<uint> unknownToKernel)
    {
        uint pid = record.Header.Tgid;
        uint parent = record.Header.Ppid;
        bool isNew = false;
        if (_inside.Contains(parent))
        {
            isNew = _inside.Add(pid);
        }
        else if (!_snapshotApplied)
        {
            NoteParent(record, pid, parent);
        }
        if (record.Kind == EventKind.ProcessExit)
        {
            _inside.Remove(pid);
            unknownToKernel.Remove(pid);
        }
        else if ((isNew && record.IsSnapshot) || (record.IsCompact && _inside.Contains(pid)))
        {
            unknownToKernel.Add(pid); // it was there before, or its record came without strings
        }
    }

    // A live record knows the parent as of its time. The snapshot may come after that parent has ended, and then shows
    // the one that adopted the child.
    private void NoteParent(in Record record, uint pid, uint parent)
    {
        if (record.IsSnapshot)
        {
            _parents.TryAdd(pid, parent);
        }
        else
        {
            _parents[pid] = parent;
        }
    }

    private bool Descends(uint pid)
    {
        // The bound is for a loop that reused pids could make.
        for (int steps = 0; steps <= _parents.Count; steps++)
        {
            if (_inside.Contains(pid))
            {
                return true;
            }
            if (!_parents.TryGetValue(pid, out pid))
            {
                return false;
            }
        }
        return false;
    }
}
