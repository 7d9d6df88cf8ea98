using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Commands;

/// <summary>What <c>replay</c> takes, its help texts, and how it becomes settings.</summary>
internal sealed class ReplayOptions
{
    private readonly Argument<string> _capture = new("FILE.eun")
    {
        HelpName = "FILE.eun",
        Description = "A capture, as 'record' writes it; '-' is stdin.",
    };

    private readonly Option<ContainerSelector[]> _containers = new("--container", "-c")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Only this container, of those recorded. May be given several times. Default: as recorded.",
        CustomParser = OptionParsers.Containers,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int[]> _pids = new("--pid", "-p")
    {
        HelpName = "PID",
        Description = "Only this process and its descendants. May be given several times. Default: as recorded.",
        CustomParser = OptionParsers.Pids,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<OutputFormat> _format =
        CommonOptions.Format("events are written: columns for people, or one JSON object per line");

    private readonly Option<string?> _file = CommonOptions.File();

    private readonly Option<EventKindSet> _events = new("--events")
    {
        HelpName = "KIND,...",
        Description = "Only these kinds, of those recorded. Default: all that were recorded.",
        CustomParser = OptionParsers.Events,
        CompletionSources = { EventKinds.All.Select(EventKinds.Name).ToArray() },
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<double?> _speed = new("--speed")
    {
        HelpName = "FACTOR",
        Description = "1: as fast as it happened; 2: twice as fast. Default: as fast as it goes.",
        CustomParser = OptionParsers.Speed,
    };

    private readonly Option<string[]> _fields = CommonOptions.Fields();

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Exit with status 1 when anything was missed while recording, or the capture is cut.",
    };

    public void AddTo(Command command)
    {
        Option[] all = [_containers, _pids, _format, _file, _events, _speed, _fields, _strict];
        command.Arguments.Add(_capture);
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    public ReplaySettings Read(ParseResult parsed) => new()
    {
        Capture = parsed.GetValue(_capture) ?? "",
        Format = parsed.GetValue(_format),
        File = parsed.GetValue(_file),
        Speed = parsed.GetValue(_speed),
        Events = parsed.GetValue(_events),
        Containers = parsed.GetValue(_containers) ?? [],
        Pids = parsed.GetValue(_pids) ?? [],
        Ancestors = (parsed.GetValue(_fields) ?? []).Contains(OptionParsers.AncestorsField),
        Strict = parsed.GetValue(_strict),
    };
}
