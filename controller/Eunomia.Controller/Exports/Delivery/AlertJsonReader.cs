using System.Globalization;
using System.Text.Json;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;

namespace Eunomia.Controller.Exports.Delivery;

/// <summary>Reads what <see cref="AlertJson"/> writes; members that it does not know are skipped.</summary>
internal static class AlertJsonReader
{
    private const int LengthOfSecond = 19; // 2026-01-02T03:04:05
    private const int Digits = 9;

    /// <summary>The alert of a line; null when it is not one.</summary>
    public static Alert? Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Alert Read(JsonElement json) => new()
    {
        Id = json.GetProperty("id").GetGuid(),
        Rule = RequiredText(json, "rule"),
        Priority = RulePriorities.Parse(RequiredText(json, "priority")) ?? throw new FormatException(),
        Output = RequiredText(json, "output"),
        Fix = Text(json, "fix") ?? "",
        Tags = Texts(json, "tags") ?? [],
        TimeUnixNs = UnixNs(RequiredText(json, "time")),
        LastUnixNs = UnixNs(RequiredText(json, "last_time")),
        Count = json.GetProperty("count").GetInt64(),
        Event = RequiredText(json, "event"),
        Host = RequiredText(json, "host"),
        Process = json.TryGetProperty("process", out JsonElement process) ? Process(process) : null,
        Ancestors = json.TryGetProperty("process", out process) && process.TryGetProperty("ancestors", out JsonElement ancestors)
            ? [.. ancestors.EnumerateArray().Select(Process)]
            : [],
        Container = json.TryGetProperty("container", out JsonElement container) ? Container(container) : null,
        Fields = json.TryGetProperty("fields", out JsonElement fields) ? [.. fields.EnumerateObject().Select(Field)] : [],
        Actions = Texts(json, "actions") ?? [],
        Capture = Text(json, "capture"),
        Truncated = Texts(json, "truncated") ?? [],
    };

    private static AlertProcess Process(JsonElement json) =>
        new(json.GetProperty("pid").GetUInt32(), Text(json, "start_time") is { } start ? UnixNs(start) : 0)
        {
            Vpid = Number(json, "vpid"),
            Name = Text(json, "name"),
            Exe = Text(json, "exe"),
            Args = Texts(json, "args"),
            Uid = Number(json, "uid"),
        };

    private static AlertContainer Container(JsonElement json) => new(RequiredText(json, "id"), RequiredText(json, "runtime"))
    {
        Name = Text(json, "name"),
        Image = Text(json, "image"),
        Pod = Text(json, "pod"),
        Namespace = Text(json, "namespace"),
    };

    private static AlertField Field(JsonProperty field) => field.Value.ValueKind == JsonValueKind.Number
        ? new AlertField(field.Name, field.Value.GetRawText(), IsNumber: true)
        : new AlertField(field.Name, field.Value.GetString() ?? "");

    private static string RequiredText(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException();

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static uint? Number(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetUInt32() : null;

    private static string[]? Texts(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value)
        ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")]
        : null;

    private static long UnixNs(string text)
    {
        var second = DateTime.ParseExact(
            text.AsSpan(0, Math.Min(text.Length, LengthOfSecond)), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None);
        return text.Length == LengthOfSecond + Digits + 2
            ? ((second - DateTime.UnixEpoch).Ticks * 100) + long.Parse(text.AsSpan(LengthOfSecond + 1, Digits), CultureInfo.InvariantCulture)
            : throw new FormatException();
    }
}
