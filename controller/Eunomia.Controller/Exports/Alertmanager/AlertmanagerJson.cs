using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Alertmanager;

/// <summary>
/// Alerts as Alertmanager knows them: the labels say which alert it is, and there are only as many of them as there are
/// rules and containers; everything else is an annotation, and a later one takes the place of the earlier.
/// </summary>
internal static class AlertmanagerJson
{
    private const int LongestAnnotation = 8192;

    public static void Write(IBufferWriter<byte> output, IReadOnlyList<Alert> alerts, DateTimeOffset now, TimeSpan active)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartArray();
        foreach (Alert alert in alerts)
        {
            Write(json, alert, now, active);
        }
        json.WriteEndArray();
    }

    // An alert that waited in a spool is told as active now: one that has ended already would reach nobody.
    private static void Write(Utf8JsonWriter json, Alert alert, DateTimeOffset now, TimeSpan active)
    {
        DateTimeOffset start = DateTimeOffset.UnixEpoch.AddTicks(alert.TimeUnixNs / 100);
        json.WriteStartObject();
        WriteLabels(json, alert);
        WriteAnnotations(json, alert);
        json.WriteString("startsAt", Time(start < now ? start : now));
        json.WriteString("endsAt", Time(now + active));
        json.WriteEndObject();
    }

    private static void WriteLabels(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject("labels");
        json.WriteString("alertname", alert.Rule);
        json.WriteString("rule", alert.Rule);
        json.WriteString("severity", RulePriorities.Name(alert.Priority));
        Member(json, "host", alert.Host);
        if (alert.Container is { } container)
        {
            Member(json, "container", container.Name ?? AlertText.ShortId(container.Id));
            Member(json, "image", container.Image);
            Member(json, "pod", container.Pod);
            Member(json, "namespace", container.Namespace);
        }
        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, Alert alert)
    {
        json.WriteStartObject("annotations");
        Member(json, "summary", $"{alert.Rule} ({AlertText.Place(alert)})");
        Member(json, "description", alert.Output);
        Member(json, "fix", alert.Fix);
        Member(json, "alert_id", alert.Id.ToString());
        Member(json, "count", alert.Count.ToString(CultureInfo.InvariantCulture));
        Member(json, "last_time", Time(DateTimeOffset.UnixEpoch.AddTicks(alert.LastUnixNs / 100)));
        Member(json, "container_id", alert.Container?.Id);
        Member(json, "process", ProcessText(alert.Process));
        Member(json, "tags", string.Join(' ', alert.Tags));
        Member(json, "actions", string.Join(' ', alert.Actions));
        json.WriteEndObject();
    }

    private static string? ProcessText(AlertProcess? process) =>
        process is null ? null : string.Create(CultureInfo.InvariantCulture, $"{process.Exe ?? process.Name ?? "?"} (pid {process.Pid})");

    // Alertmanager wants no empty ones.
    private static void Member(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value.AsSpan(0, Math.Min(value.Length, LongestAnnotation)));
        }
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
