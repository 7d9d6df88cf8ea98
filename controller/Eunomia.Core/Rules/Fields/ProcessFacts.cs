using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Rules.Fields;

/// <summary>What an event says of its process, as rules ask for it.</summary>
internal static class ProcessFacts
{
    /// <summary>
    /// The name that its program gave it; of one never seen to run a program that of the thread. A thread can call itself
    /// anything later on.
    /// </summary>
    internal static ReadOnlySpan<byte> Name(in EventView e, FieldScratch s)
    {
        if (e.Record.Shape == RecordShape.Exec)
        {
            return FieldReader.OrMissing(e.Record.AsExec().Comm);
        }

        return e.Image is { } image && !image.Name.IsEmpty ? image.Name : ThreadName(e, s);
    }

    internal static ReadOnlySpan<byte> ThreadName(in EventView e, FieldScratch s) => e.Record.Shape switch
    {
        RecordShape.Fork => FieldReader.OrMissing(e.Record.AsFork().Comm),
        RecordShape.Exec => FieldReader.OrMissing(e.Record.AsExec().Comm),
        RecordShape.Exit => FieldReader.OrMissing(e.Record.AsExit().Comm),
        RecordShape.Unknown or RecordShape.Cgroup => FieldReader.Missing,
        _ => FieldReader.OrMissing(e.Record.Actor.Comm.Text),
    };

    internal static ReadOnlySpan<byte> Args(in EventView e) =>
        e.Record.Shape == RecordShape.Exec ? e.Record.AsExec().Args : e.Image is { } image ? image.Args : default;

    internal static ReadOnlySpan<byte> ExePath(in EventView e, FieldScratch s) =>
        FieldReader.OrMissing(e.Record.Shape == RecordShape.Exec ? e.Record.AsExec().Exe : e.Image is { } image ? image.Exe : default);

    internal static ReadOnlySpan<byte> Cwd(in EventView e) =>
        e.Record.Shape == RecordShape.Exec ? e.Record.AsExec().Cwd : e.Image is { } image ? image.Cwd : default;

    internal static ReadOnlySpan<byte> Env(in EventView e) =>
        e.Record.Shape == RecordShape.Exec ? e.Record.AsExec().Env : e.Image is { } image ? image.Env : default;

    /// <summary>The first argument.</summary>
    internal static ReadOnlySpan<byte> First(ReadOnlySpan<byte> args)
    {
        int end = args.IndexOf((byte)0);
        return FieldReader.OrMissing(end < 0 ? args : args[..end]);
    }

