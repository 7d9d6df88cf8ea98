using System.Buffers;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>How text looks.</summary>
/// <param name="Width">Columns of the terminal; 0 = no limit (not a terminal).</param>
/// <param name="Color">Whether to colour.</param>
/// <param name="Zone">Time zone of the TIME column; null = UTC.</param>
/// <param name="RawPaths">Whether files are shown by the path as passed only.</param>
public sealed record TextOptions(int Width = 0, bool Color = false, TimeZoneInfo? Zone = null, bool RawPaths = false);

/// <summary>
/// One event, one line of columns: TIME CONTAINER EVENT PID PPID DETAIL. Fits the terminal: a narrow one gets fewer and
/// shorter columns, and the last one is cut with "…". Not for several threads.
/// </summary>
public sealed class TextEventWriter
{
    private const int WideTerminal = 100;
    private const int NarrowestDetail = 8;
    private const int EventColumns = 16;
    private const int PidColumns = 7;
    private const int ShortIdLength = 12;
    private const int LongestLabel = 64;
    private readonly Utf8Buffer _line = new();
    private readonly Utf8Buffer _cell = new();
    private readonly Utf8Buffer _name = new();
    private readonly FileText _file;
    private readonly SecurityText _security = new();
    private readonly TimeZoneInfo _zone;
    private readonly bool _color;

