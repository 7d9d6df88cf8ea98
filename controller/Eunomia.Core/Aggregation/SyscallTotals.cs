using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Aggregation;

/// <summary>What a table of system calls is sorted by, downwards.</summary>
public enum SyscallOrder
{
    /// <summary>Calls.</summary>
    Count,

    /// <summary>Time spent in them.</summary>
    Time,

    /// <summary>Errors.</summary>
    Errors,
}

/// <summary>What one process did with one system call since the beginning.</summary>
public sealed class SyscallTotal
{
    internal SyscallTotal(Container? container, uint pid, string comm, SyscallAbi abi, ushort number) =>
        (Container, Pid, Comm, Abi, Number) = (container, pid, comm, abi, number);

    /// <summary>Where, or null for the host.</summary>
    public Container? Container { get; }

    /// <summary>0 for those that found no room in a table.</summary>
    public uint Pid { get; }

    /// <summary>Task name.</summary>
    public string Comm { get; }

    /// <summary>How it is numbered.</summary>
    public SyscallAbi Abi { get; }

    /// <summary>Its number.</summary>
    public ushort Number { get; }

    /// <summary>Calls that returned.</summary>
    public ulong Count { get; private set; }

    /// <summary>Calls since the last <see cref="SyscallTotals.BeginInterval"/>.</summary>
    public ulong Recent { get; internal set; }

    /// <summary>Those that returned an error.</summary>
    public ulong Errors { get; private set; }

    /// <summary>Those that a seccomp filter answered.</summary>
    public ulong Refused { get; private set; }

    /// <summary>Time in them, nanoseconds.</summary>
    public ulong TotalNs { get; private set; }

    /// <summary>The longest one, nanoseconds.</summary>
    public ulong MaxNs { get; private set; }

    internal void Add(in SyscallLayout call)
    {
        Count += call.Count;
        Recent += call.Count;
        Errors += call.Errors;
        Refused += call.Refused;
        TotalNs += call.LatencyTotalNs;
        MaxNs = Math.Max(MaxNs, call.LatencyMaxNs);
    }
}

/// <summary>
/// Counts of system calls summed up by container, process and call. Bounded: what comes when it is full is added to one
/// row that belongs to nobody. Not for several threads.
/// </summary>
/// <param name="capacity">The most rows.</param>
public sealed class SyscallTotals(int capacity = 65_536)
{
    private readonly Dictionary<(Container? Container, ProcessKey Process, SyscallAbi Abi, ushort Number), SyscallTotal> _rows = [];
    private SyscallTotal? _others;

    /// <summary>All rows, in no order.</summary>
    public IEnumerable<SyscallTotal> Rows => _others is null ? _rows.Values : _rows.Values.Append(_others);

    /// <summary>Adds one event of kind <see cref="EventKind.Syscall"/>.</summary>
    public void Add(in EventView e)
    {
        SyscallRecord record = e.Record.AsSyscall();
        ref readonly SyscallLayout call = ref record.Fields;
        var key = (e.Container, new ProcessKey(call.Hdr.Tgid, call.Hdr.StartNs), call.Abi, call.Number);
        if (!_rows.TryGetValue(key, out SyscallTotal? row))
        {
            row = _rows.Count < capacity && !record.IsOverflow
                ? _rows[key] = new SyscallTotal(e.Container, call.Hdr.Tgid, Text(call.Actor.Comm), call.Abi, call.Number)
                : _others ??= new SyscallTotal(null, 0, "(others)", SyscallAbi.Native, SyscallNames.Unknown);
        }

        row.Add(call);
    }

    /// <summary>From now on <see cref="SyscallTotal.Recent"/> counts anew.</summary>
    public void BeginInterval()
    {
        foreach (SyscallTotal row in Rows)
        {
            row.Recent = 0;
        }
    }

    /// <summary>The first rows in this order.</summary>
    public IReadOnlyList<SyscallTotal> Top(SyscallOrder order, int count) =>
        [.. Rows.OrderByDescending(row => By(order, row)).ThenByDescending(row => row.Count).ThenBy(row => row.Pid).Take(count)];

    private static ulong By(SyscallOrder order, SyscallTotal row) => order switch
    {
        SyscallOrder.Time => row.TotalNs,
        SyscallOrder.Errors => row.Errors,
        _ => row.Count,
    };

    private static string Text(in TaskComm comm) => System.Text.Encoding.UTF8.GetString(comm.Text);
}
