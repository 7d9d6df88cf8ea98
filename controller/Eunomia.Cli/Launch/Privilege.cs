using System.Globalization;

namespace Eunomia.Cli.Launch;

/// <summary>The controller reads events without any privilege, or not at all.</summary>
internal static class Privilege
{
    /// <exception cref="CommandException">We are root, or hold a capability behind the launcher.</exception>
    public static void RequireNone(IMachine machine, CollectorEndpoint endpoint)
    {
        bool launched = endpoint.Origin == CollectorOrigin.Launcher;
        if (machine.UserId == 0)
        {
            throw Refusal("as root", launched);
        }
        // Behind the launcher there must be nothing at all. A desktop session may hand its user a harmless one
        // (CAP_WAKE_ALARM), which is no reason to refuse a client of the service.
        if (launched && machine.Capabilities is not 0 and ulong held)
        {
            throw Refusal($"with capabilities (mask {held.ToString("x16", CultureInfo.InvariantCulture)})", launched);
        }
    }

    private static CommandException Refusal(string how, bool launched) => new(
        $"refusing to read events {how}: " + (launched
            ? $"{CollectorEndpoint.Variable} is set, so the launcher should have dropped it; unset it, or reinstall "
                + $"eunomiactl and {CollectorBinary.Name} from the same version"
            : "run it as an ordinary user of group eunomia, or leave --collector out to start a private collector"));
}
