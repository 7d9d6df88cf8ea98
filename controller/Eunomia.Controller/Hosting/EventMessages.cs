using System.Buffers;
using Eunomia.Controller.Api;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Protocol.V1;
using Google.Protobuf;

namespace Eunomia.Controller.Hosting;

/// <summary>Makes an event's message when it is asked for first; the same one for all streams.</summary>
internal sealed class EventMessages(string hostname)
{
    private readonly JsonEventWriter _json = new(hostname);
    private readonly ArrayBufferWriter<byte> _line = new();
    private Event? _current;

    /// <summary>Another event comes.</summary>
    public void Next() => _current = null;

    public Event Of(in EventView e) => _current ??= Create(e);

    private Event Create(in EventView e)
    {
        _line.ResetWrittenCount();
        _json.Write(e, _line);
        return new Event
        {
            TimeUnixNs = e.TimeUnixNs,
            Kind = EventKinds.Name(e.Kind),
            Pid = e.HasProcess ? e.Record.Header.Tgid : 0,
            Container = e.Container is { } container ? ApiMapping.ToMessage(container) : null,
            Json = ByteString.CopyFrom(_line.WrittenSpan.TrimEnd((byte)'\n')),
        };
    }
}
