using Eunomia.Cli.Launch;
using Eunomia.Controller.Ingest;

namespace Eunomia.Cli.Commands;

/// <summary>Adds to what went wrong what the user can do about it.</summary>
internal static class FaultAdvice
{
    private const string Restart = "restart it (systemctl restart eunomia-collector)";
    private const string Private = "run with sudo for a private collector";
    private const string Reinstall = "install eunomiactl and eunomia-collector of the same version";

    public static CommandException ToException(CollectorException error, CollectorEndpoint endpoint) =>
        new($"{error.Message}: {For(error, endpoint.Origin)}");

    private static string For(CollectorException error, CollectorOrigin origin) => error.Fault switch
    {
        CollectorFault.SocketMissing when origin == CollectorOrigin.Service =>
            "run with sudo, start the service (systemctl start eunomia-collector), or name a socket with --collector",
        CollectorFault.PermissionDenied when origin == CollectorOrigin.Service =>
            "only root and group eunomia may connect; run with sudo, or join the group (usermod -aG eunomia USER) and log in again",
        _ when origin == CollectorOrigin.Launcher && !ConcernsTrackerOrVersion(error.Fault) =>
            "the private collector has ended; its own lines above say why",
        CollectorFault.SocketMissing => "start a collector with that socket, or name another with --collector",
        CollectorFault.PermissionDenied => "its mode, or that of a folder above it, keeps you out",
        CollectorFault.NobodyListens => $"its collector has ended and left the socket behind; {Restart}",
        CollectorFault.PeerRefused =>
            $"it does not accept uid {Native.Libc.GetEffectiveUserId()}, or has just ended; its log says which",
        CollectorFault.AbiMismatch => Reinstall,
        CollectorFault.Busy => $"end the other eunomiactl, or {Private}",
        CollectorFault.TrackerOff => ForTracker(error.Message),
        CollectorFault.Silent or CollectorFault.ConnectionLost or CollectorFault.Gone =>
            $"see its log (journalctl -u eunomia-collector), or {Restart}",
        _ => "see its log (journalctl -u eunomia-collector)",
    };

    private static bool ConcernsTrackerOrVersion(CollectorFault fault) =>
        fault is CollectorFault.TrackerOff or CollectorFault.AbiMismatch or CollectorFault.NotPossible or CollectorFault.Other;

    private static string ForTracker(string reason)
    {
        if (reason.Contains("BTF", StringComparison.OrdinalIgnoreCase))
        {
            return "the kernel has to offer /sys/kernel/btf/vmlinux (CONFIG_DEBUG_INFO_BTF=y)";
        }
        bool permission = reason.Contains("CAP_", StringComparison.Ordinal)
            || reason.Contains("permi", StringComparison.OrdinalIgnoreCase)
            || reason.Contains("EPERM", StringComparison.Ordinal);
        return permission
            ? "the collector needs CAP_BPF and CAP_PERFMON; start it as root, outside of an unprivileged container"
            : "'eunomiactl status' shows the state of every tracker";
    }
}
