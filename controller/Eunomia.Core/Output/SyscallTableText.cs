using System.Buffers;
using System.Text;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Output;

/// <summary>What the table shows besides calls and errors.</summary>
/// <param name="Latency">Times.</param>
/// <param name="Refused">What seccomp filters answered.</param>
/// <param name="Order">What comes first.</param>
public sealed record SyscallTableOptions(bool Latency = false, bool Refused = false, SyscallOrder Order = SyscallOrder.Count);

/// <summary>A page of the table of system calls: CONTAINER PID COMM SYSCALL CALLS CALLS/S ERRORS …, as wide and as high as a terminal.</summary>
public sealed class SyscallTableText(SyscallTableOptions options)
{
    private const int ContainerColumns = 16;
    private const int CommColumns = 12;
    private const int NameColumns = 18;
    private const int NumberColumns = 9;
    private const int ShortIdLength = 12;
    private readonly Utf8Buffer _line = new();
    private readonly Utf8Buffer _cell = new();
    private readonly Utf8Buffer _raw = new();

    /// <summary>Writes the header and the first rows.</summary>
    /// <param name="totals">The counts.</param>
    /// <param name="elapsed">What the recent calls are to be divided by.</param>
    /// <param name="width">Columns; 0 = no limit.</param>
    /// <param name="rows">At most so many, the header not counted.</param>
    /// <param name="output">Where the lines go.</param>
    public void Write(SyscallTotals totals, TimeSpan elapsed, int width, int rows, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(totals);
        WriteHeader(width, output);
        foreach (SyscallTotal row in totals.Top(options.Order, rows))
        {
            WriteRow(row, elapsed, width, output);
        }
    }

    private void WriteHeader(int width, IBufferWriter<byte> output)
    {
        _line.Clear();
        Left("CONTAINER"u8, ContainerColumns);
        Right("PID"u8, 7);
        Left("COMM"u8, CommColumns);
        Left("SYSCALL"u8, NameColumns);
        Right("CALLS"u8, NumberColumns);
        Right("CALLS/S"u8, NumberColumns);
        Right("ERRORS"u8, NumberColumns);
        if (options.Refused)
        {
            Right("REFUSED"u8, NumberColumns);
        }

        if (options.Latency)
        {
            Right("TIME"u8, NumberColumns);
            Right("AVERAGE"u8, NumberColumns);
            Right("MAX"u8, NumberColumns);
        }

        End(width, output);
    }

    private void WriteRow(SyscallTotal row, TimeSpan elapsed, int width, IBufferWriter<byte> output)
    {
        _line.Clear();
        Left(Safe(Label(row)), ContainerColumns);
        Number(row.Pid, 7);
        Left(Safe(row.Comm), CommColumns);
        string abi = row.Abi == SyscallAbi.Native ? "" : $"/{SyscallNames.AbiName(row.Abi)}";
        Left(Safe(SyscallNames.Name(row.Abi, row.Number) + abi), NameColumns);
        Number(row.Count, NumberColumns);
        Number((ulong)(row.Recent / Math.Max(elapsed.TotalSeconds, 0.001)), NumberColumns);
        Number(row.Errors, NumberColumns);
        if (options.Refused)
        {
            Number(row.Refused, NumberColumns);
        }

        if (options.Latency)
        {
            Duration(row.TotalNs);
            Duration(row.TotalNs / Math.Max(row.Count, 1));
            Duration(row.MaxNs);
        }

        End(width, output);
    }

    private static string Label(SyscallTotal row)
    {
        if (row.Container is not { } container)
        {
            return "-";
        }

        bool isHash = container.Id.Length == Containers.Hex.IdLength && Containers.Hex.Is(container.Id);
        return container.Name ?? (isHash ? container.Id[..ShortIdLength] : container.Id);
    }

    private ReadOnlySpan<byte> Safe(string text)
    {
        _raw.Clear();
        _raw.Append(Encoding.UTF8.GetBytes(text));
        _cell.Clear();
        _cell.AppendSafe(_raw.Written);
        return _cell.Written;
    }

    private void Left(ReadOnlySpan<byte> safe, int columns)
    {
        _line.AppendColumn(safe, columns);
        _line.Append((byte)' ');
    }

    private void Right(ReadOnlySpan<byte> word, int columns)
    {
        _line.AppendRepeated((byte)' ', columns - word.Length);
        _line.Append(word);
        _line.Append((byte)' ');
    }

    private void Number(ulong number, int columns)
    {
        _cell.Clear();
        _cell.Append(number);
        Right(_cell.Written, columns);
    }

    private void Duration(ulong ns)
    {
        _cell.Clear();
        TextDetail.WriteDuration(_cell, ns);
        Right(_cell.Written, NumberColumns);
    }

    private void End(int width, IBufferWriter<byte> output)
    {
        _cell.Clear();
        _cell.AppendCut(_line.Written, width);
        _cell.Append((byte)'\n');
        output.Write(_cell.Written);
    }
}
