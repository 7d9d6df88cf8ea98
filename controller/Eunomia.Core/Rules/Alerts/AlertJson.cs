using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Alerts;

/// <summary>
/// One alert, one JSON object on a line of its own, as docs/alerts.md promises: a member that is not known or empty is
/// left out. Not for several threads.
/// </summary>
public sealed partial class AlertJson
{
    private readonly Utf8Buffer _line = new();
    private readonly Timestamp _time = new();

    /// <summary>Writes an alert and a line feed.</summary>
    public void Write(Alert alert, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(alert);
        _line.Clear();
        Append(alert);
        _line.Append((byte)'\n');
        output.Write(_line.Written);
    }

    /// <summary>The object without a line feed.</summary>
    public static byte[] Encode(Alert alert)
    {
        ArgumentNullException.ThrowIfNull(alert);
        var json = new AlertJson();
        json.Append(alert);
        return json._line.Written.ToArray();
    }

    private void Append(Alert alert)
    {
        _line.Append((byte)'{');
        Time("time"u8, alert.TimeUnixNs);
        _line.WordMember("id"u8, alert.Id.ToString());
        _line.Member("rule"u8, alert.Rule);
        _line.WordMember("priority"u8, RulePriorities.Name(alert.Priority));
        _line.Member("output"u8, alert.Output);
        _line.Member("count"u8, (ulong)alert.Count);
        Time("last_time"u8, alert.LastUnixNs);
        _line.Member("event"u8, alert.Event);
        _line.Member("host"u8, alert.Host);
        if (alert.Process is { } process)
        {
            AppendProcess("process"u8, process, alert.Ancestors);
        }

        if (alert.Container is { } container)
        {
            AppendContainer(container);
        }

        AppendFields(alert.Fields);
        List("tags"u8, alert.Tags);
        _line.Member("fix"u8, alert.Fix.Length > 0 ? alert.Fix : null);
        List("actions"u8, alert.Actions);
        _line.Member("capture"u8, alert.Capture);
        List("truncated"u8, alert.Truncated);
        _line.Append((byte)'}');
    }

    private void AppendProcess(ReadOnlySpan<byte> key, AlertProcess process, IReadOnlyList<AlertProcess> ancestors)
    {
        _line.Key(key);
        OpenProcess(process);
        if (ancestors.Count > 0)
        {
            _line.Key("ancestors"u8).Append((byte)'[');
            foreach (AlertProcess ancestor in ancestors)
            {
                _line.Separate();
                OpenProcess(ancestor);
                _line.Append((byte)'}');
            }

            _line.Append((byte)']');
        }

        _line.Append((byte)'}');
    }

    private void OpenProcess(AlertProcess process)
    {
        _line.Append((byte)'{');
        _line.Member("pid"u8, process.Pid);
        if (process.StartUnixNs != 0)
        {
            Time("start_time"u8, process.StartUnixNs);
        }

        if (process.Vpid is { } vpid)
        {
            _line.Member("vpid"u8, vpid);
        }

        _line.Member("name"u8, process.Name);
        _line.Member("exe"u8, process.Exe);
        if (process.Args is { } args)
        {
            Items("args"u8, args);
        }

        if (process.Uid is { } uid)
        {
            _line.Member("uid"u8, uid);
        }
    }

    private void AppendContainer(AlertContainer container)
    {
        _line.Key("container"u8).Append((byte)'{');
        _line.Member("id"u8, container.Id);
        _line.Member("name"u8, container.Name);
        _line.Member("image"u8, container.Image);
        _line.Member("runtime"u8, container.Runtime);
        _line.Member("pod"u8, container.Pod);
        _line.Member("namespace"u8, container.Namespace);
        _line.Append((byte)'}');
    }

    private void AppendFields(IReadOnlyList<AlertField> fields)
    {
        if (fields.Count == 0)
        {
            return;
        }

        _line.Key("fields"u8).Append((byte)'{');
        foreach (AlertField field in fields)
        {
            _line.Separate();
            Text(field.Name);
            _line.Append((byte)':');
            if (field.IsNumber && JsonNumber().IsMatch(field.Value))
            {
                _line.Append(field.Value);
            }
            else
            {
                Text(field.Value);
            }
        }

        _line.Append((byte)'}');
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex JsonNumber();

    private void List(ReadOnlySpan<byte> key, IReadOnlyList<string> items)
    {
        if (items.Count > 0)
        {
            Items(key, items);
        }
    }

    private void Items(ReadOnlySpan<byte> key, IReadOnlyList<string> items)
    {
        _line.Key(key).Append((byte)'[');
        foreach (string item in items)
        {
            _line.Separate();
            Text(item);
        }

        _line.Append((byte)']');
    }

    private void Text(string text) => _line.String(Encoding.UTF8.GetBytes(text));

    private void Time(ReadOnlySpan<byte> key, long unixNs)
    {
        _line.Key(key).Append((byte)'"');
        _time.Append(_line, unixNs);
        _line.Append((byte)'"');
    }
}
