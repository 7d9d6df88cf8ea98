namespace Eunomia.Controller.Exports.AlertFiles;

/// <summary>Held by the one daemon that writes an alert file: two would cut off each other's lines.</summary>
public sealed class AlertFileLock : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly FileStream _file;

    /// <summary>Takes it.</summary>
    /// <exception cref="IOException">Another one has it, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public AlertFileLock(string alertFile) => _file = new FileStream(alertFile + ".lock", new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        UnixCreateMode = Mode,
        BufferSize = 0,
    });

    /// <summary>Why it cannot be taken now; null when it can.</summary>
    public static string? WhyNot(string alertFile)
    {
        try
        {
            new AlertFileLock(alertFile).Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
