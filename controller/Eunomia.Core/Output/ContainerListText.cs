using System.Buffers;
using System.Text;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Output;

/// <summary>
/// Containers as a table for people, as wide as needed and at most as the terminal: then the widest of what can be cut is
/// cut first, and a narrow terminal gets fewer columns. Not for several threads.
/// </summary>
public sealed class ContainerListText
{
    private const int Gap = 2;
    private const int NarrowestColumn = 10;
    private const int WideTerminal = 100;
    private const int NarrowTerminal = 80;
    private const int ShownPids = 4;
    private const int ShortIdLength = 12;
    private const int EventColumns = 8;
    private const int NameColumns = 20;
    private readonly Utf8Buffer _line = new();
    private readonly TextOptions _options;

    /// <summary>A writer for one terminal or file.</summary>
    public ContainerListText(TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>A container in a message: its name and id, as far as they are known and short.</summary>
    public static string Label(Container container)
    {
        ArgumentNullException.ThrowIfNull(container);
        string label = container.Name is { } name && name != container.Id ? $"{name} ({ShortId(container)})" : ShortId(container);
        return Encoding.UTF8.GetString(Safe(label));
    }

    private bool IsWide => _options.Width is <= 0 or >= WideTerminal;

    private bool IsNarrow => _options.Width is > 0 and < NarrowTerminal;

    /// <summary>Writes the names of the columns and a line per container.</summary>
    public void WriteTable(IReadOnlyList<ContainerRow> rows, long nowUnixNs, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Column[] columns = Columns(rows, nowUnixNs);
        int[] widths = Fit(columns);
        _line.Clear();
        _line.Append(_options.Color ? "\u001b[1m"u8 : default);
        AppendCells(columns, widths, 0);
        _line.Append(_options.Color ? "\u001b[0m"u8 : default);
        EndLine(output);
        for (int row = 1; row <= rows.Count; row++)
        {
            _line.Clear();
            AppendCells(columns, widths, row);
            EndLine(output);
        }
    }

    /// <summary>Writes a line about something that happened.</summary>
    public void WriteChange(ContainerChange change, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(change);
        Container container = change.Row.Container;
        var rest = new Utf8Buffer();
        Timestamp.AppendClock(rest, change.TimeUnixNs, _options.Zone ?? TimeZoneInfo.Utc, IsWide);
        rest.Append((byte)' ');
        rest.AppendColumn(Encoding.UTF8.GetBytes(change.Name), EventColumns);
        rest.Append((byte)' ');
        rest.Append(Safe(ShortId(container)));
        rest.Append((byte)' ');
        byte[] name = Safe(container.Name ?? "-");
        rest.Append(name);
        rest.AppendRepeated((byte)' ', NameColumns - TextCells.Measure(name));
        rest.Append((byte)' ');
        rest.Append(Safe(string.Join(' ', Details(change.Row))));
        _line.Clear();
        _line.AppendCut(rest.Written, _options.Width);
        EndLine(output);
    }

    private static IEnumerable<string> Details(ContainerRow row)
    {
        Container container = row.Container;
        yield return container.Runtime;
        if (container.Image is { } image)
        {
            yield return image;
        }

        if (PodOf(container) is { Length: > 0 } pod)
        {
            yield return $"pod {pod}";
        }

        if (row.Pids.Count > 0)
        {
            yield return $"pid {PidsOf(row)}";
        }
    }

    private Column[] Columns(IReadOnlyList<ContainerRow> rows, long nowUnixNs)
    {
        List<Column> columns =
        [
            Column.Of("CONTAINER ID", rows, row => ShortId(row.Container), canBeCut: true),
            Column.Of("NAME", rows, row => row.Container.Name ?? "-", canBeCut: true),
            Column.Of("IMAGE", rows, row => row.Container.Image ?? "-", canBeCut: true),
        ];
        if (!IsNarrow)
        {
            columns.Add(Column.Of("RUNTIME", rows, row => row.Container.Runtime));
        }

        if (rows.Any(row => PodOf(row.Container).Length > 0))
        {
            columns.Add(Column.Of("POD", rows, row => PodOf(row.Container), canBeCut: true));
        }

        if (IsWide)
        {
            columns.Add(Column.Of("CREATED", rows, row => Ago(row.CreatedUnixNs, nowUnixNs)));
        }

        if (!IsNarrow)
        {
            columns.Add(Column.Of("STARTED", rows, row => Ago(row.StartedUnixNs, nowUnixNs)));
        }

        columns.Add(Column.Of("STATE", rows, row => ContainerListJson.NameOf(row.State)));
        columns.Add(Column.Of("PIDS", rows, PidsOf, canBeCut: true));
        return [.. columns];
    }

    private int[] Fit(Column[] columns)
    {
        int[] widths = [.. columns.Select(column => column.Width)];
        while (_options.Width > 0 && widths.Sum() + (Gap * (widths.Length - 1)) > _options.Width)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                bool canShrink = columns[i].CanBeCut && widths[i] > NarrowestColumn;
                widest = canShrink && (widest < 0 || widths[i] >= widths[widest]) ? i : widest;
            }

            if (widest < 0)
            {
                break;
            }

            widths[widest]--;
        }

