using System.Collections.Frozen;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Syscalls;

namespace Eunomia.Core.Rules.Fields;

/// <summary>
/// Fields of what a call was told, and of what else an event says: <c>evt.arg.NAME</c> as text, <c>evt.rawarg.NAME</c> as
/// number. Of single system calls every argument has its name from the man page.
/// </summary>
internal static class ArgumentFields
{
    internal const string Prefix = "evt.arg.";
    internal const string RawPrefix = "evt.rawarg.";
    private static readonly EventKindSet Calls = EventKindSet.Of(EventKind.SyscallCall);
    private static readonly Dictionary<string, BuildText> Builders = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, (int Slot, BuildText Build)> Bound = new(StringComparer.Ordinal);
    private static readonly List<(string Name, byte[] Text)> Names = [];
    private static readonly FrozenSet<string> OfCalls = SyscallSignatures.ArgumentNames();

    internal static void AddTo(FieldSet set)
    {
        Add(set, "flags", "flags of the call: O_RDWR|O_CREAT, CLONE_NEWUSER|..., of an exec EXE_UPPER_LAYER|...", Kinds(EventKind.FileOpen, EventKind.FileUnlink, EventKind.FileRename, EventKind.FileLink, EventKind.FileRmdir, EventKind.FileChmod, EventKind.FileChown, EventKind.IpcOpen).Union(FieldCatalog.OfExec).Union(FieldCatalog.OfSecurity), Arguments.Flags);
        Add(set, "mode", "permissions, one name for each bit: S_ISUID|S_IRUSR; of mknod the type in front: S_IFBLK", Kinds(EventKind.FileOpen, EventKind.FileMkdir, EventKind.FileChmod, EventKind.FileMknod), Arguments.Mode);
        Add(set, "resolve", "RESOLVE_ flags of openat2", Kinds(EventKind.FileOpen), Arguments.Resolve);
        foreach (string alias in (string[])["name", "path", "filename"])
        {
            Add(set, alias, "path of the file, resolved; of an exec as it was passed; name of a memfd, a module, a DNS query", FieldCatalog.OfFiles.Union(FieldCatalog.OfExec).Union(FieldCatalog.OfSecurity).Union(FieldCatalog.OfIpc).Union(Kinds(EventKind.DnsQuery, EventKind.DnsAnswer)), Arguments.Name);
        }

        Add(set, "oldpath", "what a rename or link begins with", Kinds(EventKind.FileRename, EventKind.FileLink), Arguments.OldPath);
        Add(set, "newpath", "what a rename or link makes", Kinds(EventKind.FileRename, EventKind.FileLink), Arguments.NewPath);
        Add(set, "target", "text in a symbolic link", Kinds(EventKind.FileSymlink), Arguments.LinkText);
        Add(set, "linkpath", "where a symbolic link is made", Kinds(EventKind.FileSymlink), Arguments.NewPath);
        Add(set, "request", "request of ptrace: PTRACE_ATTACH", Kinds(EventKind.SecurityPtrace), Arguments.Operation);
        Add(set, "cmd", "command of bpf, of keyctl, of fcntl", Kinds(EventKind.SecurityBpf, EventKind.SecurityKey, EventKind.SecurityMount, EventKind.SecurityIoUring, EventKind.SecurityRedirect), Arguments.Operation);
        Add(set, "option", "option of prctl: PR_SET_NAME; operation of seccomp", Kinds(EventKind.SecurityPrctl), Arguments.Operation);
        Add(set, "opcode", "operation submitted through a ring: IORING_OP_OPENAT", Kinds(EventKind.SecurityIoUringOp), Arguments.Operation);
        Add(set, "cap", "capability that was used: CAP_SYS_ADMIN", Kinds(EventKind.SecurityCapability, EventKind.SecurityPrctl), Arguments.Capability);
        Add(set, "domain", "address family of a socket: AF_PACKET", Kinds(EventKind.SecuritySocket), Arguments.Domain);
        foreach (string alias in (string[])["proto", "protocol"])
        {
            Add(set, alias, "protocol of a socket", Kinds(EventKind.SecuritySocket), Arguments.Protocol);
        }

        Add(set, "type", "type of a file system, key, eBPF program or map, namespace, socket, ipc object or DNS question", Kinds(EventKind.SecurityMount, EventKind.SecuritySocket, EventKind.SecurityKey, EventKind.SecurityBpf, EventKind.SecurityNamespace, EventKind.DnsQuery, EventKind.DnsAnswer).Union(FieldCatalog.OfIpc), Arguments.Type);
        Add(set, "nstype", "type of the namespace that setns enters: net", Kinds(EventKind.SecurityNamespace), Arguments.Type);
        Add(set, "dev", "what is mounted; of mknod the device, major and minor number: 8:1", Kinds(EventKind.SecurityMount, EventKind.FileMknod), Arguments.Device);
        Add(set, "source", "what is mounted", Kinds(EventKind.SecurityMount), Arguments.Source);
        Add(set, "dir", "where it is mounted", Kinds(EventKind.SecurityMount), Arguments.Name);
        Add(set, "data", "options of a mount, parameters of a module, description of a key", Kinds(EventKind.SecurityMount, EventKind.SecurityModule, EventKind.SecurityKey), Arguments.Data);
        Add(set, "uargs", "parameters of a module", Kinds(EventKind.SecurityModule), Arguments.Data);
        Add(set, "role", "role of the end: client, listener, writer", FieldCatalog.OfIpc, Arguments.Role);
        Add(set, "sig", "signal: SIGKILL", Kinds(EventKind.IpcSignal, EventKind.ProcessExit), Arguments.Signal);
        Add(set, "code", "why a signal came: SI_USER", Kinds(EventKind.IpcSignal), Arguments.SignalCode);
        Add(set, "rcode", "response code of a DNS answer: NXDOMAIN", Kinds(EventKind.DnsAnswer), Arguments.ResponseCode);
        Add(set, "addr", "address and port of the other side", FieldCatalog.WithSocket, Arguments.Peer);
        Add(set, "tuple", "both ends, as fd.name has them", FieldCatalog.WithSocket, Arguments.Tuple);
        Add(set, "exe", "first argument", FieldCatalog.OfExec, Arguments.First);
        Add(set, "args", "arguments behind the first", FieldCatalog.OfExec, Arguments.Rest);
        Add(set, "env", "chosen variables", FieldCatalog.OfExec, Arguments.Environment);
        Add(set, "cwd", "working directory", FieldCatalog.OfExec, Arguments.Cwd);
        Add(set, "comm", "task name", FieldCatalog.OfExec, Arguments.Comm);
        AddNumbers(set);
        set.Kinds = FieldCatalog.AllKinds;
        set.Keyed("evt.arg", "an argument by its name, as text: evt.arg[flags] is evt.arg.flags", key => FieldCatalog.FindDefinition(Prefix + key)!.Bind(null).Text!);
        set.Add(new FieldInfo("evt.rawarg", FieldType.Number, FieldArgument.Key, "an argument by its name, as a number: evt.rawarg[uid] is evt.rawarg.uid"), key => FieldCatalog.FindDefinition(RawPrefix + key)!.Bind(null));
        AddAll(set);
    }

