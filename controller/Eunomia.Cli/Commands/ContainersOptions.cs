using System.CommandLine;
using System.CommandLine.Parsing;
using Eunomia.Cli.Output;
using Eunomia.Core;

namespace Eunomia.Cli.Commands;

/// <summary>The options of <c>containers</c>, their help texts, and how they become settings.</summary>
internal sealed class ContainersOptions
{
    private readonly Option<bool> _watch = new("--watch")
    {
        Description = "Then go on with a line for each container that is created, started, exits or is removed, until "
            + "Ctrl-C or SIGTERM.",
    };

    private readonly Option<TimeSpan?> _time = new("--time", "-T")
    {
        HelpName = "SECONDS",
        Description = "With --watch: end by itself after this many seconds (1.5 is possible).",
        CustomParser = OptionParsers.Time,
    };

    private readonly Option<int?> _pid = new("--pid")
    {
        HelpName = "PID",
        Description = "Only the container that this process (a pid of the host) runs in. Exit status 1 when it runs on the "
            + "host, or does not exist.",
        CustomParser = result => OptionParsers.Pids(result) is [var pid, ..] ? pid : null,
    };

    private readonly Option<ContainerSelector?> _id = new("--id")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Only this container: its id, its name, or the beginning of one of them. Exit status 1 when there is "
            + "none, or more than one.",
        CustomParser = result => OptionParsers.Containers(result) is [var selector, ..] ? selector : null,
    };

    private readonly Option<OutputFormat> _format =
        CommonOptions.Format("containers are written: a table, or one JSON object per line");

    private readonly Option<string?> _daemon = CommonOptions.Daemon();

    private readonly Option<string?> _collector = CommonOptions.Collector();

    public void AddTo(Command command)
    {
        Option[] all = [_watch, _time, _pid, _id, _format, _daemon, _collector];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
        command.Validators.Add(Validate);
    }

    public ContainersSettings Read(ParseResult parsed) => new()
    {
        Collector = parsed.GetValue(_collector),
        Daemon = parsed.GetValue(_daemon),
        Format = parsed.GetValue(_format),
        Watch = parsed.GetValue(_watch),
        Time = parsed.GetValue(_time),
        Pid = parsed.GetValue(_pid),
        Id = parsed.GetValue(_id),
    };

    private void Validate(CommandResult result)
    {
        Option[] choices = [_watch, _pid, _id];
        Option[] given = [.. choices.Where(option => result.GetResult(option) is { Implicit: false })];
        if (given.Length > 1)
        {
            result.AddError($"{given[0].Name} and {given[1].Name} do not go together");
        }
        else if (result.GetResult(_time) is { Implicit: false } && !given.Contains(_watch))
        {
            result.AddError($"{_time.Name} goes with {_watch.Name} only");
        }
    }
}
