namespace Eunomia.Controller.Exports.Spooling;

/// <summary>Records that were read and are not done yet.</summary>
internal sealed class SpoolBatch(SpoolSegment segment)
{
    /// <summary>Where they stand.</summary>
    public SpoolSegment Segment { get; } = segment;

    /// <summary>Their payloads.</summary>
    public List<ReadOnlyMemory<byte>> Payloads { get; } = [];

    /// <summary>Where each one ends.</summary>
    public List<long> Ends { get; } = [];

    /// <summary>How many of them are done.</summary>
    public int Done { get; set; }

    /// <summary>The spool was full and gave them up: they are nowhere but here.</summary>
    public bool IsDropped { get; set; }
}
