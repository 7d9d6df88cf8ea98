namespace Eunomia.Controller.Captures;

/// <summary>Captures that rules ask for.</summary>
public sealed record CaptureOptions
{
    /// <summary>Where they are unless it is said.</summary>
    public const string DefaultFolder = "/var/lib/eunomia/captures";

    /// <summary>Where the files are.</summary>
    public string Folder { get; init; } = DefaultFolder;

    /// <summary>How much of what came before the alert is in a file: at least this, at most twice that.</summary>
    public TimeSpan Before { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How much of what follows on the last alert.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of all files together; the oldest go.</summary>
    public long LargestSize { get; init; } = 1L << 30;

    /// <summary>How long one rule begins no second file for the same container, and how long one file may become.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes in memory, for what came before. Where more comes, it is for less time.</summary>
    public int LargestWindow { get; init; } = 64 << 20;
}
