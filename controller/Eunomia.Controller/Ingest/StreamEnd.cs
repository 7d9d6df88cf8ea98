namespace Eunomia.Controller.Ingest;

/// <summary>How one stream ended: with a batch marked final, so that nothing was left in a ring, or with an error.</summary>
internal readonly record struct StreamEnd(CollectorException? Error)
{
    /// <summary>As it should.</summary>
    public static StreamEnd Final => default;

    public bool IsFinal => Error is null;

    /// <summary>It was ended because more is wanted than was attached for it.</summary>
    public bool WantsMore { get; init; }

    /// <summary>Why, in one line.</summary>
    public string Reason => Error?.Message ?? "it ended the stream";
}