        return widths;
    }

    private void AppendCells(Column[] columns, int[] widths, int row)
    {
        for (int i = 0; i < columns.Length; i++)
        {
            if (i == columns.Length - 1)
            {
                _line.AppendCut(columns[i].Cells[row], widths[i]);
                return;
            }

            _line.AppendColumn(columns[i].Cells[row], widths[i]);
            _line.AppendRepeated((byte)' ', Gap);
        }
    }

    private void EndLine(IBufferWriter<byte> output)
    {
        _line.Append((byte)'\n');
        output.Write(_line.Written);
    }

    internal static string ShortId(Container container)
    {
        bool isHash = container.Id.Length == Hex.IdLength && Hex.Is(container.Id);
        return isHash ? container.Id[..ShortIdLength] : container.Id;
    }

    private static string PodOf(Container container)
    {
        string pod = container.Pod ?? container.PodUid ?? "";
        return container.Namespace is { } space && pod.Length > 0 ? $"{space}/{pod}" : pod;
    }

    private static string PidsOf(ContainerRow row)
    {
        string pids = string.Join(' ', row.Pids.Take(ShownPids));
        return row.Pids.Count switch
        {
            0 => "-",
            <= ShownPids => pids,
            _ => $"{pids} and {row.Pids.Count - ShownPids} more",
        };
    }

    /// <summary>How long ago, in its largest unit and the next one.</summary>
    internal static string Ago(long? unixNs, long nowUnixNs)
    {
        if (unixNs is not { } then)
        {
            return "-";
        }

        TimeSpan age = TimeSpan.FromTicks(Math.Max(0, nowUnixNs - then) / 100);
        return age switch
        {
            { TotalMinutes: < 1 } => $"{age.Seconds}s ago",
            { TotalHours: < 1 } => $"{age.Minutes}m{age.Seconds}s ago",
            { TotalDays: < 1 } => $"{age.Hours}h{age.Minutes}m ago",
            _ => $"{age.Days}d{age.Hours}h ago",
        };
    }

    private static byte[] Safe(string text)
    {
        var buffer = new Utf8Buffer();
        buffer.AppendSafe(Encoding.UTF8.GetBytes(text));
        return buffer.Written.ToArray();
    }

    /// <summary>The heading and a cell per row, harmless and measured.</summary>
    private sealed record Column(byte[][] Cells, int Width, bool CanBeCut)
    {
        internal static Column Of(
            string heading, IReadOnlyList<ContainerRow> rows, Func<ContainerRow, string> text, bool canBeCut = false)
        {
            byte[][] cells = [Encoding.UTF8.GetBytes(heading), .. rows.Select(row => Safe(text(row)))];
            return new Column(cells, cells.Max(cell => TextCells.Measure(cell)), canBeCut);
        }
    }
}