    /// <summary>What stands behind the first argument.</summary>
    internal static ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> args)
    {
        int end = args.IndexOf((byte)0);
        return end < 0 ? default : args[(end + 1)..];
    }

    /// <summary>The strings of a list with blanks in between.</summary>
    internal static void AppendJoined(Utf8Buffer to, ReadOnlySpan<byte> list)
    {
        bool isFirst = true;
        foreach (ReadOnlySpan<byte> item in new NulList(list))
        {
            if (!isFirst)
            {
                to.Append((byte)' ');
            }

            to.Append(item);
            isFirst = false;
        }
    }

    /// <summary>"sh -c ls": a name and the arguments behind the first.</summary>
    internal static void AppendCommandLine(Utf8Buffer to, ReadOnlySpan<byte> name, ReadOnlySpan<byte> args)
    {
        to.Append(name);
        ReadOnlySpan<byte> rest = Rest(args);
        if (!rest.IsEmpty)
        {
            to.Append((byte)' ');
            AppendJoined(to, rest);
        }
    }

    /// <summary>A directory, with a slash at its end.</summary>
    internal static bool AppendDirectory(Utf8Buffer to, ReadOnlySpan<byte> path)
    {
        to.Append(path);
        if (!path.IsEmpty && path[^1] != (byte)'/')
        {
            to.Append((byte)'/');
        }

        return !path.IsEmpty;
    }

    /// <summary>The value of a variable in a list of NAME=VALUE.</summary>
    internal static ReadOnlySpan<byte> Variable(ReadOnlySpan<byte> environment, ReadOnlySpan<byte> name)
    {
        foreach (ReadOnlySpan<byte> variable in new NulList(environment))
        {
            if (variable.Length > name.Length && variable[name.Length] == (byte)'=' && variable.StartsWith(name))
            {
                return FieldReader.OrEmpty(variable[(name.Length + 1)..]);
            }
        }

        return FieldReader.Missing;
    }

    /// <summary>"CAP_CHOWN CAP_KILL"; empty for none.</summary>
    internal static bool AppendCapabilities(Utf8Buffer to, ulong set)
    {
        bool isFirst = true;
        for (int i = 0; i < SecurityNames.Capabilities.Length; i++)
        {
            if ((set >> i & 1) == 0)
            {
                continue;
            }

            if (!isFirst)
            {
                to.Append((byte)' ');
            }

            to.Append(SecurityNames.Capabilities[i]);
            isFirst = false;
        }

        return true;
    }

    /// <summary>Its user, real and effective: the latter as of the last exec, unless the real one changed since.</summary>
    internal static bool TryGetUsers(in EventView e, out uint real, out uint effective)
    {
        switch (e.Record.Shape)
        {
            case RecordShape.Exec:
                ref readonly ExecLayout exec = ref e.Record.AsExec().Fields;
                (real, effective) = (exec.Uid, exec.Euid);
                return true;
            case RecordShape.Fork:
                real = e.Record.AsFork().Fields.Uid;
                break;
            case RecordShape.Exit:
                real = e.Record.AsExit().Fields.Uid;
                break;
            case RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect:
                (real, effective) = (e.Record.Actor.Uid, e.Record.AsSecurity().Fields.Euid);
                return true;
            case RecordShape.Unknown or RecordShape.Cgroup:
                (real, effective) = (0, 0);
                return false;
            default:
                real = e.Record.Actor.Uid;
                break;
        }

        effective = e.Image is { } image && image.Exec.Uid == real ? image.Exec.Euid : real;
        return e.HasProcess;
    }

    internal static bool TryGetGroup(in EventView e, out uint gid)
    {
        gid = e.Record.Shape switch
        {
            RecordShape.Exec => e.Record.AsExec().Fields.Egid,
            RecordShape.Fork => e.Record.AsFork().Fields.Gid,
            RecordShape.Exit => e.Record.AsExit().Fields.Gid,
            RecordShape.Unknown or RecordShape.Cgroup => 0,
            _ => e.Record.Actor.Gid,
        };
        return e.HasProcess && e.Record.Shape is not (RecordShape.Unknown or RecordShape.Cgroup);
    }

    internal static bool TryGetVpid(in EventView e, out uint vpid)
    {
        vpid = e.Record.Shape switch
        {
            RecordShape.Exec => e.Record.AsExec().Fields.Vpid,
            RecordShape.Fork => e.Record.AsFork().Fields.Vpid,
            RecordShape.Exit => e.Record.AsExit().Fields.Vpid,
            RecordShape.Unknown or RecordShape.Cgroup => 0,
            _ => e.Record.Actor.Vpid,
        };
        return vpid != 0;
    }

    /// <summary>Effective and permitted capabilities: of the thread now where the record says so, else as of the last exec.</summary>
    internal static bool TryGetCapabilities(in EventView e, out ulong effective, out ulong permitted)
    {
        if (e.Record.Shape is RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect)
        {
            ref readonly SecurityLayout call = ref e.Record.AsSecurity().Fields;
            (effective, permitted) = (call.CapEffective, call.CapPermitted);
            return true;
        }

        bool isKnown = TryGetExec(e, out ExecLayout exec);
        (effective, permitted) = (exec.CapEffective, exec.CapPermitted);
        return isKnown;
    }

    /// <summary>What the last exec said.</summary>
    internal static bool TryGetExec(in EventView e, out ExecLayout exec)
    {
        if (e.Record.Shape == RecordShape.Exec)
        {
            exec = e.Record.AsExec().Fields;
            return true;
        }

        exec = e.HasProcess && e.Image is { } image ? image.Exec : default;
        return e.HasProcess && e.Image is not null;
    }

    /// <summary>How old a process is.</summary>
    internal static bool TryGetAge(in EventView e, ulong startNs, out long age)
    {
        age = (long)(e.Record.Header.TsNs - startNs);
        return startNs != 0 && age >= 0;
    }

    /// <summary>What runs as the process with that number in the host's pid namespace, the event's own included.</summary>
    internal static ProcessImage? ImageOf(in EventView e, uint pid)
    {
        if (pid == 0)
        {
            return null;
        }

        return pid == e.Record.Header.Tgid ? e.Image : FieldScratch.TryFind(e, pid, out Process? process) ? process.Image : null;
    }
}
