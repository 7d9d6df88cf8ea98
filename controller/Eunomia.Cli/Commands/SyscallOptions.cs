using System.CommandLine;
using Eunomia.Core.Aggregation;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;

namespace Eunomia.Cli.Commands;

/// <summary>What <c>run syscall</c> takes beyond what every tracker takes.</summary>
internal sealed class SyscallOptions
{
    private readonly Option<string[]> _calls = new("--syscall")
    {
        HelpName = "NAME,...",
        Description = "Only these system calls, as in the kernel's tables: openat,connect. A name means the call of "
            + "64-bit and of 32-bit programs.",
        CustomParser = OptionParsers.Syscalls,
        CompletionSources = { _ => SyscallNames.All.Select(name => new System.CommandLine.Completions.CompletionItem(name)) },
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _stream = new("--stream")
    {
        Description = "Show each system call with its arguments and its result, instead of counting them.",
    };

    private readonly Option<bool> _latency = new("--latency")
    {
        Description = "Measure how long system calls take: in all, at most, and as a histogram.",
    };

    private readonly Option<bool> _refused = new("--refused")
    {
        Description = "Tell the system calls apart that a seccomp filter answered.",
    };

    private readonly Option<SyscallOrder> _order = new Option<SyscallOrder>("--sort")
    {
        HelpName = "count|time|errors",
        Description = "The order of the live table. Default: count.",
        CustomParser = OptionParsers.Order,
    }.Offering("count", "time", "errors");

    public IReadOnlyList<Option> All => [_calls, _stream, _latency, _refused, _order];

    /// <summary>Those that a capture can hold.</summary>
    public IReadOnlyList<Option> OfRecord => [_calls, _stream, _latency, _refused];

    /// <summary>The kinds of the trackers, with each call in place of their number if that is wanted.</summary>
    public EventKindSet Adjust(ParseResult parsed, EventKindSet kinds) => parsed.GetValue(_stream)
        ? kinds.Except(EventKinds.SyscallTracker).With(EventKind.SyscallCall)
        : kinds;

    /// <summary>The calls that were named, or all.</summary>
    public SyscallSelection Selection(ParseResult parsed) =>
        SyscallSelection.TryCreate(parsed.GetValue(_calls) ?? [], out SyscallSelection? selection, out _)
            ? selection
            : SyscallSelection.Everything;

    public RunSettings Read(ParseResult parsed, RunSettings settings) => settings with
    {
        Latency = parsed.GetValue(_latency) || parsed.GetValue(_order) == SyscallOrder.Time,
        Refused = parsed.GetValue(_refused),
        Order = parsed.GetResult(_order) is { Implicit: false } ? parsed.GetValue(_order) : null,
    };

    /// <summary>The first of them that was given, to say that nothing here listens to it; null when none was.</summary>
    public string? FindGiven(ParseResult parsed) =>
        All.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false })?.Name;
}
