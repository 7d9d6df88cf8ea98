using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>The options of <c>run process</c>, their help texts, and how they become settings.</summary>
internal sealed class RunProcessOptions
{
    private readonly Option<ContainerSelector[]> _containers = new("--container", "-c")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Only this container: its id, its name, or the beginning of its id. May be given several times, "
            + "and may name a container that does not exist yet.",
        CustomParser = OptionParsers.Containers,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int[]> _pids = new("--pid", "-p")
    {
        HelpName = "PID",
        Description = "Only this process and its descendants. May be given several times; together with --container, "
            + "what matches either is shown.",
        CustomParser = OptionParsers.Pids,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<TimeSpan?> _time = new("--time", "-T")
    {
        HelpName = "SECONDS",
        Description = "End by itself this many seconds (1.5 is possible) after events began to be seen. "
            + "Default: until Ctrl-C or SIGTERM.",
        CustomParser = OptionParsers.Time,
    };

    private readonly Option<OutputFormat> _format =
        CommonOptions.Format("events are written: columns for people, or one JSON object per line");

    private readonly Option<string?> _file = new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "Write events to this file, emptied first, instead of stdout.",
    };

    private readonly Option<EventKindSet> _events = new("--events")
    {
        HelpName = "KIND,...",
        Description = $"Only these kinds of {string.Join(", ", EventKinds.All.Select(EventKinds.Name))}.",
        CustomParser = OptionParsers.Events,
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => EventKinds.ProcessTracker,
    };

    private readonly Option<string[]> _fields = new("--fields")
    {
        HelpName = OptionParsers.AncestorsField,
        Description = "Add to each process in JSON: its ancestors, nearest first.",
        CustomParser = OptionParsers.Fields,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string[]> _variables = new("--env")
    {
        HelpName = "NAME,...",
        Description = "Environment variables to show in exec events; at most 16 names of at most 31 bytes.",
        CustomParser = OptionParsers.Variables,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Exit with status 1 when anything was missed: an event lost, a gap, or a tracker that could not "
            + "see everything.",
    };

    private readonly Option<string?> _collector = CommonOptions.Collector();

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _containers, _pids, _time, _format, _file, _events, _fields, _variables, _strict, _collector,
        ];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    public RunProcessSettings Read(ParseResult parsed) => new()
    {
        Collector = parsed.GetValue(_collector),
        Format = parsed.GetValue(_format),
        File = parsed.GetValue(_file),
        Time = parsed.GetValue(_time),
        Containers = parsed.GetValue(_containers) ?? [],
        Pids = parsed.GetValue(_pids) ?? [],
        Events = parsed.GetValue(_events),
        Variables = parsed.GetValue(_variables) ?? [],
        Ancestors = (parsed.GetValue(_fields) ?? []).Contains(OptionParsers.AncestorsField),
        Strict = parsed.GetValue(_strict),
    };
}
