using System.Buffers;
using Eunomia.Core.Containers;

namespace Eunomia.Core.Output;

/// <summary>
/// Containers as JSON, one object per line; what is not known is left out. The shape is described in
/// <c>docs/containers.md</c>. Not for several threads.
/// </summary>
public sealed class ContainerListJson
{
    private readonly Utf8Buffer _line = new();
    private readonly Timestamp _time = new();

    /// <summary>Writes a container and a line feed.</summary>
    public void Write(ContainerRow row, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentNullException.ThrowIfNull(output);
        _line.Clear();
        _line.Append((byte)'{');
        WriteRow(row, output);
    }

    /// <summary>Writes a container and what happened to it.</summary>
    public void Write(ContainerChange change, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(output);
        _line.Clear();
        _line.Append((byte)'{');
        Time("time"u8, change.TimeUnixNs);
        _line.Member("event"u8, change.Name);
        WriteRow(change.Row, output);
    }

    private void WriteRow(ContainerRow row, IBufferWriter<byte> output)
    {
        Container container = row.Container;
        _line.Member("id"u8, container.Id);
        _line.Member("name"u8, container.Name);
        _line.Member("image"u8, container.Image);
        _line.Member("runtime"u8, container.Runtime);
        _line.Member("pod"u8, container.Pod);
        _line.Member("pod_uid"u8, container.PodUid);
        _line.Member("namespace"u8, container.Namespace);
        _line.Member("parent"u8, container.Parent?.Id);
        ContainerDetailsJson.Write(_line, container);
        Time("created"u8, row.CreatedUnixNs);
        Time("started"u8, row.StartedUnixNs);
        _line.Member("state"u8, NameOf(row.State));
        _line.Key("pids"u8).Append((byte)'[');
        foreach (uint pid in row.Pids)
        {
            _line.Separate();
            _line.Append(pid);
        }

        _line.Append("]}\n"u8);
        output.Write(_line.Written);
    }

    private void Time(ReadOnlySpan<byte> key, long? unixNs)
    {
        if (unixNs is { } ns)
        {
            _line.Key(key).Append((byte)'"');
            _time.Append(_line, ns);
            _line.Append((byte)'"');
        }
    }

    internal static string NameOf(ContainerState state) => state switch
    {
        ContainerState.Created => "created",
        ContainerState.Running => "running",
        _ => "exited",
    };
}
