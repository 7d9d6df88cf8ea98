namespace Eunomia.Controller.Exports.Delivery;

/// <summary>
/// The account of one output since its start: received + recovered = delivered + waiting + all that was lost.
/// </summary>
public sealed record DeliveryStatus(string Name)
{
    /// <summary>Alerts meant for this output.</summary>
    public long Received { get; init; }

    /// <summary>Alerts that an earlier run had left in the spool.</summary>
    public long Recovered { get; init; }

    /// <summary>Alerts that are where they should be.</summary>
    public long Delivered { get; init; }

    /// <summary>Alerts that had to be sent again, counted each time.</summary>
    public long Retried { get; init; }

    /// <summary>Alerts that are still to be delivered.</summary>
    public long Waiting { get; init; }

    /// <summary>How many of those that wait are in the spool.</summary>
    public long Spooled { get; init; }

    /// <summary>Lost: the oldest ones of a spool that was full.</summary>
    public long LostSpoolFull { get; init; }

    /// <summary>Lost: the oldest ones in memory, when the spool could not be written and memory was full.</summary>
    public long LostMemoryFull { get; init; }

    /// <summary>Lost: the other side refused them for good.</summary>
    public long LostRefused { get; init; }

    /// <summary>Lost: could not be read back from the spool.</summary>
    public long LostCorrupt { get; init; }

    /// <summary>Lost: still in memory when the output ended.</summary>
    public long LostAtEnd { get; init; }

    /// <summary>All that was lost.</summary>
    public long Lost => LostSpoolFull + LostMemoryFull + LostRefused + LostCorrupt + LostAtEnd;

    /// <summary>Why the last attempt failed; null while all is well.</summary>
    public string? Failure { get; init; }

    /// <summary>Why the spool cannot be written; null while all is well.</summary>
    public string? SpoolFailure { get; init; }
}
