using System.Globalization;
using System.Text;
using Eunomia.Controller.Configuration;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Output;

/// <summary>What is in force, as a session's file again, with the origin of each value behind it.</summary>
internal static class ConfigText
{
    private const int ValueColumns = 44;

    public static string Describe(SessionConfig config)
    {
        var text = new StringBuilder();
        var lines = new Lines(text, config.Origins);
        text.AppendLine("[output]");
        lines.Add("output.format", config.Format is { } format ? Quote(format) : null, "text; json of syscall or perf alone, not to a terminal");
        lines.Add("output.file", config.Output is { } file ? Quote(file) : null, "stdout");
        lines.Add("output.paths", config.Paths is { } paths ? Quote(paths) : null, "resolved");
        lines.Add("output.interval", Seconds(config.Interval), "10; 1 for a live table");
        lines.Add("output.fields", config.Ancestors ? List(["ancestors"]) : null, "none");
        lines.Add("output.environment", List(config.Environment), "none");
        text.AppendLine().AppendLine("[limits]");
        lines.Add("limits.duration", Seconds(config.Duration), "until stopped");
        lines.Add("limits.events", config.MostEvents?.ToString(CultureInfo.InvariantCulture), "no limit");
        lines.Add("limits.strict", Flag(config.Strict), "false");
        for (int i = 0; i < config.Trackers.Count; i++)
        {
            Describe(lines, text, config.Trackers[i], $"tracker[{i}]");
        }
        return text.ToString();
    }

    private static void Describe(Lines lines, StringBuilder text, TrackerConfig tracker, string path)
    {
        text.AppendLine().AppendLine("[[tracker]]");
        lines.Add($"{path}.name", Quote(tracker.Tracker.Name), "");
        lines.Add($"{path}.containers", List(tracker.Containers.Select(selector => selector.Text)), "all, and the host");
        lines.Add($"{path}.pids", tracker.Pids.Count > 0 ? $"[{string.Join(", ", tracker.Pids)}]" : null, "all");
        lines.Add($"{path}.duration", Seconds(tracker.Duration), "as long as the session");
        lines.Add($"{path}.format", tracker.Format is { } format ? Quote(format) : null, "as in [output]");
        lines.Add($"{path}.output", tracker.Output is { } output ? Quote(output) : null, "as in [output]");
        if (tracker.Tracker == Tracker.Syscall)
        {
            lines.Add($"{path}.stream", Flag(tracker.Stream), "false");
            lines.Add($"{path}.latency", Flag(tracker.Latency), "false");
            lines.Add($"{path}.refused", Flag(tracker.Refused), "false");
        }
        if (tracker.Tracker == Tracker.Perf)
        {
            lines.Add($"{path}.frequency", tracker.Frequency?.ToString(CultureInfo.InvariantCulture), "49");
        }
        text.AppendLine("[tracker.filters]");
        lines.Add(
            $"{path}.filters.events",
            List(EventKinds.All.Where(tracker.Events.Contains).Select(EventKinds.Name)),
            string.Join(' ', EventKinds.All.Where(tracker.Tracker.Kinds.Contains).Select(EventKinds.Name)));
        if (tracker.Tracker == Tracker.Syscall)
        {
            lines.Add($"{path}.filters.syscalls", List(tracker.Syscalls.Names), "all");
        }
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static string? List(IEnumerable<string> items)
    {
        string[] quoted = [.. items.Select(Quote)];
        return quoted.Length > 0 ? $"[{string.Join(", ", quoted)}]" : null;
    }

    private static string? Seconds(TimeSpan? time) => time?.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private static string? Flag(bool? value) => value is { } flag ? (flag ? "true" : "false") : null;

    private sealed class Lines(StringBuilder text, IReadOnlyDictionary<string, ConfigPosition> origins)
    {
        /// <summary>A key that the file has, with its place; else a comment with the default.</summary>
        public void Add(string path, string? value, string otherwise)
        {
            string key = path[(path.LastIndexOf('.') + 1)..];
            bool isGiven = origins.TryGetValue(path, out ConfigPosition where) && value is not null;
            string line = isGiven ? $"{key} = {value}" : $"# {key}: {otherwise}";
            text.Append(line.PadRight(isGiven ? ValueColumns : 0))
                .AppendLine(isGiven ? $" # {where}" : " (default)");
        }
    }
}
