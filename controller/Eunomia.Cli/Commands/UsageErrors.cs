using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;

namespace Eunomia.Cli.Commands;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class UsageErrors
{
    /// <summary>The first error; null when there is none.</summary>
    public static string? Describe(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }
        string help = See(Path(parsed.CommandResult));
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return $"{Unknown(parsed.UnmatchedTokens[0], parsed.CommandResult.Command)}; {help}";
        }
        if (Choices(parsed.CommandResult) is { Count: > 0 } choices)
        {
            return $"say which of these is wanted: {string.Join(", ", choices)}; {help}";
        }
        return Missing(parsed.CommandResult) is { } missing
            ? $"say which {missing.Name} is wanted; {help}"
            : $"{Tidy(parsed.Errors[0].Message)}; {help}";
    }

    private static Argument? Missing(CommandResult result) => result.Command.Arguments.FirstOrDefault(
        argument => argument.Arity.MinimumNumberOfValues > 0 && result.GetResult(argument) is not { Tokens.Count: > 0 });

    /// <summary>The words one of which is missing; none when nothing like that is.</summary>
    private static IReadOnlyCollection<string> Choices(CommandResult result)
    {
        Argument? missing = Missing(result);
        return missing is null
            ? [.. result.Command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)]
            : [.. missing.CompletionSources.SelectMany(source => source(CompletionContext.Empty)).Select(item => item.Label)];
    }

    /// <summary>What only shows once the command line is understood.</summary>
    public static CommandException ToException(string error, string command) =>
        new($"{error}; {See($"{Application.Name} {command}")}", ExitCodes.Usage);

    /// <summary>That a command has no such option, command or argument, and what may have been meant.</summary>
    public static string Unknown(string token, Command command)
    {
        bool option = token.StartsWith('-');
        IEnumerable<string> known = option
            ? command.Options.SelectMany(candidate => candidate.Aliases.Prepend(candidate.Name))
            : command.Subcommands.Where(candidate => !candidate.Hidden).Select(candidate => candidate.Name);
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return Nearest(token, known) is { } nearest
            ? $"unknown {what} '{token}', did you mean '{nearest}'?"
            : $"unknown {what} '{token}'";
    }

    /// <summary>", did you mean 'X'?" when one of the words is near; else nothing.</summary>
    public static string MayBe(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $", did you mean '{nearest}'?" : "";

    private static string? Nearest(string token, IEnumerable<string> known)
    {
        (string Name, int Distance) best = known
            .Where(name => name.Length > 2)
            .Select(name => (name, Distance(token, name)))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(candidate => candidate.Item2);
        return best.Distance <= Math.Max(1, token.Length / 3) ? best.Name : null;
    }

    // How many letters have to be added, dropped or exchanged (Levenshtein).
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j - 1], row[j]));
            }
        }
        return row[^1];
    }

    private static string See(string command) => $"see '{command} --help'";

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : Application.Name;

    private static string Tidy(string message)
    {
        string text = message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1])
            ? char.ToLowerInvariant(text[0]) + text[1..]
            : text;
    }
}