    /// <summary>The definition of an argument that only single system calls have, or that nobody has.</summary>
    internal static FieldDefinition? Find(string name)
    {
        bool isRaw = name.StartsWith(RawPrefix, StringComparison.Ordinal);
        if (!isRaw && !name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        string argument = name[(isRaw ? RawPrefix : Prefix).Length..];
        var set = new FieldSet();
        if (!OfCalls.Contains(argument))
        {
            set.Unobservable(name, FieldType.Text, "an argument", $"no event has an argument '{argument}'");
        }
        else if (isRaw)
        {
            AddNumber(set, argument, "argument of a system call", default, (in EventView _, FieldScratch _, out long value) => (value = 0) != 0);
        }
        else
        {
            Add(set, argument, "argument of a system call", default, null);
        }

        return set.All[0];
    }

    private static void AddNumbers(FieldSet set)
    {
        Both(set, "fd", "descriptor that was passed or given", FieldCatalog.OfFiles.Union(FieldCatalog.OfSecurity).With(EventKind.IpcOpen), Arguments.Descriptor);
        Both(set, "oldfd", "descriptor that was copied", Kinds(EventKind.SecurityRedirect), Arguments.Descriptor);
        Both(set, "newfd", "descriptor that the copy got", Kinds(EventKind.SecurityRedirect), Arguments.Result);
        Both(set, "pid", "pid of the process that it was done to, in the host's pid namespace where known; of an exec that of the process", FieldCatalog.OfSecurity.Union(FieldCatalog.OfExec).With(EventKind.IpcSignal), Arguments.Pid);
        Both(set, "length", "length that a file was cut or stretched to", Kinds(EventKind.FileTruncate), Arguments.Length);
        Both(set, "backlog", "how many connections may wait", Kinds(EventKind.TcpListen), Arguments.Backlog);
        Both(set, "status", "exit code", Kinds(EventKind.ProcessExit), Arguments.ExitCode);
        Both(set, "sent", "bytes sent", Kinds(EventKind.TcpClose, EventKind.UdpClose, EventKind.IpcTraffic, EventKind.IpcClose), Arguments.Sent);
        Both(set, "received", "bytes received", Kinds(EventKind.TcpClose, EventKind.UdpClose, EventKind.IpcTraffic, EventKind.IpcClose), Arguments.Received);
        Both(set, "read", "bytes read", Kinds(EventKind.FileClose, EventKind.FileIo), Arguments.Read);
        Both(set, "written", "bytes written", Kinds(EventKind.FileClose, EventKind.FileIo), Arguments.Written);
        Both(set, "key", "key of a System V object, as passed", FieldCatalog.OfIpc, Arguments.Key);
        foreach (string id in (string[])["uid", "euid", "suid", "gid", "egid", "sgid", "fsuid", "fsgid"])
        {
            Both(set, id, "id that is asked for, as passed; of a chown the new owner or group", Kinds(EventKind.SecurityCredentials, EventKind.FileChown), Arguments.Id(id));
        }

        Both(set, "before_uid", "real user before ids were set", Kinds(EventKind.SecurityCredentials), Arguments.UserBefore);
        AddNumber(set, "flags", "flags as a number", Kinds(EventKind.FileOpen).Union(FieldCatalog.OfSecurity), Arguments.RawFlags);
        AddNumber(set, "mode", "permissions as a number; of mknod with the type", Kinds(EventKind.FileOpen, EventKind.FileMkdir, EventKind.FileChmod, EventKind.FileMknod), Arguments.RawMode);
        AddNumber(set, "sig", "signal as a number", Kinds(EventKind.IpcSignal, EventKind.ProcessExit), Arguments.RawSignal);
        AddNumber(set, "cap", "capability as a number", Kinds(EventKind.SecurityCapability), Arguments.RawCapability);
        AddNumber(set, "nstype", "CLONE_NEW flags of a call that makes or enters namespaces", Kinds(EventKind.SecurityNamespace), Arguments.RawFlags);
    }

    private static void Both(FieldSet set, string name, string summary, EventKindSet kinds, NumberOf number)
    {
        Add(set, name, summary, kinds, (in EventView e, FieldScratch s, Utf8Buffer to) =>
        {
            bool isKnown = number(e, s, out long value);
            if (isKnown)
            {
                to.AppendSigned(value);
            }

            return isKnown;
        });
        AddNumber(set, name, summary, kinds, number);
    }

    private static void Add(FieldSet set, string name, string summary, EventKindSet kinds, BuildText? build)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(name);
        BuildText whole = (in EventView e, FieldScratch s, Utf8Buffer to) =>
            e.Record.Shape == RecordShape.SyscallCall ? Arguments.OfCall(e, text, to) : kinds.Contains(e.Kind) && build!(e, s, to);
        int slot;
        lock (Bound)
        {
            if (!Bound.TryGetValue(name, out (int Slot, BuildText Build) known))
            {
                Bound[name] = known = (FieldSlots.Next(), whole);
            }

            slot = known.Slot;
        }

        if (build is not null)
        {
            Builders[name] = whole;
            Names.Add((name, text));
        }

        set.Kinds = OfCalls.Contains(name) ? kinds.Union(Calls) : kinds;
        set.Text(Prefix + name, summary, (in EventView e, FieldScratch s) => s.Get(slot, e, whole), cost: 15);
    }

