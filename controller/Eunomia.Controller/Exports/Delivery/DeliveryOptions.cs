namespace Eunomia.Controller.Exports.Delivery;

/// <summary>How an output waits, tries again and keeps what it could not deliver.</summary>
public sealed record DeliveryOptions
{
    /// <summary>Which alerts.</summary>
    public AlertSelection Selection { get; init; } = AlertSelection.Everything;

    /// <summary>Folder of its spool; null: what waits is held in memory only.</summary>
    public string? SpoolFolder { get; init; }

    /// <summary>How large the spool may become, in bytes.</summary>
    public long SpoolSize { get; init; } = 64 << 20;

    /// <summary>How much is held in memory at most on its way to the spool, in bytes of JSON.</summary>
    public long MemorySize { get; init; } = 4 << 20;

    /// <summary>An attempt that takes longer is told of but not given up, since it cannot be called off.</summary>
    public bool IsPatient { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>About how long to wait after the first failure; doubled with each further one.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.25);

    /// <summary>The longest pause.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(30);
}
