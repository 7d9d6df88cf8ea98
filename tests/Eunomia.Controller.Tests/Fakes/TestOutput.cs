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
    private int _visible;

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
        _open.Wait();
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
