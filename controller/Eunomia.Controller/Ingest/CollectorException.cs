using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Ingest;

/// <summary>What went wrong between the controller and the collector, as far as it decides what to do about it.</summary>
public enum CollectorFault
{
    /// <summary>Nothing more exact is known.</summary>
    Other,

    /// <summary>There is no socket at that path.</summary>
    SocketMissing,

    /// <summary>There is a socket, and nobody listens on it.</summary>
    NobodyListens,

    /// <summary>The socket's or a folder's mode keeps us out.</summary>
    PermissionDenied,

    /// <summary>It accepted the connection and closed it without a word, as it does with a peer it does not allow.</summary>
    PeerRefused,

    /// <summary>It speaks another version of the record ABI.</summary>
    AbiMismatch,

    /// <summary>Somebody else has the subscription.</summary>
    Busy,

    /// <summary>It does not answer in time.</summary>
    Silent,

    /// <summary>It cannot load or attach what was asked for.</summary>
    TrackerOff,

    /// <summary>It is not in a state to do this, for example without a subscription.</summary>
    NotPossible,

    /// <summary>The connection is gone; another attempt may work.</summary>
    ConnectionLost,

    /// <summary>The connection was lost, and no attempt worked.</summary>
    Gone,
}

/// <summary>A failure between the controller and the collector; the message is one line, and tells what is known.</summary>
public sealed class CollectorException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CollectorException(CollectorFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>The collector's records cannot be read here.</summary>
    public static CollectorException OtherAbi(string socketPath, GetStatusResponse status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return new(
            CollectorFault.AbiMismatch,
            $"the collector at {socketPath} (version {status.Version}) writes records of ABI {status.AbiVersion}, "
                + $"and this eunomiactl reads ABI {RecordAbi.Version}");
    }

    /// <summary>What went wrong.</summary>
    public CollectorFault Fault { get; }

    /// <summary>Whether the same may work a moment later.</summary>
    internal bool IsTransient => Fault is CollectorFault.ConnectionLost or CollectorFault.NobodyListens
        or CollectorFault.SocketMissing or CollectorFault.Silent or CollectorFault.Busy or CollectorFault.PeerRefused;
}
