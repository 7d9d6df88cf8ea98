using System.Buffers;
using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Profiling;

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
        (Truncation.Text, "syscall.args"u8.ToArray()),
        (Truncation.Source, "source"u8.ToArray()),
        (Truncation.Name, "name"u8.ToArray()),
        (Truncation.Data, "data"u8.ToArray()),
        (Truncation.Message, "message"u8.ToArray()),
        (Truncation.Stack, "stack"u8.ToArray()),
    ];

    private static readonly (PathParts Part, byte[] Name)[] Paths =
    [
        (PathParts.Path, "path"u8.ToArray()),
        (PathParts.Raw, "path_raw"u8.ToArray()),
        (PathParts.NewPath, "new_path"u8.ToArray()),
        (PathParts.NewRaw, "new_path_raw"u8.ToArray()),
        (PathParts.Target, "target_path"u8.ToArray()),
    ];

    private readonly Utf8Buffer _line = new();
    private readonly Timestamp _time = new();
    private readonly ProcessJson _process = new();
    private readonly IpcJson _ipc = new();
    private readonly FileJson _file;
    private readonly SecurityJson _security = new();
    private readonly DnsJson _dns = new();
    private readonly byte[] _host;

    /// <summary>A writer for events of one host.</summary>
    /// <param name="hostname">Its name.</param>
    /// <param name="rawPaths">Whether files are shown by the path as passed only.</param>
    public JsonEventWriter(string hostname, bool rawPaths = false)
    {
        _file = new FileJson(rawPaths);
        var host = new Utf8Buffer();
        host.String(Encoding.UTF8.GetBytes(hostname));
        _host = host.Written.ToArray();
    }

    /// <summary>Writes one event and a line feed.</summary>
    public void Write(in EventView e, IBufferWriter<byte> output)
    {
        _line.Clear();
        Begin(e.TimeUnixNs, e.Kind);
        WriteSubject(e);
        PathParts cutPaths = WriteObject(e);
        WriteOutcome(e);
        End(e.Truncated, cutPaths, output);
    }

    /// <summary>What the lines of a stack's samples say of process and container.</summary>
    public byte[] Subject(in EventView e)
    {
        _line.Clear();
        _line.Append((byte)'"'); // something in front, so that a comma follows
        WriteSubject(e, ofThread: false);
        return _line.Written[1..].ToArray();
    }

    /// <summary>Writes all samples of a stack since its last report as one event.</summary>
    public void Write(StackSamples stack, SymbolCache symbols, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(stack);
        _line.Clear();
        Begin(stack.TimeUnixNs, EventKind.PerfSample);
        _line.Append(stack.Process.Head);
        PerfJson.Write(_line, stack, symbols);
        End(stack.Truncated, PathParts.None, output);
    }

    private void Begin(long timeUnixNs, EventKind kind)
    {
        _line.Append("{\"time\":\""u8);
        _time.Append(_line, timeUnixNs);
        _line.Append("\",\"event\":\""u8);
        _line.Append(EventKinds.Name(kind));
        _line.Append("\",\"host\":"u8);
        _line.Append(_host);
    }

    private void WriteSubject(in EventView e, bool ofThread = true)
    {
        if (e.HasProcess)
        {
            _process.Write(_line, e, ofThread);
        }

        if (e.Container is { } container)
        {
            _line.Key("container"u8).Append(container.Json);
        }
    }

    private void End(Truncation truncated, PathParts paths, IBufferWriter<byte> output)
    {
        WriteTruncated(truncated, paths);
        _line.Append("}\n"u8);
        output.Write(_line.Written);
    }

    /// <summary>What it was done to; says which of its paths are not complete.</summary>
    private PathParts WriteObject(in EventView e)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.FileOpen or RecordShape.FileIo or RecordShape.FileChange:
                return _file.Write(_line, e);
            case RecordShape.Tcp:
                NetworkJson.Write(_line, e);
                return PathParts.None;
            case RecordShape.Udp:
                UdpJson.Write(_line, e);
                return PathParts.None;
            case RecordShape.Dns:
                _dns.Write(_line, e);
                return PathParts.None;
            case RecordShape.Syscall:
                SyscallJson.Write(_line, e.Record.AsSyscall());
                return PathParts.None;
            case RecordShape.SyscallCall:
                SyscallJson.Write(_line, e.Record.AsSyscallCall());
                return PathParts.None;
            case RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect:
                return _security.Write(_line, e);
            case RecordShape.Ipc:
                return _ipc.Write(_line, e);
            case RecordShape.Signal:
                _ipc.WriteSignal(_line, e);
                return PathParts.None;
            case RecordShape.PerfSample:
                PerfJson.Write(_line, e.Record.AsPerfSample());
                return PathParts.None;
            case RecordShape.Enforce:
                EnforceOutput.WriteJson(_line, e.Record.AsEnforce());
                return PathParts.None;
            case RecordShape.PerfCounters:
                PerfJson.Write(_line, e.Record.AsPerfCounters());
                return PathParts.None;
            default:
                return PathParts.None;
        }
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
                WriteResult(e.Record);
                break;
        }
    }

    private void WriteResult(Record record)
    {
        long? result = record.Result;
        if (record.HasFailed)
        {
            _line.Key("error"u8).Append((byte)'"');
            _line.AppendError((uint)-result.GetValueOrDefault());
            _line.Append((byte)'"');
        }
        else if (result is { } value)
        {
            _line.Member("result"u8, (ulong)value);
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

    private void WriteTruncated(Truncation truncated, PathParts paths)
    {
        if (truncated == Truncation.None && paths == PathParts.None)
        {
            return;
        }

        int start = _line.Length;
        _line.Key("truncated"u8).Append((byte)'[');
        int empty = _line.Length;
        foreach ((Truncation part, byte[] name) in Parts)
        {
            WriteIf((truncated & part) != 0, name);
        }

        foreach ((PathParts part, byte[] name) in Paths)
        {
            WriteIf((paths & part) != 0, name);
        }

        if (_line.Length == empty)
        {
            _line.Truncate(start);
        }
        else
        {
            _line.Append((byte)']');
        }
    }

    private void WriteIf(bool isCut, byte[] name)
    {
        if (isCut)
        {
            _line.Separate();
            _line.String(name);
        }
    }
}
