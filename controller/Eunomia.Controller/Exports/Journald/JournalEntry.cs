using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Journald;

/// <summary>
/// An alert in the journal's native protocol (systemd, docs/JOURNAL_NATIVE_PROTOCOL.md): "NAME=value" and a line feed; a
/// value with line feeds as name, line feed, its length in 64 bits little-endian, value, line feed.
/// </summary>
internal static class JournalEntry
{
    /// <summary>Larger entries need a file descriptor instead of a datagram: longer ones are shortened, and say so.</summary>
    public const int LargestSize = 64 * 1024;

    /// <summary>Says what kind of entry it is: the same for all alerts.</summary>
    public const string MessageId = "6f7c1f3a4bb84d1f9a2f5b1d0c6e8a47";

    private const int LongestValue = 4096;

    public static byte[] Encode(Alert alert)
    {
        byte[] entry = Encode(alert, int.MaxValue);
        return entry.Length <= LargestSize ? entry : Encode(alert, LongestValue);
    }

    private static byte[] Encode(Alert alert, int longest)
    {
        using var entry = new MemoryStream();
        Field(entry, "MESSAGE", alert.Output, longest);
        Field(entry, "PRIORITY", ((int)alert.Priority).ToString(CultureInfo.InvariantCulture), longest);
        Field(entry, "MESSAGE_ID", MessageId, longest);
        Field(entry, "SYSLOG_IDENTIFIER", "eunomia", longest);
        Field(entry, "EUNOMIA_ALERT_ID", alert.Id.ToString(), longest);
        Field(entry, "EUNOMIA_RULE", alert.Rule, longest);
        Field(entry, "EUNOMIA_EVENT", alert.Event, longest);
        Field(entry, "EUNOMIA_HOST", alert.Host, longest);
        Field(entry, "EUNOMIA_TIME_USEC", Microseconds(alert.TimeUnixNs), longest);
        Field(entry, "EUNOMIA_LAST_TIME_USEC", Microseconds(alert.LastUnixNs), longest);
        Field(entry, "EUNOMIA_COUNT", alert.Count.ToString(CultureInfo.InvariantCulture), longest);
        Field(entry, "EUNOMIA_FIX", alert.Fix, longest);
        Fields(entry, "EUNOMIA_TAG", alert.Tags.Take(64), longest);
        Fields(entry, "EUNOMIA_ACTION", alert.Actions, longest);
        WriteProcess(entry, alert.Process, longest);
        WriteContainer(entry, alert.Container, longest);
        if (longest == int.MaxValue)
        {
            Field(entry, "EUNOMIA_ALERT", Encoding.UTF8.GetString(AlertJson.Encode(alert)), longest);
        }
        else
        {
            Field(entry, "EUNOMIA_SHORTENED", "1", longest);
        }
        return entry.ToArray();
    }

    private static void WriteProcess(MemoryStream entry, AlertProcess? process, int longest)
    {
        if (process is not null)
        {
            Field(entry, "EUNOMIA_PID", process.Pid.ToString(CultureInfo.InvariantCulture), longest);
            Field(entry, "EUNOMIA_COMM", process.Name, longest);
            Field(entry, "EUNOMIA_EXE", process.Exe, longest);
            Field(entry, "EUNOMIA_CMDLINE", process.Args is { } args ? string.Join(' ', args) : null, longest);
            Field(entry, "EUNOMIA_UID", process.Uid?.ToString(CultureInfo.InvariantCulture), longest);
        }
    }

    // Names as Docker's and Podman's own logs have them.
    private static void WriteContainer(MemoryStream entry, AlertContainer? container, int longest)
    {
        if (container is not null)
        {
            Field(entry, "CONTAINER_ID", AlertText.ShortId(container.Id), longest);
            Field(entry, "CONTAINER_ID_FULL", container.Id, longest);
            Field(entry, "CONTAINER_NAME", container.Name, longest);
            Field(entry, "IMAGE_NAME", container.Image, longest);
            Field(entry, "EUNOMIA_RUNTIME", container.Runtime, longest);
            Field(entry, "EUNOMIA_POD", container.Pod, longest);
            Field(entry, "EUNOMIA_NAMESPACE", container.Namespace, longest);
        }
    }

    private static string Microseconds(long ns) => (ns / 1000).ToString(CultureInfo.InvariantCulture);

    private static void Fields(MemoryStream entry, string name, IEnumerable<string> values, int longest)
    {
        foreach (string value in values)
        {
            Field(entry, name, value, longest);
        }
    }

    private static void Field(MemoryStream entry, string name, string? value, int longest)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }
        byte[] bytes = Encoding.UTF8.GetBytes(value.Length <= longest / 4 ? value : value[..(longest / 4)]);
        entry.Write(Encoding.ASCII.GetBytes(name));
        if (bytes.Contains((byte)'\n'))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, bytes.Length);
            entry.WriteByte((byte)'\n');
            entry.Write(length);
        }
        else
        {
            entry.WriteByte((byte)'=');
        }
        entry.Write(bytes);
        entry.WriteByte((byte)'\n');
    }
}
