using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Output;

/// <summary>The JSON object of a process, by the record that tells of it.</summary>
internal sealed class ProcessJson
{
    private const uint PermissionBits = 0xfff;

    private static readonly (ExeTraits Trait, byte[] Name)[] ExeTraitNames =
    [
        (ExeTraits.Memfd, "memfd"u8.ToArray()),
        (ExeTraits.UpperLayer, "upper_layer"u8.ToArray()),
        (ExeTraits.Writable, "writable"u8.ToArray()),
        (ExeTraits.Unlinked, "unlinked"u8.ToArray()),
    ];

    private readonly Timestamp _start = new();
    private readonly Timestamp _changed = new();
    private readonly Utf8Buffer _fragment = new();

    /// <param name="buffer">Where to.</param>
    /// <param name="e">What tells of it.</param>
    /// <param name="ofThread">Whether that is about one thread of it.</param>
    internal void Write(Utf8Buffer buffer, in EventView e, bool ofThread = true)
    {
        ref readonly RecordHeader header = ref e.Record.Header;
        buffer.Key("process"u8).Append((byte)'{');
        buffer.Member("pid"u8, header.Tgid);
        if (ofThread)
        {
            buffer.Member("tid"u8, header.Tid);
        }

        buffer.Member("ppid"u8, header.Ppid);
        switch (header.Kind)
        {
            case EventKind.ProcessFork:
                ref readonly ForkLayout fork = ref e.Record.AsFork().Fields;
                WriteMember(buffer, fork.Vpid, fork.Comm.Text, e.Image, fork.Uid, fork.Gid);
                break;
            case EventKind.ProcessExit:
                ref readonly ExitLayout exit = ref e.Record.AsExit().Fields;
                WriteMember(buffer, exit.Vpid, exit.Comm.Text, e.Image, exit.Uid, exit.Gid);
                break;
            case EventKind.ProcessExec:
                WriteVpid(buffer, e.Record.AsExec().Fields.Vpid);
                buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
                WriteExec(buffer, e.Record.AsExec());
                break;
            case var kind when EventKinds.HasActor(kind):
                ref readonly ActorLayout actor = ref e.Record.Actor;
                WriteMember(buffer, actor.Vpid, actor.Comm.Text, e.Image, actor.Uid, actor.Gid);
                WritePrivilege(buffer, e.Record);
                break;
            default:
                WriteImage(buffer, e.Image is { } image ? image.Name : default, e.Image);
                break;
        }

        WriteStart(buffer, header.StartNs, e.BootToUnixNs);
        WriteAncestors(buffer, e.Ancestors);
        buffer.Append((byte)'}');
    }

    private void WriteStart(Utf8Buffer buffer, ulong startNs, long bootToUnixNs)
    {
        if (startNs != 0)
        {
            buffer.Key("start_time"u8).Append((byte)'"');
            _start.Append(buffer, (long)startNs + bootToUnixNs);
            buffer.Append((byte)'"');
        }
    }

    private void WriteMember(
        Utf8Buffer buffer, uint vpid, ReadOnlySpan<byte> comm, ProcessImage? image, uint uid, uint gid)
    {
        WriteVpid(buffer, vpid);
        WriteImage(buffer, comm, image);
        buffer.Member("uid"u8, uid);
        buffer.Member("gid"u8, gid);
        WriteUnlessUnset(buffer, "loginuid"u8, image?.LoginUid ?? RecordAbi.IdUnset);
    }

    /// <summary>What the thread may do now, where the record says so.</summary>
    private static void WritePrivilege(Utf8Buffer buffer, Record record)
    {
        if (record.Shape is RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect)
        {
            ref readonly SecurityLayout fields = ref record.AsSecurity().Fields;
            buffer.Member("euid"u8, fields.Euid);
            buffer.HexMember("cap_effective"u8, fields.CapEffective);
            buffer.HexMember("cap_permitted"u8, fields.CapPermitted);
        }
    }

    private void WriteImage(Utf8Buffer buffer, ReadOnlySpan<byte> comm, ProcessImage? image)
    {
        buffer.Member("name"u8, comm);
        if (image is null)
        {
            return;
        }

        image.Json ??= Encode(image);
        if (image.Json.Length > 0)
        {
            buffer.Separate();
            buffer.Append(image.Json);
        }
    }

    /// <summary>What does not change between two execs, once for all of a process's events.</summary>
    private byte[] Encode(ProcessImage image)
    {
        _fragment.Clear();
        WriteStrings(_fragment, image.Exe, image.Args, image.Cwd, image.Truncated, 0);
        return _fragment.Written.ToArray();
    }

    private static void WriteStrings(
        Utf8Buffer buffer, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> args, ReadOnlySpan<byte> cwd, Truncation cut, uint count)
    {
        bool isCut = (cut & Truncation.Args) != 0;
        buffer.Member("exe"u8, exe);
        if (!args.IsEmpty || !isCut)
        {
            buffer.List("args"u8, new NulList(args));
        }

        if (isCut && count > 0)
        {
            buffer.Member("args_count"u8, count);
        }

        buffer.Member("cwd"u8, cwd);
    }

