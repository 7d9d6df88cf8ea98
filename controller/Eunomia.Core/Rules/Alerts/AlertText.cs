using System.Buffers;
using System.Text;
using Eunomia.Core.Containers;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Alerts;

/// <summary>How alerts look as text.</summary>
/// <param name="Color">Whether to colour the priority.</param>
/// <param name="Zone">Time zone of the times; null = UTC.</param>
public sealed record AlertTextOptions(bool Color = false, TimeZoneInfo? Zone = null);

/// <summary>
/// One alert, one line for people: time, PRIORITY, container or host, output. What comes from the monitored is made
/// harmless for a terminal. Not for several threads.
/// </summary>
public sealed class AlertText(AlertTextOptions options)
{
    private const int PriorityColumns = 13;
    private const int LongestLabel = 64;
    private readonly Utf8Buffer _line = new();
    private readonly TimeZoneInfo _zone = options.Zone ?? TimeZoneInfo.Utc;

    /// <summary>Writes an alert and a line feed.</summary>
    public void Write(Alert alert, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(alert);
        _line.Clear();
        Clock(alert.TimeUnixNs);
        _line.Append((byte)' ');
        AppendPriority(alert.Priority);
        Safe(Place(alert));
        _line.Append((byte)' ');
        AppendOutput(alert);
        _line.Append((byte)'\n');
        output.Write(_line.Written);
    }

    /// <summary>Writes only what happened: output, repeats, what was done, what is not complete; harmless, and no line feed.</summary>
    public void WriteOutput(Alert alert, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(alert);
        _line.Clear();
        AppendOutput(alert);
        output.Write(_line.Written);
    }

    /// <summary>What the place of an alert is called: the container's name, else its id, else the host's name.</summary>
    public static string Place(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        string label = alert.Container is not { } container ? alert.Host : container.Name ?? ShortId(container.Id);
        return label[..Math.Min(label.Length, LongestLabel)];
    }

    /// <summary>The beginning of an id that is a hash, other ids as they are.</summary>
    public static string ShortId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.Length == Hex.IdLength && Hex.Is(id) ? id[..12] : id;
    }

    private void AppendOutput(Alert alert)
    {
        Safe(alert.Output);
        AppendRepeats(alert);
        AppendList(" [", alert.Actions);
        AppendList(" [in ", alert.Capture is { } file ? [file] : []);
        AppendList(" [cut: ", alert.Truncated);
    }

    private void AppendPriority(RulePriority priority)
    {
        string name = RulePriorities.Name(priority).ToUpperInvariant();
        _line.Append(options.Color ? ColorOf(priority) : default);
        _line.Append(name);
        _line.Append(options.Color ? "\u001b[0m"u8 : default);
        _line.AppendRepeated((byte)' ', PriorityColumns + 1 - name.Length);
    }

    private static ReadOnlySpan<byte> ColorOf(RulePriority priority) => priority switch
    {
        <= RulePriority.Critical => "\u001b[1;31m"u8,
        RulePriority.Error => "\u001b[31m"u8,
        RulePriority.Warning => "\u001b[33m"u8,
        RulePriority.Notice => "\u001b[36m"u8,
        _ => "\u001b[2m"u8,
    };

    private void AppendRepeats(Alert alert)
    {
        if (alert.Count > 1)
        {
            _line.Append(" ["u8);
            _line.Append((ulong)alert.Count);
            _line.Append(" times until "u8);
            Clock(alert.LastUnixNs);
            _line.Append((byte)']');
        }
    }

    private void AppendList(string opening, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            _line.Append(opening);
            Safe(string.Join(", ", items));
            _line.Append((byte)']');
        }
    }

    private void Clock(long unixNs) => Timestamp.AppendClock(_line, unixNs, _zone, milliseconds: true);

    private void Safe(string text) => _line.AppendSafe(Encoding.UTF8.GetBytes(text));
}
