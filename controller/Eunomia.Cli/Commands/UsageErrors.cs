using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Eunomia.Core;

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
        return Spelling.Nearest(token, known) is { } nearest
            ? $"unknown {what} '{token}', did you mean '{nearest}'?"
            : $"unknown {what} '{token}'";
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
