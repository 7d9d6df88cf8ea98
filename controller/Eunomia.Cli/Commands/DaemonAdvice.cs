using Eunomia.Controller.Api;

namespace Eunomia.Cli.Commands;

/// <summary>Adds to what a daemon says what the user can do about it.</summary>
internal static class DaemonAdvice
{
    public static CommandException ToException(ApiException error) => new(error.IsMissing
        ? $"{error.Message}: start it (systemctl start eunomia, or 'sudo {Application.Name} daemon'), or name its socket with --daemon"
        : error.Message);
}
