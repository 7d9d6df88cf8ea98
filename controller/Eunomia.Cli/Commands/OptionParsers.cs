using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Eunomia.Cli.Output;
using Eunomia.Cli.Shell;
using Eunomia.Controller.Enforcement;
using Eunomia.Core;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Syscalls;

namespace Eunomia.Cli.Commands;

/// <summary>
/// Turns the text behind an option into its value, or says in one line what would be right. Each error begins with the
/// option as the user wrote it.
/// </summary>
internal static class OptionParsers
{
    public const string AncestorsField = "ancestors";

    /// <summary>The names of <see cref="RulePriority"/>, in its order. Not asked of reflection, which costs every start a millisecond.</summary>
    public static readonly string[] PriorityNames =
        ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];

    // What the collector keeps room for, see collector.proto.
    private const int MostVariables = 16;
    private const int LongestVariable = 31;
    private const int MostPorts = 8;

    // What a timer can wait for.
    private const double ShortestTime = 0.001;
    private const double LongestTime = 4_294_967;

    // Between a walk through every open file that costs too much, and one that nobody waits for.
    private const double ShortestInterval = 0.1;
    private const double LongestInterval = 86_400;

    // A word that begins with a dash ends up here too, when no option has that name.
    public static Tracker[] Trackers(ArgumentResult result)
    {
        string? unknown = Each(result).FirstOrDefault(name => Tracker.Find(name) is null);
        if (unknown is not null)
        {
            result.AddError(unknown.StartsWith('-') && result.Parent is CommandResult { Command: { } command }
                ? UsageErrors.Unknown(unknown, command)
                : $"unknown tracker '{unknown}'; allowed: {string.Join(", ", Tracker.All)}");
            return [];
        }
        return [.. Each(result).Select(Tracker.Find).OfType<Tracker>().Distinct()];
    }

    public static OutputFormat Format(ArgumentResult result) => Single(result) switch
    {
        "text" => OutputFormat.Text,
        "json" => OutputFormat.Json,
        var other => Refuse(result, $"'{other}' is not a format; allowed: text, json", OutputFormat.Text),
    };

    public static EnforcementMode? Enforcement(ArgumentResult result) => EnforcementModes.Parse(Single(result))
        ?? Refuse<EnforcementMode?>(result, $"'{Single(result)}' is not possible; allowed: {string.Join(", ", EnforcementModes.Names)}", null);

    public static OutputFormat RunFormat(ArgumentResult result) => ConfigSettings.Format(Single(result))
        ?? Refuse(result, $"'{Single(result)}' is not a format; allowed: text, json, folded, svg", OutputFormat.Text);

    public static int? Frequency(ArgumentResult result) =>
        int.TryParse(Single(result), NumberStyles.None, CultureInfo.InvariantCulture, out int ticks) && ticks is >= 1 and <= 1_000
            ? ticks
            : Refuse<int?>(result, $"'{Single(result)}' is not a number of ticks per second from 1 to 1000", null);

    public static TimeSpan? Time(ArgumentResult result) => Seconds(result, ShortestTime, LongestTime);

    public static TimeSpan? Interval(ArgumentResult result) => Seconds(result, ShortestInterval, LongestInterval);

    public static int[] Ports(ArgumentResult result)
    {
        string[] texts = List(result);
        if (Array.Find(texts, text => !IsPort(text)) is { } wrong)
        {
            return Refuse<int[]>(result, $"'{wrong}' is not a port from 1 to 65535", []);
        }
        int[] ports = [.. texts.Select(text => int.Parse(text, CultureInfo.InvariantCulture)).Distinct()];
        return ports.Length <= MostPorts
            ? ports
            : Refuse<int[]>(result, $"{ports.Length} ports given; at most {MostPorts} are possible", []);
    }

    public static TimeSpan? Age(ArgumentResult result)
    {
        string text = Single(result);
        double seconds = text.LastOrDefault() switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && uint.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out uint count) && count > 0
            ? TimeSpan.FromSeconds(Math.Min(count * seconds, LongestTime))
            : Refuse<TimeSpan?>(result, $"'{text}' is not a time like 30s, 10m, 2h or 7d", null);
    }

    public static RulePriority? Priority(ArgumentResult result)
    {
        string text = Single(result) is var word && word.Equals("info", StringComparison.OrdinalIgnoreCase) ? "informational" : word;
        int index = Array.FindIndex(PriorityNames, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? (RulePriority)index
            : Refuse<RulePriority?>(
                result, $"'{text}' is not a priority{Spelling.MayBe(text, PriorityNames)}; allowed: {string.Join(", ", PriorityNames)}", null);
    }

    public static PathStyle Paths(ArgumentResult result) => Single(result) switch
    {
        "raw" => PathStyle.Raw,
        "resolved" => PathStyle.Resolved,
        var other => Refuse(result, $"'{other}' is not a way to name files; allowed: raw, resolved", PathStyle.Resolved),
    };

    public static string Shell(ArgumentResult result) => CompletionScripts.All.ContainsKey(Single(result))
        ? Single(result)
        : Refuse(result, $"'{Single(result)}' is not a shell; allowed: {string.Join(", ", CompletionScripts.All.Keys)}", "");

    public static double? Speed(ArgumentResult result)
    {
        string text = Single(result);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor)
            && factor is >= 0.001 and <= 1_000_000
            ? factor
            : Refuse<double?>(result, $"'{text}' is not a factor from 0.001 to 1000000", null);
    }

    public static string[] Syscalls(ArgumentResult result)
    {
        string[] names = List(result);
        return SyscallSelection.TryCreate(names, out _, out string? unknown)
            ? names
            : Refuse<string[]>(result, $"there is no system call '{unknown}'{Spelling.MayBe(unknown, SyscallNames.All)}", []);
    }

    public static SyscallOrder Order(ArgumentResult result) => Single(result) switch
    {
        "count" => SyscallOrder.Count,
        "time" => SyscallOrder.Time,
        "errors" => SyscallOrder.Errors,
        var other => Refuse(result, $"'{other}' is not an order; allowed: count, time, errors", SyscallOrder.Count),
    };

    public static int[] Pids(ArgumentResult result) => [.. Each(result).Select(text => Pid(result, text))];

    public static ContainerSelector[] Containers(ArgumentResult result) =>
        [.. Each(result).Select(text => Container(result, text)).OfType<ContainerSelector>()];

    public static EventKindSet Events(ArgumentResult result) =>
        EventKinds.TryParse(string.Join(',', Each(result)), out EventKindSet kinds, out string? error)
            ? kinds
            : Refuse(result, error, default(EventKindSet));

    public static string[] Fields(ArgumentResult result)
    {
        string[] names = List(result);
        return Array.Find(names, name => name != AncestorsField) is { } unknown
            ? Refuse<string[]>(result, $"unknown field '{unknown}'; allowed: {AncestorsField}", [])
            : names;
    }

    public static string[] Variables(ArgumentResult result)
    {
        string[] names = [.. List(result).Distinct()];
        if (Array.Find(names, name => !IsVariable(name)) is { } wrong)
        {
            return Refuse<string[]>(
                result, $"'{wrong}' is not an environment variable's name of 1 to {LongestVariable} bytes without '='",
                []);
        }
        return names.Length <= MostVariables
            ? names
            : Refuse<string[]>(result, $"{names.Length} names given; at most {MostVariables} are possible", []);
    }

    private static bool IsPort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0;

    private static bool IsVariable(string name) =>
        name.Length > 0 && !name.Contains('=') && Encoding.UTF8.GetByteCount(name) <= LongestVariable;

    private static ContainerSelector? Container(ArgumentResult result, string text) =>
        ContainerSelector.TryParse(text, out ContainerSelector? selector, out string? error)
            ? selector
            : Refuse<ContainerSelector?>(result, error, null);

    private static int Pid(ArgumentResult result, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0
            ? pid
            : Refuse(result, $"'{text}' is not a process id", 0);

    private static TimeSpan? Seconds(ArgumentResult result, double least, double most)
    {
        string text = Single(result);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds >= least && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : Refuse<TimeSpan?>(
                result,
                string.Create(CultureInfo.InvariantCulture, $"'{text}' is not a number of seconds from {least} to {most}"),
                null);
    }

    private static string Single(ArgumentResult result) => result.Tokens[0].Value;

    private static IEnumerable<string> Each(ArgumentResult result) => result.Tokens.Select(token => token.Value);

    private static string[] List(ArgumentResult result) =>
        [.. Each(result).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries))];

    private static T Refuse<T>(ArgumentResult result, string reason, T nothing)
    {
        string option = (result.Parent as OptionResult)?.IdentifierToken?.Value ?? result.Argument.Name;
        result.AddError($"{option}: {reason}");
        return nothing;
    }
}
