using System.CommandLine;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Api.Client;

namespace Eunomia.Cli.Commands;

/// <summary>Options that several commands have, with the same meaning everywhere.</summary>
internal static class CommonOptions
{
    public static Option<string?> Collector() => new("--collector")
    {
        HelpName = "SOCKET",
        Description = "Use the collector that listens on this unix socket. Default: the one the launcher started "
            + $"({CollectorEndpoint.Variable}); else, for root, a private collector for this run; else the service "
            + $"at {CollectorEndpoint.ServiceSocket}.",
    };

    public static Option<string?> Daemon() => new("--daemon")
    {
        HelpName = "SOCKET",
        Description = $"Ask the daemon that listens on this unix socket. Default: {DaemonEndpoint.Variable}, else "
            + $"{DaemonClient.DefaultSocket}, if one listens there.",
    };

    public static Option<OutputFormat> Format(string what) => new Option<OutputFormat>("--fmt")
    {
        HelpName = "text|json",
        Description = $"How {what}. Default: text.",
        CustomParser = OptionParsers.Format,
    }.Offering("text", "json");

    public static Option<string?> File() => new("--output", "-o")
    {
        HelpName = "FILE",
        Description = "Write events to this file, emptied first, instead of stdout.",
    };

    public static Option<string[]> Fields() => new("--fields")
    {
        HelpName = OptionParsers.AncestorsField,
        Description = "Add to each process in JSON: its ancestors, nearest first.",
        CustomParser = OptionParsers.Fields,
        CompletionSources = { OptionParsers.AncestorsField },
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Has a shell offer these values, instead of what the type's own names are.</summary>
    public static Option<T> Offering<T>(this Option<T> option, params string[] values)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(values);
        return option;
    }
}
