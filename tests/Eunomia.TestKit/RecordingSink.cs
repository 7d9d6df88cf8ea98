using System.Buffers;
using System.Text.Json;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.TestKit;

/// <summary>One event as a sink got it.</summary>
public sealed record SeenEvent(EventKind Kind, uint Pid, string? ContainerId, string Line)
{
    /// <summary>The event's JSON.</summary>
    public JsonElement Json => JsonDocument.Parse(Line).RootElement;
}

/// <summary>Keeps every event, as JSON.</summary>
public sealed class RecordingSink(string hostname = "box") : IEventSink
{
    private readonly JsonEventWriter _writer = new(hostname);
    private readonly List<SeenEvent> _events = [];

    public IReadOnlyList<SeenEvent> Events => _events;

    /// <summary>The dotted names of all events, in order.</summary>
    public IEnumerable<string> Names => _events.Select(e => EventKinds.Name(e.Kind));

    public void OnEvent(in EventView e)
    {
        var line = new ArrayBufferWriter<byte>();
        _writer.Write(e, line);
        _events.Add(new SeenEvent(
            e.Kind, e.Record.Header.Tgid, e.Container?.Id, System.Text.Encoding.UTF8.GetString(line.WrittenSpan)));
    }

    public void Clear() => _events.Clear();
}

/// <summary>Counts and keeps nothing.</summary>
public sealed class CountingSink : IEventSink
{
    public int Count { get; private set; }

    public void OnEvent(in EventView e) => Count++;
}
