namespace Eunomia.Controller.Captures;

/// <summary>Some seconds of a session, and what was there when they began: together they can be replayed.</summary>
/// <param name="startedAt">When it began.</param>
internal sealed class CaptureSegment(long startedAt)
{
    private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long StartedAt { get; } = startedAt;

    /// <summary>The account's base line, and what ran and was known.</summary>
    public ChunkBuffer Base { get; } = new();

    /// <summary>What came then.</summary>
    public ChunkBuffer Stream { get; } = new();

    /// <summary>Whether a listing of what runs goes to <see cref="Base"/>, or is there.</summary>
    public bool IsListing { get; set; }

    /// <summary>Completes when <see cref="Base"/> is complete.</summary>
    public Task Listed => _listed.Task;

    public void Complete() => _listed.TrySetResult();
}