    private void WriteExec(Utf8Buffer buffer, ExecRecord exec)
    {
        ref readonly ExecLayout fields = ref exec.Fields;
        Truncation cut = exec.Cut;
        buffer.Member("name"u8, exec.Comm);
        WriteStrings(buffer, exec.Exe, exec.Args, exec.Cwd, cut, fields.Argc);
        buffer.Member("filename"u8, exec.Filename);
        buffer.Member("uid"u8, fields.Uid);
        buffer.Member("gid"u8, fields.Gid);
        buffer.Member("euid"u8, fields.Euid);
        buffer.Member("egid"u8, fields.Egid);
        WriteUnlessUnset(buffer, "loginuid"u8, fields.Loginuid);
        WriteUnlessUnset(buffer, "audit_session"u8, fields.AuditSession);
        buffer.Member("session_id"u8, fields.Sid);
        buffer.Member("process_group"u8, fields.Pgid);
        buffer.MemberUnlessZero("vsession_id"u8, fields.Vsid);
        buffer.MemberUnlessZero("vprocess_group"u8, fields.Vpgid);
        buffer.MemberUnlessZero("user_namespace"u8, fields.Userns);
        buffer.Member("tty"u8, LinuxNames.Terminal(fields.Tty));
        buffer.HexMember("cap_effective"u8, fields.CapEffective);
        buffer.HexMember("cap_permitted"u8, fields.CapPermitted);
        buffer.HexMember("cap_inheritable"u8, fields.CapInheritable);
        WriteExeTraits(buffer, fields.ExeFlags);
        WriteExeFile(buffer, fields);
        WriteEnvironment(buffer, exec.Env);
    }

    private void WriteExeFile(Utf8Buffer buffer, in ExecLayout exec)
    {
        if (exec.ExeInode == 0)
        {
            return;
        }

        buffer.Member("exe_inode"u8, exec.ExeInode);
        buffer.Key("exe_device"u8).Append((byte)'"');
        buffer.AppendDevice(exec.ExeDev);
        buffer.Append("\",\"exe_mode\":\""u8);
        buffer.AppendMode(exec.ExeMode & PermissionBits);
        buffer.Append((byte)'"');
        WriteTime(buffer, "exe_ctime"u8, exec.ExeCtimeNs);
        WriteTime(buffer, "exe_mtime"u8, exec.ExeMtimeNs);
    }

    private void WriteTime(Utf8Buffer buffer, ReadOnlySpan<byte> key, ulong unixNs)
    {
        if (unixNs != 0)
        {
            buffer.Key(key).Append((byte)'"');
            _changed.Append(buffer, (long)unixNs);
            buffer.Append((byte)'"');
        }
    }

    private static void WriteVpid(Utf8Buffer buffer, uint vpid)
    {
        if (vpid != 0)
        {
            buffer.Member("vpid"u8, vpid);
        }
    }

    private static void WriteUnlessUnset(Utf8Buffer buffer, ReadOnlySpan<byte> key, uint id)
    {
        if (id != RecordAbi.IdUnset)
        {
            buffer.Member(key, id);
        }
    }

    private static void WriteExeTraits(Utf8Buffer buffer, ExeTraits traits)
    {
        if (traits == ExeTraits.None)
        {
            return;
        }

        buffer.Key("exe_flags"u8).Append((byte)'[');
        foreach ((ExeTraits trait, byte[] name) in ExeTraitNames)
        {
            if ((traits & trait) != 0)
            {
                buffer.Separate();
                buffer.String(name);
            }
        }

        buffer.Append((byte)']');
    }

    private static void WriteEnvironment(Utf8Buffer buffer, ReadOnlySpan<byte> environment)
    {
        if (environment.IsEmpty)
        {
            return;
        }

        buffer.Key("env"u8).Append((byte)'{');
        foreach (ReadOnlySpan<byte> variable in new NulList(environment))
        {
            int equals = variable.IndexOf((byte)'=');
            buffer.Separate();
            buffer.String(equals < 0 ? variable : variable[..equals]);
            buffer.Append((byte)':');
            buffer.String(equals < 0 ? default : variable[(equals + 1)..]);
        }

        buffer.Append((byte)'}');
    }

    private static void WriteAncestors(Utf8Buffer buffer, ReadOnlySpan<Ancestor> ancestors)
    {
        if (ancestors.IsEmpty)
        {
            return;
        }

        buffer.Key("ancestors"u8).Append((byte)'[');
        foreach (Ancestor ancestor in ancestors)
        {
            buffer.Separate();
            buffer.Append((byte)'{');
            buffer.Member("pid"u8, ancestor.Key.Pid);
            if (ancestor.Image is { } image)
            {
                buffer.Member("name"u8, image.Name);
                buffer.Member("exe"u8, image.Exe);
            }

            buffer.Append((byte)'}');
        }

        buffer.Append((byte)']');
    }
}
