using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using Eunomia.Cli.Commands;

namespace Eunomia.Cli;

/// <summary>The command line as a whole: parses it, runs the command, and turns every failure into one line.</summary>
internal static class Application
{
    public const string Name = "eunomiactl";

    /// <summary>This build's version, as <c>--version</c> shows it.</summary>
    public static string Version { get; } = typeof(Application).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    public static int Run(CommandContext context)
    {
        RootCommand root = Build(context);
        ParseResult parsed = root.Parse(context.Arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool asksForHelp = parsed.Action is HelpAction;
        if (!asksForHelp && UsageErrors.Describe(parsed) is { } error)
        {
            return Fail(context, error, ExitCodes.Usage);
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = context.Out,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (CommandException failure)
        {
            return Fail(context, failure.Message, failure.ExitCode);
        }
    }

    private static RootCommand Build(CommandContext context)
    {
        var root = new RootCommand("Watches containers and processes through eBPF: what runs, what it does, what was missed.");
        root.Directives.Clear();
        foreach (Option option in root.Options)
        {
            Describe(option);
        }
        root.Subcommands.Add(RunCommand.Create(context));
        root.Subcommands.Add(RunCommand.CreateRecord(context));
        root.Subcommands.Add(ReplayCommand.Create(context));
        root.Subcommands.Add(ContainersCommand.Create(context));
        root.Subcommands.Add(StatusCommand.Create(context));
        root.Subcommands.Add(RulesCommand.Create(context));
        root.Subcommands.Add(DaemonCommand.Create(context));
        root.Subcommands.Add(AlertsCommand.Create(context));
        root.Subcommands.Add(ConfigCommand.Create(context));
        root.Subcommands.Add(CompletionCommand.Create(context));
        root.Subcommands.Add(CompletionCommand.CreateHelper(context, root));
        root.Subcommands.Add(ManCommand.Create(context, root));
        return root;
    }

    private static void Describe(Option option)
    {
        switch (option)
        {
            case HelpOption:
                option.Aliases.Clear();
                option.Aliases.Add("-h");
                option.Description = "Show what a command does and its options.";
                break;
            case VersionOption version:
                version.Description = "Show the version.";
                break;
        }
    }

    private static int Fail(CommandContext context, string message, int exitCode)
    {
        context.Error.WriteLine($"{Name}: {message}");
        return exitCode;
    }
}
