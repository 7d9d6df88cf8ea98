using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of the process itself: <c>proc.*</c>, <c>thread.*</c>.</summary>
internal static class ProcessFields
{
    private const string NoTable = "no event says it, and nothing polls /proc";

    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.OfProcesses;
        AddNames(set);
        AddNumbers(set);
        AddGroups(set);
        AddExecutable(set);
        AddThread(set);
        AddUnobservable(set);
    }

    private static void AddNames(FieldSet set)
    {
        set.Text("proc.name", "task name of the process, at most 15 bytes, as its program was started", ProcessFacts.Name);
        set.Text("proc.exe", "first argument, which is most often how the program was called", (in EventView e, FieldScratch _) => ProcessFacts.First(ProcessFacts.Args(e)));
        set.Text("proc.exepath", "path of the file that it runs, as the kernel knows it; of a script that of its interpreter", ProcessFacts.ExePath, FieldType.Path);
        set.Built("proc.args", "arguments behind the first, with blanks in between", (in EventView e, FieldScratch _, Utf8Buffer to) =>
        {
            ReadOnlySpan<byte> args = ProcessFacts.Args(e);
            ProcessFacts.AppendJoined(to, ProcessFacts.Rest(args));
            return !args.IsEmpty;
        });
        set.Built("proc.cmdline", "name and arguments, with blanks in between", AppendCommandLine);
        set.Built("proc.exeline", "first argument and the others, with blanks in between", (in EventView e, FieldScratch _, Utf8Buffer to) =>
        {
            ReadOnlySpan<byte> args = ProcessFacts.Args(e);
            ProcessFacts.AppendJoined(to, args);
            return !args.IsEmpty;
        });
        set.Built("proc.cwd", "working directory as of the last exec, with a slash at its end", (in EventView e, FieldScratch _, Utf8Buffer to) =>
            ProcessFacts.AppendDirectory(to, ProcessFacts.Cwd(e)), FieldType.Path);
        AddEnvironment(set);
    }

    private static bool AppendCommandLine(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        ReadOnlySpan<byte> name = ProcessFacts.Name(e, s);
        ProcessFacts.AppendCommandLine(to, name, ProcessFacts.Args(e));
        return !name.IsEmpty;
    }

    /// <summary>One variable, or all that are told of.</summary>
    private static void AddEnvironment(FieldSet set)
    {
        EventKindSet kinds = set.Kinds;
        int slot = FieldSlots.Next();
        BuildText all = (in EventView e, FieldScratch _, Utf8Buffer to) =>
        {
            ProcessFacts.AppendJoined(to, ProcessFacts.Env(e));
            return !ProcessFacts.Env(e).IsEmpty;
        };
        set.Add(
            new FieldInfo("proc.env", FieldType.Text, FieldArgument.OptionalKey, "a variable of its environment, or all with blanks in between; only those that the collector was told to look at"),
            key => new FieldReader
            {
                Name = key is null ? "proc.env" : $"proc.env[{key}]",
                Type = FieldType.Text,
                Text = key is null ? (in EventView e, FieldScratch s) => s.Get(slot, e, all) : Variable(Encoding.UTF8.GetBytes(key)),
                Kinds = kinds,
                Cost = 10,
            });
    }

    private static TextOf Variable(byte[] name) => (in EventView e, FieldScratch _) => ProcessFacts.Variable(ProcessFacts.Env(e), name);

    private static void AddNumbers(FieldSet set)
    {
        set.Number("proc.pid", "pid in the host's pid namespace", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Header.Tgid;
            return e.HasProcess;
        });
        set.Number("proc.vpid", "pid in its own pid namespace", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetVpid(e, out uint vpid);
            value = vpid;
            return isKnown;
        });
        set.Number("proc.duration", "how long ago it began, in nanoseconds", (in EventView e, FieldScratch _, out long value) =>
            ProcessFacts.TryGetAge(e, e.HasProcess ? e.Record.Header.StartNs : 0, out value), FieldType.Time);
        set.Number("proc.pid.ts", "when it began, in nanoseconds of Unix time", (in EventView e, FieldScratch _, out long value) =>
        {
            value = (long)e.Record.Header.StartNs + e.BootToUnixNs;
            return e.HasProcess && e.Record.Header.StartNs != 0;
        }, FieldType.Time);
        set.Number("proc.exec.duration", "how long ago its program was started, in nanoseconds; left out for what ran before", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec) && (exec.Hdr.Flags & RecordTraits.Snapshot) == 0;
            return ProcessFacts.TryGetAge(e, isKnown ? exec.Hdr.TsNs : 0, out value);
        }, FieldType.Time);
        set.Number("proc.cmdnargs", "how many arguments there are behind the first", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = Math.Max(0, (long)exec.Argc - 1);
            return isKnown;
        });
        set.Number("proc.cmdlenargs", "bytes of the arguments behind the first, blanks left out", (in EventView e, FieldScratch _, out long value) =>
        {
            ReadOnlySpan<byte> args = ProcessFacts.Args(e);
            ReadOnlySpan<byte> rest = ProcessFacts.Rest(args);
            value = rest.Length - rest.Count((byte)0);
            return !args.IsEmpty;
        });
        set.Number("proc.tty", "number of its terminal (major << 20 | minor), 0 without one; as of the last exec", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = exec.Tty;
            return isKnown;
        });
        set.Text("proc.tty.name", "its terminal below /dev: pts/0", (in EventView e, FieldScratch s) => s.Get(TerminalSlot, e, AppendTerminal), cost: 12);
    }

    private static readonly int TerminalSlot = FieldSlots.Next();

    private static bool AppendTerminal(in EventView e, FieldScratch s, Utf8Buffer to)
    {
        if (!ProcessFacts.TryGetExec(e, out ExecLayout exec) || s.TerminalName(exec.Tty) is not { } name)
        {
            return false;
        }

        to.Append(name);
        return true;
    }

    /// <summary>Session and process group.</summary>
    private static void AddGroups(FieldSet set)
    {
        set.Number("proc.sid", "pid of the session's leader, as of the last exec", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = exec.Sid;
            return isKnown;
        });
        AddLeader(set, "proc.sid", "proc.sname", "session's leader", exec => exec.Sid);
        set.Flag("proc.is_sid_leader", "whether it leads its session", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = exec.Sid == e.Record.Header.Tgid ? 1 : 0;
            return isKnown;
        });
        set.Number("proc.pgid", "pid of the process group's leader in the host's pid namespace, as of the last exec", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = exec.Pgid;
            return isKnown;
        });
        set.Number("proc.vpgid", "pid of the process group's leader in the process's own pid namespace", ReadVpgid);
        AddLeader(set, "proc.pgid", "proc.pgid.name", "process group's leader", exec => exec.Pgid);
        AddLeader(set, "proc.vpgid", "proc.vpgid.name", "process group's leader", exec => exec.Pgid);
        set.Flag("proc.is_pgid_leader", "whether it leads its process group", ReadIsGroupLeader);
        set.Flag("proc.is_vpgid_leader", "whether it leads its process group", ReadIsGroupLeader);
    }

    private static bool ReadIsGroupLeader(in EventView e, FieldScratch s, out long value)
    {
        bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
        value = exec.Pgid == e.Record.Header.Tgid ? 1 : 0;
        return isKnown;
    }

    private static bool ReadVpgid(in EventView e, FieldScratch s, out long value)
    {
        value = 0;
        if (!ProcessFacts.TryGetExec(e, out ExecLayout exec))
        {
            return false;
        }

        value = exec.Vpgid;
        return value != 0;
    }

    private static void AddLeader(FieldSet set, string prefix, string nameField, string who, Func<ExecLayout, uint> pid)
    {
        TextOf Of(ImageText text) => (in EventView e, FieldScratch _) =>
            ProcessFacts.TryGetExec(e, out ExecLayout exec) && ProcessFacts.ImageOf(e, pid(exec)) is { } image ? text(image) : FieldReader.Missing;
        set.Text(nameField, $"task name of the {who}", Of(image => FieldReader.OrMissing(image.Name)), cost: 15);
        set.Text($"{prefix}.exe", $"first argument of the {who}", Of(image => ProcessFacts.First(image.Args)), cost: 15);
        set.Text($"{prefix}.exepath", $"path of the file that the {who} runs", Of(image => FieldReader.OrMissing(image.Exe)), FieldType.Path, 15);
    }

    private static void AddExecutable(FieldSet set)
    {
        set.Flag("proc.is_runtime", "whether it is the container's runtime on its way in: a program of the host's that has not run another one in the container yet", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.IsRuntime ? 1 : 0;
            return e.HasProcess;
        });
        AddTrait(set, "proc.is_exe_upper_layer", "whether the file that it runs is in the upper layer of an overlay: new or changed since the image", ExeTraits.UpperLayer);
        AddTrait(set, "proc.is_exe_writable", "whether it could write the file that it runs", ExeTraits.Writable);
        AddTrait(set, "proc.is_exe_from_memfd", "whether what it runs lives in memory only", ExeTraits.Memfd);
        AddTrait(set, "proc.is_exe_unlinked", "whether the file that it runs has no name any more", ExeTraits.Unlinked);
        set.Number("proc.exe_ino", "inode number of the file that it runs", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = (long)exec.ExeInode;
            return isKnown && value != 0;
        });
        set.Number("proc.exe_ino.ctime", "when the inode of the file that it runs was changed, in nanoseconds of Unix time", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = (long)exec.ExeCtimeNs;
            return isKnown && value != 0;
        }, FieldType.Time);
        set.Number("proc.exe_ino.mtime", "when the file that it runs was written, in nanoseconds of Unix time", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = (long)exec.ExeMtimeNs;
            return isKnown && value != 0;
        }, FieldType.Time);
        set.Number("proc.exe_ino.ctime_duration_proc_start", "from the change of its executable's inode to its exec, in nanoseconds", (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = (long)exec.Hdr.TsNs + e.BootToUnixNs - (long)exec.ExeCtimeNs;
            return isKnown && exec.ExeCtimeNs != 0;
        }, FieldType.Time);
    }

    private static void AddTrait(FieldSet set, string name, string summary, ExeTraits trait) =>
        set.Flag(name, summary, (in EventView e, FieldScratch _, out long value) =>
        {
            bool isKnown = ProcessFacts.TryGetExec(e, out ExecLayout exec);
            value = (exec.ExeFlags & trait) != 0 ? 1 : 0;
            return isKnown;
        });

    private static void AddThread(FieldSet set)
    {
        set.Number("thread.tid", "the thread, in the host's pid namespace", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Header.Tid;
            return e.HasProcess;
        });
        set.Flag("thread.ismain", "whether it is the process's first thread", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Header.Tid == e.Record.Header.Tgid ? 1 : 0;
            return e.HasProcess;
        });
        set.Text("thread.name", "task name of the thread now, which it can set itself", ProcessFacts.ThreadName);
        set.Built("thread.cap_effective", "effective capabilities, with blanks in between; as of the last exec where the event does not say them", (in EventView e, FieldScratch _, Utf8Buffer to) =>
            ProcessFacts.TryGetCapabilities(e, out ulong effective, out ulong _) && ProcessFacts.AppendCapabilities(to, effective));
        set.Built("thread.cap_permitted", "permitted capabilities, likewise", (in EventView e, FieldScratch _, Utf8Buffer to) =>
            ProcessFacts.TryGetCapabilities(e, out ulong _, out ulong permitted) && ProcessFacts.AppendCapabilities(to, permitted));
        set.Number("thread.exectime", "CPU time that the process used, in nanoseconds", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Shape == RecordShape.Exit ? (long)e.Record.AsExit().Fields.CpuNs : 0;
            return e.Record.Shape == RecordShape.Exit;
        }, FieldType.Time);
        set.Built("thread.cap_inheritable", "inheritable capabilities, as of the last exec", (in EventView e, FieldScratch _, Utf8Buffer to) =>
            e.Record.Shape == RecordShape.Credentials
                ? ProcessFacts.AppendCapabilities(to, e.Record.AsCredentials().Fields.After.CapInheritable)
                : ProcessFacts.TryGetExec(e, out ExecLayout exec) && ProcessFacts.AppendCapabilities(to, exec.CapInheritable));
    }

    private static void AddUnobservable(FieldSet set)
    {
        set.Unobservable("proc.exe_ino.ctime_duration_pidns_start", FieldType.Time, "from the change of its executable's inode to the start of its pid namespace", "nothing tells when a pid namespace was made");
        set.Unobservable("proc.is_exe_lower_layer", FieldType.Boolean, "whether the file that it runs is in a lower layer of an overlay", "only the upper layer is told apart");
        set.Unobservable("proc.nthreads", FieldType.Number, "how many threads it has", NoTable);
        set.Unobservable("proc.nchilds", FieldType.Number, "how many children it has", NoTable);
        set.Unobservable("proc.fdopencount", FieldType.Number, "how many descriptors it has open", NoTable);
        set.Unobservable("proc.fdlimit", FieldType.Number, "how many descriptors it may have", NoTable);
        set.Unobservable("proc.vmsize", FieldType.Number, "its virtual memory", NoTable);
        set.Unobservable("proc.vmrss", FieldType.Number, "its memory in use", NoTable);
        set.Unobservable("proc.vmswap", FieldType.Number, "its swapped memory", NoTable);
        set.Unobservable("proc.loginshellid", FieldType.Number, "pid of the oldest shell among its ancestors", "what is a shell is for a list to say: use proc.aname");
        set.Unobservable("proc.stdin.type", FieldType.Text, "what its standard input is", FdFields.NoDescriptors);
        set.Unobservable("proc.stdout.type", FieldType.Text, "what its standard output is", FdFields.NoDescriptors);
        set.Unobservable("proc.stderr.type", FieldType.Text, "what its standard error is", FdFields.NoDescriptors);
        set.Unobservable("proc.stdin.name", FieldType.Text, "name of its standard input", FdFields.NoDescriptors);
        set.Unobservable("proc.stdout.name", FieldType.Text, "name of its standard output", FdFields.NoDescriptors);
        set.Unobservable("proc.stderr.name", FieldType.Text, "name of its standard error", FdFields.NoDescriptors);
    }
}
