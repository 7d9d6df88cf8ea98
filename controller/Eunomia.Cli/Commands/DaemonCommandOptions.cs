using System.CommandLine;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api.Client;
using Eunomia.Controller.Configuration;
using Eunomia.Controller.Enforcement;
using Eunomia.Core;

namespace Eunomia.Cli.Commands;

/// <summary>The options of <c>daemon</c>, their help texts, and how they become settings.</summary>
internal sealed class DaemonCommandOptions
{
    private readonly Option<string?> _config = new("--config")
    {
        HelpName = "FILE",
        Description = $"The daemon's TOML file; options override it. Default: {DaemonConfig.DefaultFile}, if it is there. "
            + "SIGHUP has it read again.",
    };

    private readonly Option<string[]> _rules = new("--rules")
    {
        HelpName = "FILE|DIR",
        Description = "Read rules from this file, or from all files of this folder, in place of the default ones. May be repeated.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<ContainerSelector[]> _containers = new("--container", "-c")
    {
        HelpName = "ID|NAME|PREFIX",
        Description = "Watch only this container, also one that does not exist yet: the kernel leaves out all others. May be repeated.",
        CustomParser = OptionParsers.Containers,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int[]> _pids = new("--pid", "-p")
    {
        HelpName = "PID",
        Description = "Watch only this process and its descendants. May be repeated, and given together with -c.",
        CustomParser = OptionParsers.Pids,
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<OutputFormat> _format = CommonOptions.Format("alerts are written to stdout");

    private readonly Option<EnforcementMode?> _enforce = new("--enforce")
    {
        HelpName = "off|dry-run|on",
        Description = "What becomes of kill and deny in rules: nothing, it is told what would have been done, or it is done. Default: what the file says, else off.",
        CustomParser = OptionParsers.Enforcement,
    };

    private readonly Option<string?> _pin = new("--pin")
    {
        HelpName = "DIR",
        Description = "With --enforce: what the kernel does goes on when the daemon and its collector end, pinned in this folder, as /sys/fs/bpf/eunomia. "
            + "The next daemon with --pin DIR puts its own rules in its place; without --enforce it ends it.",
    };

    private readonly Option<string?> _socket = new("--socket")
    {
        HelpName = "SOCKET",
        Description = $"Offer the API on this unix socket. Default: {DaemonClient.DefaultSocket}.",
    };

    private readonly Option<string?> _collector = CommonOptions.Collector();

    public void AddTo(Command command)
    {
        Option[] all = [_config, _rules, _containers, _pids, _format, _enforce, _pin, _socket, _collector];
        foreach (Option option in all)
        {
            command.Options.Add(option);
        }
    }

    public DaemonSettings Read(ParseResult parsed) => new()
    {
        ConfigFile = parsed.GetValue(_config),
        Collector = parsed.GetValue(_collector),
        Socket = parsed.GetValue(_socket) is { } socket ? Path.GetFullPath(socket) : null,
        Format = parsed.GetResult(_format) is { Implicit: false } ? parsed.GetValue(_format) : null,
        Enforcement = parsed.GetValue(_enforce),
        Pins = parsed.GetValue(_pin) is { } pins ? Path.GetFullPath(pins) : null,
        Containers = Given(parsed, _containers),
        Pids = Given(parsed, _pids),
        Rules = Given(parsed, _rules) is { } paths ? [.. paths.Select(path => Path.GetFullPath(path))] : null,
    };

    private static T[]? Given<T>(ParseResult parsed, Option<T[]> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;
}
