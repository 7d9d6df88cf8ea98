using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;

namespace Eunomia.Cli.Shell;

/// <summary>What may stand where the cursor is: a value, and what it means.</summary>
internal sealed record Candidate(string Value, string Meaning);

/// <summary>Finds what a shell may offer for the word under the cursor, from the same commands that parse and explain it.</summary>
internal sealed class Completion
{
    private readonly RootCommand _root;
    private readonly Command _command;
    private readonly Option? _open;
    private readonly string _current;
    private readonly string _prefix;
    private readonly bool _optionsEnded;

    private Completion(RootCommand root, Command command, Option? open, string current, string prefix, bool optionsEnded)
    {
        (_root, _command, _open) = (root, command, open);
        (_current, _prefix, _optionsEnded) = (current, prefix, optionsEnded);
    }

    /// <summary>Whether names of files are wanted, which the shell knows best.</summary>
    public bool WantsFiles => HelpName is { } name
        && (name.StartsWith("FILE", StringComparison.Ordinal) || name == "SOCKET");

    // What stands for a value in the help text tells what kind of value it is.
    private string? HelpName => _open is not null ? _open.HelpName : IsOption ? null : Positional?.HelpName;

    private bool IsOption => _current.StartsWith('-') && !_optionsEnded;

    private Argument? Positional => _command.Arguments.FirstOrDefault();

    /// <summary>Understands a command line that is being written.</summary>
    /// <param name="root">All there is.</param>
    /// <param name="words">What follows the program's name, up to and with the word under the cursor, which may be empty.</param>
    public static Completion Of(RootCommand root, IReadOnlyList<string> words)
    {
        string current = words.Count > 0 ? words[^1] : "";
        Command command = root;
        Option? open = null;
        bool optionsEnded = false;
        foreach (string word in words.SkipLast(1))
        {
            if (word == "=")
            {
                continue; // bash makes a word of it
            }
            bool isValue = open is not null;
            open = isValue || optionsEnded ? null : FindOption(command, word);
            optionsEnded |= !isValue && word == "--";
            command = isValue || optionsEnded ? command : Find(command, word) ?? command;
        }
        current = current == "=" ? "" : current;
        int assigned = current.IndexOf('=');
        return open is null && !optionsEnded && assigned > 0 && FindOption(command, current[..assigned]) is { } option
            ? new Completion(root, command, option, current[(assigned + 1)..], current[..(assigned + 1)], optionsEnded)
            : new Completion(root, command, open, current, "", optionsEnded);
    }

    /// <summary>All that begins as the word under the cursor does.</summary>
    public IEnumerable<Candidate> Candidates() => (_open, IsOption) switch
    {
        ({ } open, _) => open.HelpName?.EndsWith(",...", StringComparison.Ordinal) == true
            ? List(Values(open.HelpName, open.CompletionSources))
            : Matching(Values(open.HelpName, open.CompletionSources)),
        (null, true) => Matching(OptionsOf(_root, _command)
            .SelectMany(option => option.Aliases.Prepend(option.Name)
                .Select(name => new Candidate(name, FirstSentence(option.Description))))),
        _ => Matching(_command.Subcommands
            .Where(sub => !sub.Hidden)
            .Select(sub => new Candidate(sub.Name, FirstSentence(sub.Description)))
            .Concat(Positional is { } argument ? Values(argument.HelpName, argument.CompletionSources) : [])),
    };

    /// <summary>All options that a command takes: its own, and those that every command has.</summary>
    public static IEnumerable<Option> OptionsOf(RootCommand root, Command command) =>
        command.Options.Union(root.Options.Where(option => option.Recursive)).Where(option => !option.Hidden);

    /// <summary>As much of a description as fits beside a name.</summary>
    public static string FirstSentence(string? description)
    {
        string text = (description ?? "").Split('\n')[0];
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return (end < 0 ? text : text[..end]).TrimEnd('.');
    }

    private static Command? Find(Command command, string word) =>
        command.Subcommands.FirstOrDefault(sub => sub.Name == word);

    private static Option? FindOption(Command command, string word) => command.Options.FirstOrDefault(option =>
        option.Arity.MaximumNumberOfValues > 0
        && option.ValueType != typeof(bool)
        && (option.Name == word || option.Aliases.Contains(word)));

    private static IEnumerable<Candidate> Values(
        string? helpName, IEnumerable<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) => helpName == "PID"
        ? Processes()
        : sources.SelectMany(source => source(CompletionContext.Empty))
            .Select(item => new Candidate(item.Label, item.Documentation ?? ""));

    private static IEnumerable<Candidate> Processes() => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        .Select(name => new Candidate(name ?? "", NameOf(name)));

    private static string NameOf(string? pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended meanwhile
        }
    }

    // The last of several names with commas between them; those that stand there already are not offered again.
    private IEnumerable<Candidate> List(IEnumerable<Candidate> values)
    {
        int comma = _current.LastIndexOf(',') + 1;
        string[] before = _current[..comma].Split(',');
        return Matching(values
            .Where(value => !before.Contains(value.Value))
            .Select(value => value with { Value = _current[..comma] + value.Value }));
    }

    private IEnumerable<Candidate> Matching(IEnumerable<Candidate> all) => all
        .Where(candidate => candidate.Value.StartsWith(_current, StringComparison.Ordinal))
        .Select(candidate => candidate with { Value = _prefix + candidate.Value });
}
