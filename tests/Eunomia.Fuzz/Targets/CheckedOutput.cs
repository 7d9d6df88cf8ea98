using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Eunomia.Controller.Ingest;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Fuzz.Targets;

/// <summary>Writes each event in every way, and checks what is written.</summary>
internal sealed class CheckedOutput(ShapeSet shapes, string hostname, bool rawPaths = false) : IEventOutput
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly JsonEventWriter _json = new(hostname, rawPaths);
    private readonly TextEventWriter _text = new(new TextOptions(RawPaths: rawPaths));
    private readonly TextEventWriter _narrow = new(new TextOptions(Width: 60, RawPaths: rawPaths));

    public int Count { get; private set; }

    public void OnEvent(in EventView e)
    {
        Count++;
        _line.ResetWrittenCount();
        _json.Write(e, _line);
        CheckLine(_line.WrittenSpan, "JSON");
        shapes.Add(CheckJson(_line.WrittenSpan, EventKinds.Name(e.Kind)));
        _line.ResetWrittenCount();
        _text.Write(e, _line);
        CheckLine(_line.WrittenSpan, "text");
        _line.ResetWrittenCount();
        _narrow.Write(e, _line);
        CheckLine(_line.WrittenSpan, "narrow text");
    }

    public void EndBatch()
    {
    }

    /// <summary>One line of UTF-8 that does nothing to a terminal.</summary>
    private static void CheckLine(ReadOnlySpan<byte> line, string what)
    {
        FindingException.Unless(line.EndsWith((byte)'\n'), $"{what} without an end");
        line = line[..^1];
        FindingException.Unless(Utf8.IsValid(line), $"{what} is not UTF-8");
        FindingException.Unless(!line.ContainsAnyInRange((byte)0, (byte)0x1f) && !line.Contains((byte)0x7f), $"{what} with a control character");
        for (int at = line.IndexOf((byte)0xc2); at >= 0;)
        {
            FindingException.Unless(line[at + 1] >= 0xa0, $"{what} with a control character");
            int next = line[(at + 1)..].IndexOf((byte)0xc2);
            at = next < 0 ? -1 : at + 1 + next;
        }
    }

    /// <summary>One object that has what all have; says which members it has.</summary>
    private static ulong CheckJson(ReadOnlySpan<byte> line, string kind)
    {
        ulong shape = ShapeSet.Empty;
        var reader = new Utf8JsonReader(line);
        Span<bool> has = [false, false, false];
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth > 0)
            {
                _ = reader.GetString(); // which looks at the escapes
            }
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }
            shape = ShapeSet.Mix(shape, reader.ValueSpan);
            has[0] |= reader.ValueTextEquals("time"u8);
            has[1] |= reader.ValueTextEquals("host"u8);
            if (reader.ValueTextEquals("event"u8) && reader.CurrentDepth == 1)
            {
                reader.Read();
                has[2] = reader.ValueTextEquals(kind);
                shape = ShapeSet.Mix(shape, reader.ValueSpan);
            }
            else if (reader.ValueTextEquals("truncated"u8))
            {
                ReadOnlySpan<byte> rest = line[(int)reader.TokenStartIndex..];
                shape = ShapeSet.Mix(shape, rest[..(rest.IndexOf((byte)']') + 1)]);
            }
            else if (reader.ValueTextEquals("env"u8))
            {
                reader.Skip(); // its names are data
            }
        }
        FindingException.Unless(!has.Contains(false), $"JSON without time, host or its kind, {kind}");
        return shape;
    }
}
