namespace Eunomia.Controller.Captures;

/// <summary>A file is no capture that this version can read; the message is one line that names it and says why.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CaptureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
