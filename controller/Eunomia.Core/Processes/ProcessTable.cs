using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;

namespace Eunomia.Core.Processes;

/// <summary>
/// The processes that the stream told of, keyed by pid and start. An ended process stays for a grace of event time, so
/// that late events still find it. Bounded: when full, ended processes go first (longest ended first), then the oldest.
/// </summary>
public sealed class ProcessTable
{
    /// <summary>Default bound of entries.</summary>
    public const int DefaultCapacity = 32_768;

    /// <summary>Bound of entries with one pid, so that finding one among them takes no time.</summary>
    internal const int MaxOfOnePid = 64;

    private static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(2);
    private readonly int _capacity;
    private readonly ulong _graceNs;
    private readonly Dictionary<uint, Process> _newest = [];
    private readonly ProcessList _living = new();
    private readonly ProcessList _exited = new();
    private readonly Stack<Process> _free = new();

    /// <summary>An empty table.</summary>
    /// <param name="capacity">The most entries.</param>
    /// <param name="reports">How long after its end a process may still be told of: what is only counted comes late.</param>
    public ProcessTable(int capacity = DefaultCapacity, TimeSpan reports = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        _graceNs = (ulong)(DefaultGrace + reports).TotalNanoseconds;
    }

    /// <summary>Entries, ended ones in their grace included.</summary>
    public int Count { get; private set; }

    /// <summary>Entries that had to go because there were too many, in all or with their pid.</summary>
    public ulong Evicted { get; private set; }

    internal ProcessImagePool Images { get; } = new();

    /// <summary>All processes that have not ended.</summary>
    internal Process? FirstLiving => _living.First;

    /// <summary>Finds a process by its key; a start of 0 finds the newest with that pid.</summary>
    public bool TryGet(ProcessKey key, [NotNullWhen(true)] out Process? process)
    {
        _newest.TryGetValue(key.Pid, out process);
        while (process is not null && key.StartNs != 0 && process.Key.StartNs != key.StartNs)
        {
            process = process.Older;
        }

        return process is not null;
    }

    /// <summary>The newest process with this pid.</summary>
    public bool TryGetLatest(uint pid, [NotNullWhen(true)] out Process? process) =>
        _newest.TryGetValue(pid, out process);

    /// <summary>The process that forked this one, if it is still known.</summary>
    public bool TryGetParent(Process process, [NotNullWhen(true)] out Process? parent)
    {
        ArgumentNullException.ThrowIfNull(process);
        parent = null;
        return process.Parent.Pid != 0
            && TryGet(process.Parent, out parent)
            && parent.Key.StartNs <= process.Key.StartNs
            && !ReferenceEquals(parent, process);
    }

    /// <summary>Fills in parents, nearest first, and says how many there are.</summary>
    public int GetAncestors(Process process, Span<Ancestor> ancestors)
    {
        int count = 0;
        while (count < ancestors.Length && TryGetParent(process, out Process? parent))
        {
            ancestors[count++] = new Ancestor(parent.Key, parent.Image);
            process = parent;
        }

        return count;
    }

    /// <summary>
    /// Who called fork: the parent, or with CLONE_PARENT (as runc does) the parent's other child. The record has that
    /// process's start and the thread's id, which is the process's unless another thread called.
    /// </summary>
    internal Process? FindForker(in ForkRecord fork)
    {
        ulong start = fork.Fields.ParentStartNs;
        return TryGet(new ProcessKey(fork.Header.Ppid, start), out Process? forker)
            || TryGet(new ProcessKey(fork.Fields.ParentTid, start), out forker)
            ? forker
            : null;
    }

    /// <summary>A process forked: it runs what its forker runs.</summary>
    internal Process OnFork(in ForkRecord fork, Process? forker, Container? container)
    {
        ref readonly RecordHeader header = ref fork.Header;
        Process process = GetOrAdd(header);
        bool isSibling = forker is not null && forker.Key.Pid != header.Ppid;
        process.Parent = new ProcessKey(header.Ppid, isSibling ? 0 : fork.Fields.ParentStartNs);
        Describe(process, header, container, fork.Fields.Vpid, fork.Fields.Uid, fork.Fields.Gid);
        if (process.Image is null && forker is not null)
        {
            process.Image = ProcessImagePool.Share(forker.Image);
            process.HasLiveImage = forker.HasLiveImage;
        }

        process.IsRuntime = container is not null && forker is not null && (forker.IsRuntime || forker.Container != container);

        return process;
    }

