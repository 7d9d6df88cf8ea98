using System.Net.Sockets;
using Grpc.Core;

namespace Eunomia.Controller.Ingest;

/// <summary>
/// Says what a failed call means. .NET's own texts mislead here: a missing socket reads "Cannot assign requested
/// address (localhost:80)", and a refused peer "the server did not complete the HTTP/2 handshake".
/// </summary>
internal static class CollectorFaults
{
    private const int ENOENT = 2;
    private const int EACCES = 13;
    private const int ENOTDIR = 20;
    private const int EADDRNOTAVAIL = 99; // what .NET makes of ENOENT
    private const int ECONNREFUSED = 111;

    public static CollectorException FromConnect(SocketException error, string socketPath) => error.NativeErrorCode switch
    {
        ENOENT or ENOTDIR or EADDRNOTAVAIL => new(CollectorFault.SocketMissing, $"there is no socket {socketPath}", error),
        ECONNREFUSED => new(CollectorFault.NobodyListens, $"nobody listens on {socketPath}", error),
        EACCES => new(CollectorFault.PermissionDenied, $"permission denied on {socketPath}", error),
        _ => new(CollectorFault.Other, $"cannot connect to {socketPath}: {error.Message}", error),
    };

    /// <param name="error">What the call threw.</param>
    /// <param name="socketPath">Where the collector listens.</param>
    /// <param name="hasAnswered">Whether the collector has ever answered this client.</param>
    public static CollectorException FromCall(RpcException error, string socketPath, bool hasAnswered)
    {
        if (FindCause(error) is { } cause)
        {
            return cause;
        }
        string detail = OneLine(error.Status.Detail);
        if (IsBrokenConnection(error))
        {
            return hasAnswered
                ? new(CollectorFault.ConnectionLost, detail, error)
                : new(CollectorFault.PeerRefused, $"the collector at {socketPath} closed the connection", error);
        }
        return error.StatusCode switch
        {
            StatusCode.DeadlineExceeded =>
                new(CollectorFault.Silent, $"the collector at {socketPath} does not answer", error),
            StatusCode.ResourceExhausted => new(CollectorFault.Busy, $"the collector at {socketPath} is busy: {detail}", error),
            StatusCode.FailedPrecondition =>
                new(CollectorFault.NotPossible, $"the collector at {socketPath} cannot do it: {detail}", error),
            StatusCode.Unimplemented =>
                new(CollectorFault.AbiMismatch, $"the collector at {socketPath} does not know this call: {detail}", error),
            _ => new(CollectorFault.Other, $"the collector at {socketPath} says: {detail} ({error.StatusCode})", error),
        };
    }

    // A keepalive that nobody answers surfaces as Internal, and so does an error that the collector itself reports; only
    // the former was made here, from an exception.
    private static bool IsBrokenConnection(RpcException error) =>
        error.StatusCode == StatusCode.Unavailable
        || (error.StatusCode == StatusCode.Internal && error.Status.DebugException is not null);

    private static CollectorException? FindCause(RpcException error)
    {
        Exception? cause = error.Status.DebugException ?? error.InnerException;
        while (cause is not null and not CollectorException)
        {
            cause = cause.InnerException;
        }
        return cause as CollectorException;
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
