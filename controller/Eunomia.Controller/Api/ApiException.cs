namespace Eunomia.Controller.Api;

/// <summary>The API cannot be offered, or a daemon cannot be asked; the message is one line and says why.</summary>
public sealed class ApiException(string message, bool isMissing = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>There is nobody at the socket.</summary>
    public bool IsMissing => isMissing;
}
