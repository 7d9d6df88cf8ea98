namespace Eunomia.Cli;

/// <summary>A failure whose message is the one line the user gets.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
