using System.CommandLine;
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
        string help = $"see '{Path(parsed.CommandResult)} --help'";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return $"{Unknown(parsed.UnmatchedTokens[0], parsed.CommandResult.Command)}; {help}";
        }
        Command command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0)
        {
            string names = string.Join(", ", command.Subcommands.Select(sub => sub.Name));
            return $"say which of these is wanted: {names}; {help}";
        }
        return $"{Tidy(parsed.Errors[0].Message)}; {help}";
    }

    private static string Unknown(string token, Command command)
    {
        bool option = token.StartsWith('-');
        IEnumerable<string> known = option
            ? command.Options.SelectMany(candidate => candidate.Aliases.Prepend(candidate.Name))
            : command.Subcommands.Select(candidate => candidate.Name);
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return Nearest(token, known) is { } nearest
            ? $"unknown {what} '{token}', did you mean '{nearest}'?"
            : $"unknown {what} '{token}'";
    }

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
