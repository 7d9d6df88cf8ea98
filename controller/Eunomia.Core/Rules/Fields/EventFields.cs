using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Fields of the event itself: <c>evt.*</c> but arguments, <c>syscall.type</c>.</summary>
internal static class EventFields
{
    private const long Second = 1_000_000_000;
    private const ulong AccessMode = 3;
    private const ulong ReadOnly = 0;
    private const ulong WriteOnly = 1;
    private const ulong ReadWrite = 2;
    private const ulong Creates = 0x40 | 0x40_0000; // O_CREAT, __O_TMPFILE
    private const uint Executable = 0x49;
    private static readonly byte[][] KindNames = MakeKindNames();
    private static readonly byte[] SourceName = "syscall"u8.ToArray();
    private static readonly byte[] Direction = "<"u8.ToArray();

    internal static void AddTo(FieldSet set)
    {
        set.Kinds = FieldCatalog.AllKinds;
        AddNames(set);
        AddTimes(set);
        AddResult(set);
        AddOpen(set);
        set.Kinds = FieldCatalog.AllKinds;
        set.Number("evt.num", "number of the event, from 1, since the rules began to run", (in EventView _, FieldScratch s, out long value) =>
        {
            value = s.Number;
            return true;
        });
        set.Number("evt.cpu", "the CPU that it happened on", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Header.Cpu;
            return true;
        });
        set.Number("evt.count", "how many it stands for: 1, or more of what is counted", (in EventView e, FieldScratch _, out long value) =>
        {
            value = (long)Count(e);
            return true;
        });
        set.Unobservable("evt.deltatime", FieldType.Time, "time since the event before", "events are told apart by filters: there is no one before");
        set.Unobservable("evt.buffer", FieldType.Text, "what was read or written", "what goes through descriptors is never recorded");
        set.Unobservable("evt.buflen", FieldType.Number, "how much was read or written", "reads and writes are summed up, not told one by one");
    }

    private static void AddNames(FieldSet set)
    {
        TypeField(set, "evt.type", "name of the system call, all names of its family where it is not known which; the kind for what is no single call", FieldCatalog.AllKinds);
        TypeField(set, "syscall.type", "the same, of system calls only", FieldCatalog.AllKinds);
        set.Add(new FieldInfo("evt.kind", FieldType.Text, FieldArgument.None, "the kind, as docs/events.md names them: file.open"), _ => new FieldReader
        {
            Name = "evt.kind",
            Type = FieldType.Text,
            Text = (in EventView e, FieldScratch _) => KindNames[EventTypes.Slot(e.Kind)],
            Cost = 1,
            TextsOf = kind => [EventKinds.Name(kind)],
        });
        set.Text("evt.category", "group of the kind: process, file, tcp, security, ...", (in EventView e, FieldScratch _) => Category(e.Kind), texts: kind => [Encoding.UTF8.GetString(Category(kind))]);
        set.Text("evt.source", "where it comes from: syscall", (in EventView _, FieldScratch _) => SourceName, texts: _ => ["syscall"]);
        set.Text("evt.dir", "always <: events are told when a call returns", (in EventView _, FieldScratch _) => Direction, texts: _ => ["<"]);
        set.Text("evt.hostname", "host name", (in EventView _, FieldScratch s) => s.Hostname);
        set.Flag("evt.is_async", "always false: every event comes from the kernel", (in EventView _, FieldScratch _, out long value) =>
        {
            value = 0;
            return true;
        }, _ => 0);
    }

    /// <summary>Every name of the event's family is a value; the first one is shown.</summary>
    private static void TypeField(FieldSet set, string name, string summary, EventKindSet kinds) =>
        set.Add(new FieldInfo(name, FieldType.Text, FieldArgument.None, summary) { Kinds = kinds }, _ => new FieldReader
        {
            Name = name,
            Type = FieldType.Text,
            Text = (in EventView e, FieldScratch _) => EventTypes.TextOf(EventTypes.GroupOf(e)),
            Cost = 1,
            Kinds = kinds,
            IsEventType = true,
            DiffersInAll = true,
        });

    private static void AddTimes(FieldSet set)
    {
        set.Number("evt.rawtime", "when, in nanoseconds of Unix time", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.TimeUnixNs;
            return true;
        }, FieldType.Time);
        set.Number("evt.rawtime.s", "its whole seconds", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.TimeUnixNs / Second;
            return true;
        });
        set.Number("evt.rawtime.ns", "its nanoseconds beyond them", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.TimeUnixNs % Second;
            return true;
        });
        TimeText(set, "evt.time", "time of day in UTC: 03:04:05.123456789", 11, 29);
        TimeText(set, "evt.time.s", "time of day in UTC: 03:04:05", 11, 19);
        TimeText(set, "evt.time.iso8601", "when: 2026-01-02T03:04:05.123456789Z", 0, 30);
        TimeText(set, "evt.datetime", "when: 2026-01-02 03:04:05.123456789", 0, 29);
        TimeText(set, "evt.datetime.s", "when: 2026-01-02 03:04:05", 0, 19);
    }

    /// <summary>A part of "2026-01-02T03:04:05.123456789Z".</summary>
    private static void TimeText(FieldSet set, string name, string summary, int from, int to)
    {
        bool hasBlank = from == 0 && name.StartsWith("evt.datetime", StringComparison.Ordinal);
        set.Built(name, summary, (in EventView e, FieldScratch s, Utf8Buffer buffer) =>
        {
            s.Path.Clear();
            s.Time.Append(s.Path, e.TimeUnixNs);
            ReadOnlySpan<byte> text = s.Path.Written[from..to];
            buffer.Append(hasBlank ? text[..10] : text);
            if (hasBlank)
            {
                buffer.Append((byte)' ');
                buffer.Append(text[11..]);
            }

            return true;
        });
    }

    private static void AddResult(FieldSet set)
    {
        set.Kinds = FieldCatalog.WithResult;
        int slot = FieldSlots.Next();
        BuildText error = (in EventView e, FieldScratch _, Utf8Buffer to) =>
        {
            to.AppendError((uint)-e.Record.Result!.Value);
            return true;
        };
        set.Text("evt.res", "SUCCESS, or the error's name: ENOENT", (in EventView e, FieldScratch s) =>
            e.Record.Result is not { } ? OfExec(e) : e.Record.HasFailed ? s.Get(slot, e, error) : "SUCCESS"u8, cost: 4);
        set.Number("evt.rawres", "what the call gave: 0 or more, or -errno", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Result ?? 0;
            return e.Record.Result is not null || !OfExec(e).IsEmpty;
        });
        set.Flag("evt.failed", "whether the call failed", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.HasFailed ? 1 : 0;
            return e.Record.Result is not null || !OfExec(e).IsEmpty;
        });
        set.Kinds = EventKindSet.Of(EventKind.SyscallCall, EventKind.TcpConnect, EventKind.DnsAnswer);
        set.Number("evt.latency", "from the call to its return, to the connection, from the query to the answer, in nanoseconds", (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Shape switch
            {
                RecordShape.SyscallCall => (long)e.Record.AsSyscallCall().Fields.LatencyNs,
                RecordShape.Tcp => (long)e.Record.AsTcp().Fields.LatencyNs,
                RecordShape.Dns => (long)e.LatencyNs,
                _ => 0,
            };
            return value > 0;
        }, FieldType.Time);
    }

    /// <summary>What is told when a program runs, or a process is made or over, has succeeded.</summary>
    private static ReadOnlySpan<byte> OfExec(in EventView e) =>
        e.Record.Shape is RecordShape.Exec or RecordShape.Fork or RecordShape.Exit ? "SUCCESS"u8 : FieldReader.Missing;

    private static void AddOpen(FieldSet set)
    {
        set.Kinds = FieldCatalog.AllKinds;
        OpenFlag(set, "evt.is_open_read", "whether a file was opened to be read", open => (open.OpenFlags & AccessMode) is ReadOnly or ReadWrite);
        OpenFlag(set, "evt.is_open_write", "whether a file was opened to be written", open => (open.OpenFlags & AccessMode) is WriteOnly or ReadWrite);
        OpenFlag(set, "evt.is_open_exec", "whether a file was made that may be executed", open => (open.OpenFlags & Creates) != 0 && (open.Mode & Executable) != 0);
        OpenFlag(set, "evt.is_open_create", "whether opening made the file", open => (open.FileFlags & FileTraits.Created) != 0);
    }

    private static void OpenFlag(FieldSet set, string name, string summary, Func<FileOpenLayout, bool> test) =>
        set.Flag(name, summary, (in EventView e, FieldScratch _, out long value) =>
        {
            value = e.Record.Shape == RecordShape.FileOpen && test(e.Record.AsFileOpen().Fields) ? 1 : 0;
            return true;
        }, kind => kind == EventKind.FileOpen ? null : 0);

    private static ulong Count(in EventView e) => e.Record.Shape switch
    {
        RecordShape.Syscall => e.Record.AsSyscall().Fields.Count,
        RecordShape.Security when e.Kind is EventKind.SecurityCapability or EventKind.SecurityIoUringOp => e.Record.AsSecurity().Fields.Count,
        RecordShape.Signal => e.Record.AsSignal().Fields.Count,
        _ => 1,
    };

    private static ReadOnlySpan<byte> Category(EventKind kind)
    {
        ReadOnlySpan<byte> name = KindNames[EventTypes.Slot(kind)];
        int end = name.IndexOf((byte)'.');
        return end < 0 ? name : name[..end];
    }

    private static byte[][] MakeKindNames()
    {
        byte[][] names = new byte[EventTypes.Slots][];
        Array.Fill(names, "unknown"u8.ToArray());
        foreach (EventKind kind in EventKinds.All)
        {
            names[EventTypes.Slot(kind)] = Encoding.UTF8.GetBytes(EventKinds.Name(kind));
        }

        return names;
    }
}
