using System.Buffers;
using System.Text;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>
/// One event, one JSON object, one line. The shape is a promise: <c>docs/events.md</c>, which a test compares with what
/// this writes. What is not known is left out. Not for several threads.
/// </summary>
public sealed class JsonEventWriter
{
    private static readonly (Truncation Part, byte[] Name)[] Parts =
    [
        (Truncation.Exe, "exe"u8.ToArray()),
        (Truncation.Args, "args"u8.ToArray()),
        (Truncation.Cwd, "cwd"u8.ToArray()),
        (Truncation.Filename, "filename"u8.ToArray()),
        (Truncation.Env, "env"u8.ToArray()),
        (Truncation.Cgroup, "cgroup"u8.ToArray()),
    ];

    private readonly Utf8Buffer _line = new();
    private readonly Timestamp _time = new();
    private readonly ProcessJson _process = new();
    private readonly byte[] _host;

    /// <summary>A writer for events of one host.</summary>
    public JsonEventWriter(string hostname)
    {
        var host = new Utf8Buffer();
        host.String(Encoding.UTF8.GetBytes(hostname));
        _host = host.Written.ToArray();
    }

    /// <summary>Writes one event and a line feed.</summary>
    public void Write(in EventView e, IBufferWriter<byte> output)
    {
        _line.Clear();
        _line.Append("{\"time\":\""u8);
        _time.Append(_line, e.TimeUnixNs);
        _line.Append("\",\"event\":\""u8);
        _line.Append(EventKinds.Name(e.Kind));
        _line.Append("\",\"host\":"u8);
        _line.Append(_host);
        if (e.HasProcess)
        {
            _process.Write(_line, e);
        }

        if (e.Container is { } container)
        {
            _line.Key("container"u8).Append(container.Json);
        }

        WriteOutcome(e);
        WriteTruncated(e.Truncated);
        _line.Append("}\n"u8);
        output.Write(_line.Written);
    }

    private void WriteOutcome(in EventView e)
    {
        switch (e.Kind)
        {
            case EventKind.ProcessExec:
                _line.Member("result"u8, 0);
                break;
            case EventKind.ProcessExit or EventKind.ContainerExit when e.Record.Kind == EventKind.ProcessExit:
                WriteExit(e.Record.AsExit().Fields);
                break;
            case EventKind.CgroupMkdir or EventKind.CgroupRmdir:
                WriteCgroup(e.Record.AsCgroup());
                break;
            default:
                break;
        }
    }

    private void WriteExit(in ExitLayout exit)
    {
        bool killed = exit.Signal != 0;
        if (!killed)
        {
            _line.Member("result"u8, exit.ExitCode);
        }

        _line.Key("exit"u8).Append((byte)'{');
        if (killed)
        {
            _line.Member("signal"u8, LinuxNames.Signal(exit.Signal));
            _line.Key("core_dumped"u8).Append((exit.ExitFlags & ExitTraits.Core) != 0 ? "true"u8 : "false"u8);
        }
        else
        {
            _line.Member("code"u8, exit.ExitCode);
        }

        _line.Member("duration_ns"u8, exit.DurationNs);
        _line.Member("cpu_time_ns"u8, exit.CpuNs);
        _line.Append((byte)'}');
    }

    private void WriteCgroup(CgroupRecord cgroup)
    {
        _line.Key("cgroup"u8).Append((byte)'{');
        _line.Member("path"u8, cgroup.Path);
        _line.Member("hierarchy"u8, cgroup.Fields.Hierarchy);
        _line.Member("id"u8, RecordAbi.CgroupKey(0, cgroup.Fields.Key));
        _line.Append((byte)'}');
    }

    private void WriteTruncated(Truncation truncated)
    {
        if (truncated == Truncation.None)
        {
            return;
        }

        _line.Key("truncated"u8).Append((byte)'[');
        foreach ((Truncation part, byte[] name) in Parts)
        {
            if ((truncated & part) != 0)
            {
                _line.Separate();
                _line.String(name);
            }
        }

        _line.Append((byte)']');
    }
}