    private static void AddNumber(FieldSet set, string name, string summary, EventKindSet kinds, NumberOf number)
    {
        byte[] text = System.Text.Encoding.UTF8.GetBytes(name);
        set.Kinds = OfCalls.Contains(name) ? kinds.Union(Calls) : kinds;
        set.Number(RawPrefix + name, summary, (in EventView e, FieldScratch s, out long value) =>
        {
            value = 0;
            return e.Record.Shape == RecordShape.SyscallCall ? Arguments.OfCall(e, text, out value) : kinds.Contains(e.Kind) && number(e, s, out value);
        });
    }

    /// <summary>All of them: <c>name=value name=value</c>.</summary>
    private static void AddAll(FieldSet set)
    {
        (byte[] Name, int Slot, BuildText Build)[] parts =
            [.. Names.Where(row => row.Name is not ("path" or "filename" or "source" or "nstype" or "uargs" or "linkpath" or "tuple"))
                .Select(row => (row.Text, Bound[row.Name].Slot, Builders[row.Name]))];
        set.Kinds = FieldCatalog.AllKinds;
        BuildText all = (in EventView e, FieldScratch s, Utf8Buffer to) =>
        {
            if (e.Record.Shape == RecordShape.SyscallCall)
            {
                return Arguments.AllOfCall(e, to);
            }

            bool isFirst = true;
            int start = to.Length;
            foreach ((byte[] name, int slot, BuildText build) in parts)
            {
                ReadOnlySpan<byte> value = s.Get(slot, e, build);
                if (FieldReader.IsMissing(value))
                {
                    continue;
                }

                if (!isFirst)
                {
                    to.Append((byte)' ');
                }

                to.Append(name);
                to.Append((byte)'=');
                to.Append(value);
                isFirst = false;
            }

            return to.Length > start;
        };
        int whole = FieldSlots.Next();
        TextOf text = (in EventView e, FieldScratch s) => s.Get(whole, e, all);
        set.Text("evt.args", "all arguments: name=value, with blanks in between", text, cost: 100);
        set.Text("evt.info", "the same", text, cost: 100);
    }

    private static EventKindSet Kinds(params ReadOnlySpan<EventKind> kinds) => EventKindSet.Of(kinds);
}
