using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>
/// Turns the text behind an option into its value, or says in one line what would be right. Each error begins with the
/// option as the user wrote it.
/// </summary>
internal static class OptionParsers
{
    public const string AncestorsField = "ancestors";

    // What the collector keeps room for, see collector.proto.
    private const int MostVariables = 16;
    private const int LongestVariable = 31;

    // What a timer can wait for.
    private const double LongestTime = 4_294_967;

    public static OutputFormat Format(ArgumentResult result) => Single(result) switch
    {
        "text" => OutputFormat.Text,
        "json" => OutputFormat.Json,
        var other => Refuse(result, $"'{other}' is not a format; allowed: text, json", OutputFormat.Text),
    };

    public static TimeSpan? Time(ArgumentResult result)
    {
        string text = Single(result);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0.001 and <= LongestTime
            ? TimeSpan.FromSeconds(seconds)
            : Refuse<TimeSpan?>(result, $"'{text}' is not a number of seconds from 0.001 to {LongestTime:0}", null);
    }

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
