using System.Collections.Concurrent;
using Eunomia.Controller.Ingest;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>Keeps what a session tells.</summary>
public sealed class TestObserver : ISessionObserver
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Notices { get; } = [];

    public Task IsReady => Eventually.Within(_ready.Task);

    public void Ready() => _ready.SetResult();

    public void Notice(string text) => Notices.Enqueue(text);

    public Task NoticedAsync(string part) =>
        Eventually.TrueAsync(() => Notices.Any(notice => notice.Contains(part, StringComparison.Ordinal)), $"a notice of '{part}'");
}
