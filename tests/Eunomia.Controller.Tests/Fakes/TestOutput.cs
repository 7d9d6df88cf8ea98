using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Fakes;

/// <summary>Keeps the events of a session; can be as slow as a blocked terminal.</summary>
public sealed class TestOutput : IEventOutput, IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _visible;

    /// <summary>Completes when an event meets an output that is blocked.</summary>
    public Task Blocked => Eventually.Within(_blocked.Task);

    /// <summary>The events that the end of a batch has made visible.</summary>
    public IReadOnlyList<SeenEvent> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _sink.Events.Take(_visible)];
            }
        }
    }

    public void Block() => _open.Reset();

    public void Unblock() => _open.Set();

    public void OnEvent(in EventView e)
    {
        if (!_open.IsSet)
        {
            _blocked.TrySetResult();
            _open.Wait();
        }
        lock (_lock)
        {
            _sink.OnEvent(e);
        }
    }

    public void EndBatch()
    {
        lock (_lock)
        {
            _visible = _sink.Events.Count;
        }
    }

    public Task CountAsync(int count) => Eventually.TrueAsync(() => Events.Count >= count, $"{count} events");

    public void Dispose() => _open.Dispose();
}
