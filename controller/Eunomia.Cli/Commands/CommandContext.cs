using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;

namespace Eunomia.Cli.Commands;

/// <summary>What a command works with: the real thing in the program, something observable in a test.</summary>
internal sealed class CommandContext
{
    public required IMachine Machine { get; init; }

    /// <summary>Answers: help, version, status.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors, <c>ready</c> and the ledger.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Everything after the program's name, as it was given.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Events, when no file is named.</summary>
    public required Func<OutputFile> OpenStdout { get; init; }

    public required Terminal Terminal { get; init; }

    /// <summary>Cancelled when the user or the system wants us to end.</summary>
    public required CancellationToken Stop { get; init; }

    /// <summary>From now on SIGHUP means this, in place of the end; until disposed.</summary>
    public Func<Action, IDisposable> OnHangup { get; init; } = _ => new CancellationTokenSource();

    /// <summary>Called by what goes on for long, before it begins: see <see cref="ThreadReserve"/>.</summary>
    public Action ReserveThreads { get; init; } = () => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
