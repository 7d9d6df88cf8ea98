using System.Buffers;
using System.Globalization;
using System.Text;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Syslog;

/// <summary>An alert as RFC 5424 wants it: header, one structured element with the particulars, the output as text.</summary>
internal static class SyslogMessage
{
    /// <summary>What receivers are known to take; a longer message is cut, and says so.</summary>
    public const int LargestSize = 8192;

    private const int LongestParameter = 256;
    private static readonly string ProcessId = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    public static byte[] Encode(Alert alert, int facility)
    {
        string text = Text(alert);
        string head = Head(alert, facility, isCut: false) + " \ufeff";
        int size = Encoding.UTF8.GetByteCount(head) + Encoding.UTF8.GetByteCount(text);
        if (size <= LargestSize)
        {
            return Encoding.UTF8.GetBytes(head + text);
        }
        byte[] message = Encoding.UTF8.GetBytes(Head(alert, facility, isCut: true) + " \ufeff" + text);
        return message[..WholeCharacters(message, LargestSize)];
    }

    private static string Head(Alert alert, int facility, bool isCut)
    {
        var head = new StringBuilder(512);
        head.Append(CultureInfo.InvariantCulture, $"<{(facility * 8) + (int)alert.Priority}>1 {Time(alert.LastUnixNs)} ");
        head.Append(CultureInfo.InvariantCulture, $"{HeaderWord(alert.Host, 255)} eunomia {ProcessId} alert [eunomia@32473");
        Parameter(head, "id", alert.Id.ToString());
        Parameter(head, "rule", alert.Rule);
        Parameter(head, "event", alert.Event);
        Parameter(head, "count", alert.Count.ToString(CultureInfo.InvariantCulture));
        Parameter(head, "first", Time(alert.TimeUnixNs));
        Parameter(head, "pid", alert.Process?.Pid.ToString(CultureInfo.InvariantCulture));
        Parameter(head, "exe", alert.Process?.Exe);
        Parameter(head, "container_id", alert.Container?.Id);
        Parameter(head, "container_name", alert.Container?.Name);
        Parameter(head, "image", alert.Container?.Image);
        Parameter(head, "pod", alert.Container?.Pod);
        Parameter(head, "namespace", alert.Container?.Namespace);
        Parameter(head, "tags", alert.Tags.Count > 0 ? string.Join(',', alert.Tags) : null);
        Parameter(head, "actions", alert.Actions.Count > 0 ? string.Join(',', alert.Actions) : null);
        Parameter(head, "cut", isCut ? "1" : null);
        return head.Append(']').ToString();
    }

    // Control characters spelt out: many receivers write one line for each message.
    private static string Text(Alert alert)
    {
        ArrayBufferWriter<byte> line = new();
        new AlertText(new AlertTextOptions()).WriteOutput(alert, line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private static void Parameter(StringBuilder head, string name, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }
        head.Append(' ').Append(name).Append("=\"");
        foreach (char c in value.AsSpan(0, Math.Min(value.Length, LongestParameter)))
        {
            head.Append(c is '"' or '\\' or ']' ? "\\" : "").Append(char.IsControl(c) ? '?' : c);
        }
        head.Append('"');
    }

    private static string HeaderWord(string text, int longest)
    {
        string word = new([.. text.Take(longest).Where(c => c is > ' ' and < (char)127)]);
        return word.Length > 0 ? word : "-";
    }

    private static string Time(long unixNs) => DateTime.UnixEpoch.AddTicks(unixNs / 100)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static int WholeCharacters(byte[] bytes, int length)
    {
        while (length > 0 && (bytes[length] & 0xc0) == 0x80)
        {
            length--;
        }
        return length;
    }
}
