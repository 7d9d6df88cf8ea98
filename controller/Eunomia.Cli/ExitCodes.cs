namespace Eunomia.Cli;

/// <summary>What the shell sees.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>What a shell shows for a program that its closed pipe has ended (128 + SIGPIPE).</summary>
    public const int ReaderGone = 141;
}
