using System.CommandLine;
using Eunomia.Cli.Launch;

namespace Eunomia.Cli.Shell;

/// <summary>
/// A command's manual page, section 1, in the macros of man(7), from the very texts that <c>--help</c> shows.
/// </summary>
internal sealed class ManPage
{
    private readonly TextWriter _page;
    private readonly RootCommand _root;
    private readonly Command _command;

    private ManPage(TextWriter page, RootCommand root, Command command) => (_page, _root, _command) = (page, root, command);

    private bool IsRoot => _command == _root;

    /// <summary>The names of all pages, as <c>man</c> is asked for them; the program's own comes first.</summary>
    public static IEnumerable<string> Names(RootCommand root) =>
        Commands(root).Select(command => NameOf(root, command)).Prepend(Application.Name);

    /// <summary>Writes the page of that name; false when there is none.</summary>
    public static bool TryWrite(TextWriter page, RootCommand root, string name)
    {
        Command? command = Commands(root).Prepend(root).FirstOrDefault(command => NameOf(root, command) == name);
        if (command is null)
        {
            return false;
        }
        new ManPage(page, root, command).Write();
        return true;
    }

    private static IEnumerable<Command> Commands(RootCommand root) => root.Subcommands.Where(command => !command.Hidden);

    private static string NameOf(RootCommand root, Command command) =>
        command == root ? Application.Name : $"{Application.Name}-{command.Name}";

    private void Write()
    {
        string name = NameOf(_root, _command);
        Line($".TH {name.ToUpperInvariant()} 1 \"\" \"Eunomia {Application.Version}\" \"Eunomia Manual\"");
        Section("NAME");
        string summary = Completion.FirstSentence(_command.Description);
        Line($"{Escape(name)} \\- {Escape(char.ToLowerInvariant(summary[0]) + summary[1..])}");
        Synopsis();
        Section("DESCRIPTION");
        Line(Escape(_command.Description));
        WriteCommands();
        WriteArguments();
        WriteOptions();
        WriteExitStatus();
        WriteEnvironment();
        WriteSeeAlso();
    }

    private void Synopsis()
    {
        Section("SYNOPSIS");
        IEnumerable<string> words = IsRoot
            ? [@"\fICOMMAND\fR"]
            : _command.Arguments.Select(argument =>
                $@"\fI{Escape(argument.HelpName)}\fR{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}");
        string command = IsRoot ? "" : " " + Escape(_command.Name);
        Line($@"\fB{Application.Name}{command}\fR {string.Join(' ', words.Append(@"[\fIOPTION\fR...]"))}");
    }

    private void WriteCommands()
    {
        if (!IsRoot)
        {
            return;
        }
        Section("COMMANDS");
        foreach (Command command in Commands(_root))
        {
            Entry($@"\fB{Escape(command.Name)}\fR", command.Description);
            Line($@"See \fB{Escape(NameOf(_root, command))}\fR(1).");
        }
    }

    // Lines of a description are a list: it stays one.
    private void WriteArguments()
    {
        if (_command.Arguments.Count == 0)
        {
            return;
        }
        Section("ARGUMENTS");
        foreach (Argument argument in _command.Arguments)
        {
            string[] lines = (argument.Description ?? "").Split('\n');
            Entry($@"\fI{Escape(argument.HelpName)}\fR", lines[0]);
            foreach (string line in lines.Skip(1))
            {
                Line(".br");
                Line(Escape(line));
            }
        }
    }

    private void WriteOptions()
    {
        Section("OPTIONS");
        foreach (Option option in Completion.OptionsOf(_root, _command))
        {
            string names = string.Join(", ", option.Aliases.Append(option.Name).Distinct().OrderBy(name => name.Length)
                .Select(name => $@"\fB{Escape(name)}\fR"));
            Entry(option.HelpName is { } value ? $@"{names} \fI{Escape(value)}\fR" : names, option.Description);
        }
    }

    private void WriteExitStatus()
    {
        Section("EXIT STATUS");
        Entry($"{ExitCodes.Success}", "All went well; a run that was stopped too.");
        Entry($"{ExitCodes.Failure}", "Something failed, which one line on stderr explains.");
        Entry($"{ExitCodes.Usage}", "The command line is wrong; one line on stderr says what would be right.");
        Entry($"{ExitCodes.ReaderGone}", "The reader of the output has gone.");
    }

    private void WriteEnvironment()
    {
        Section("ENVIRONMENT");
        Entry($@"\fB{CollectorBinary.Variable}\fR", "The collector's program, where it is not beside eunomiactl.");
        Entry($@"\fB{CollectorEndpoint.Variable}\fR", "The socket of the collector that the launcher has started; set by it.");
    }

    private void WriteSeeAlso()
    {
        Section("SEE ALSO");
        IEnumerable<string> others = Names(_root).Where(name => name != NameOf(_root, _command));
        Line(string.Join(", ", others.Select(name => $@"\fB{Escape(name)}\fR(1)")));
    }

    private void Section(string title) => Line($".SH {title}");

    private void Entry(string term, string? text)
    {
        Line(".TP");
        Line(term);
        Line(Escape(text));
    }

    private void Line(string text) => _page.WriteLine(text);

    // roff's escape character, hyphens that are to be copied as they are, and lines that would be requests.
    private static string Escape(string? text)
    {
        string escaped = (text ?? "").Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}