    /// <summary>A process runs a new program, or a snapshot says what it runs. Null: the snapshot has nothing new.</summary>
    internal Process? OnExec(in ExecRecord exec, Container? container)
    {
        ref readonly RecordHeader header = ref exec.Header;
        bool snapshot = (header.Flags & RecordTraits.Snapshot) != 0;
        if (snapshot && !SnapshotIsNews(header))
        {
            return null;
        }

        Process process = GetOrAdd(header);
        if (process.Parent.Pid == 0)
        {
            process.Parent = new ProcessKey(header.Ppid, 0);
        }

        bool came = process.IsRuntime || process.Container != container;
        Describe(process, header, container, exec.Fields.Vpid, exec.Fields.Uid, exec.Fields.Gid);
        ProcessImage image = Images.Create(exec);
        process.IsRuntime = came && container is not null && process.Image?.MountNamespace == image.MountNamespace;
        Images.Release(process.Image);
        process.Image = image;
        process.HasLiveImage = !snapshot;
        return process;
    }

    /// <summary>A process ended. Null when it was not known.</summary>
    internal Process? OnExit(in ExitRecord exit, Container? container)
    {
        if (!TryGet(new ProcessKey(exit.Header.Tgid, exit.Header.StartNs), out Process? process))
        {
            return null;
        }

        process.Container = container ?? process.Container;
        End(process, exit.Header.TsNs);
        return process;
    }

    /// <summary>Forgets what ended longer ago than the grace.</summary>
    internal void Advance(ulong nowNs)
    {
        while (_exited.First is { } first && first.ExitedNs + _graceNs < nowNs)
        {
            Remove(first);
        }
    }

    private static void Describe(
        Process process, in RecordHeader header, Container? container, uint vpid, uint uid, uint gid)
    {
        process.Container = container;
        (process.PidNamespace, process.MountNamespace) = (header.Pidns, header.Mntns);
        (process.Vpid, process.Uid, process.Gid) = (vpid, uid, gid);
    }

    private bool SnapshotIsNews(in RecordHeader header)
    {
        if (!_newest.TryGetValue(header.Tgid, out Process? newest))
        {
            return true;
        }

        return newest.Key.StartNs == header.StartNs
            ? !newest.HasExited && !newest.HasLiveImage
            : newest.Key.StartNs < header.StartNs;
    }

    private Process GetOrAdd(in RecordHeader header)
    {
        var key = new ProcessKey(header.Tgid, header.StartNs);
        if (TryGet(key, out Process? process))
        {
            return process;
        }

        if (Count >= _capacity)
        {
            Evict();
        }

        process = _free.Count > 0 ? _free.Pop() : new Process();
        process.Key = key;
        Link(process, header.TsNs);
        Count++;
        return process;
    }

    /// <summary>Puts a process in front of the older ones with its pid; those have ended, whatever we were told.</summary>
    private void Link(Process process, ulong nowNs)
    {
        if (_newest.TryGetValue(process.Key.Pid, out Process? newest))
        {
            EvictOldestAfter(newest);
        }

        if (newest is null || newest.Key.StartNs < process.Key.StartNs)
        {
            process.Older = newest;
            _newest[process.Key.Pid] = process;
            _living.Add(process);
            if (newest is { HasExited: false })
            {
                End(newest, nowNs);
            }

            return;
        }

        while (newest.Older is { } older && older.Key.StartNs > process.Key.StartNs)
        {
            newest = older;
        }

        (process.Older, newest.Older) = (newest.Older, process);
        _living.Add(process);
        End(process, nowNs);
    }

    private void End(Process process, ulong nowNs)
    {
        if (process.HasExited)
        {
            return;
        }

        _living.Remove(process);
        process.ExitedNs = nowNs;
        _exited.Add(process);
    }

    private void Evict()
    {
        if ((_exited.First ?? _living.First) is { } victim)
        {
            Remove(victim);
            Evicted++;
        }
    }

    /// <summary>Makes room among those with one pid, of which all but the newest have ended.</summary>
    private void EvictOldestAfter(Process newest)
    {
        int count = 1;
        Process oldest = newest;
        for (; oldest.Older is { } older; oldest = older)
        {
            count++;
        }

        if (count >= MaxOfOnePid)
        {
            Remove(oldest);
            Evicted++;
        }
    }

    private void Remove(Process process)
    {
        (process.HasExited ? _exited : _living).Remove(process);
        Unlink(process);
        Images.Release(process.Image);
        process.Reset();
        _free.Push(process);
        Count--;
    }

    private void Unlink(Process process)
    {
        Process? newer = _newest[process.Key.Pid];
        if (ReferenceEquals(newer, process))
        {
            if (process.Older is { } older)
            {
                _newest[process.Key.Pid] = older;
            }
            else
            {
                _newest.Remove(process.Key.Pid);
            }

            return;
        }

        while (newer is not null && !ReferenceEquals(newer.Older, process))
        {
            newer = newer.Older;
        }

        if (newer is not null)
        {
            newer.Older = process.Older;
        }
    }
}