    /// <summary>A writer for one terminal or file.</summary>
    public TextEventWriter(TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Width, _color, _zone) = (options.Width, options.Color, options.Zone ?? TimeZoneInfo.Utc);
        _file = new FileText(options.RawPaths);
    }

    /// <summary>Columns of the terminal; may change at any time (SIGWINCH). 0 = no limit.</summary>
    public int Width { get; set; }

    private bool IsWide => Width is <= 0 or >= WideTerminal;

    private int TimeColumns => IsWide ? "00:00:00.000".Length : "00:00:00".Length;

    private int ContainerColumns => IsWide ? 20 : 14;

    /// <summary>Writes the line that names the columns.</summary>
    public void WriteHeader(IBufferWriter<byte> output)
    {
        _line.Clear();
        _line.Append(_color ? "\u001b[1m"u8 : default);
        AppendCell("TIME"u8, TimeColumns);
        AppendCell("CONTAINER"u8, ContainerColumns);
        AppendCell("EVENT"u8, EventColumns);
        _line.Append(IsWide ? "    PID    PPID "u8 : "    PID "u8);
        _line.Append("DETAIL"u8);
        EndLine(output);
    }

    /// <summary>Writes one event and a line feed.</summary>
    public void Write(in EventView e, IBufferWriter<byte> output)
    {
        _line.Clear();
        Timestamp.AppendClock(_line, e.TimeUnixNs, _zone, IsWide);
        _line.Append((byte)' ');
        AppendContainer(e.Container);
        _line.Append(ColorOf(e));
        _cell.Clear();
        _cell.Append(EventKinds.Name(e.Kind));
        int eventColumns = IsWide ? Math.Max(EventColumns, _cell.Length) : EventColumns;
        AppendCell(_cell.Written, eventColumns);
        EndColor();
        AppendPid(e.HasProcess ? e.Record.Header.Tgid : 0);
        if (IsWide)
        {
            AppendPid(e.HasProcess ? e.Record.Header.Ppid : 0);
        }

        _cell.Clear();
        WriteDetail(e);
        _line.AppendCut(_cell.Written, DetailColumns(eventColumns));
        EndLine(output);
    }

    private void WriteDetail(in EventView e)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen or RecordShape.FileIo or RecordShape.FileChange:
                _file.Write(_cell, e);
                break;
            case RecordShape.Tcp:
                NetworkText.Write(_cell, e.Kind, e.Record.AsTcp(), e.PeerName);
                break;
            case RecordShape.Udp:
                UdpText.WriteFlow(_cell, e);
                break;
            case RecordShape.Dns:
                UdpText.WriteMessage(_cell, e);
                break;
            case RecordShape.Syscall:
                SyscallText.Write(_cell, e.Record.AsSyscall());
                break;
            case RecordShape.SyscallCall:
                SyscallText.Write(_cell, e.Record.AsSyscallCall());
                break;
            case RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect:
                _security.Write(_cell, e);
                break;
            case RecordShape.Ipc:
                IpcText.Write(_cell, e);
                break;
            case RecordShape.Signal:
                IpcText.WriteSignal(_cell, e);
                break;
            case RecordShape.PerfSample:
                PerfText.Write(_cell, e.Record.AsPerfSample());
                break;
            case RecordShape.Enforce:
                EnforceOutput.WriteText(_cell, e.Record.AsEnforce());
                break;
            case RecordShape.PerfCounters:
                PerfText.Write(_cell, e.Record.AsPerfCounters());
                break;
            default:
                TextDetail.Write(_cell, e);
                break;
        }
    }

    private int DetailColumns(int eventColumns)
    {
        int front = TimeColumns + ContainerColumns + eventColumns + ((PidColumns + 1) * (IsWide ? 2 : 1)) + 3;
        return Width <= 0 ? 0 : Math.Max(NarrowestDetail, Width - front);
    }

    private void AppendContainer(Container? container)
    {
        _name.Clear();
        _name.Append(container is null ? "-" : Label(container));
        _cell.Clear();
        _cell.AppendSafe(_name.Written);
        _line.Append(_color && container is not null ? "\u001b[36m"u8 : default);
        AppendCell(_cell.Written, ContainerColumns);
        EndColor(container is not null);
    }

    /// <summary>What a container is called in text, made harmless.</summary>
    internal static void AppendLabel(Utf8Buffer buffer, Container container)
    {
        Span<byte> label = stackalloc byte[4 * LongestLabel];
        ReadOnlySpan<char> text = Label(container);
        int length = System.Text.Encoding.UTF8.GetBytes(text[..Math.Min(text.Length, LongestLabel)], label);
        buffer.AppendSafe(label[..length]);
    }

    private static ReadOnlySpan<char> Label(Container container)
    {
        bool isHash = container.Id.Length == Hex.IdLength && Hex.Is(container.Id);
        return container.Name ?? container.Id.AsSpan(0, isHash ? ShortIdLength : container.Id.Length);
    }

    private void AppendCell(ReadOnlySpan<byte> safe, int columns)
    {
        _line.AppendColumn(safe, columns);
        _line.Append((byte)' ');
    }

    private void AppendPid(uint pid)
    {
        _cell.Clear();
        if (pid != 0)
        {
            _cell.Append(pid);
        }
        else
        {
            _cell.Append((byte)'-');
        }

        _line.AppendRepeated((byte)' ', PidColumns - _cell.Length);
        _line.Append(_cell.Written);
        _line.Append((byte)' ');
    }

    private ReadOnlySpan<byte> ColorOf(in EventView e)
    {
        if (!_color)
        {
            return default;
        }

        return e.Kind switch
        {
            EventKind.ProcessExec => "\u001b[32m"u8,
            EventKind.ContainerCreate or EventKind.ContainerStart => "\u001b[1;35m"u8,
            _ => HasFailed(e) ? "\u001b[31m"u8 : "\u001b[2m"u8,
        };
    }

    private static bool HasFailed(in EventView e) =>
        e.Record.HasFailed
        || (e.Record.Kind == EventKind.ProcessExit
            && (e.Record.AsExit().Fields.Signal != 0 || e.Record.AsExit().Fields.ExitCode != 0));

    private void EndColor(bool wasColored = true) => _line.Append(_color && wasColored ? "\u001b[0m"u8 : default);

    private void EndLine(IBufferWriter<byte> output)
    {
        EndColor(_line.Written.StartsWith("\u001b[1m"u8));
        _line.Append((byte)'\n');
        output.Write(_line.Written);
    }
}
