namespace Eunomia.Controller.Ingest;

/// <summary>How one stream ended: with a batch marked final, so that nothing was left in a ring, or with an error.</summary>
internal readonly record struct StreamEnd(CollectorException? Error)
{
    /// <summary>As it should.</summary>
    public static StreamEnd Final => default;

    public bool IsFinal => Error is null;

    /// <summary>Why, in one line.</summary>
    public string Reason => Error?.Message ?? "it ended the stream";
}
