using System.Diagnostics.CodeAnalysis;
using System.Text;
using Eunomia.Core.Accounts;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Rules.Fields;

/// <summary>Writes a text; false when the event has none.</summary>
internal delegate bool BuildText(in EventView e, FieldScratch s, Utf8Buffer to);

/// <summary>
/// What one engine works with: texts that had to be built for the current event, its ancestors as far as somebody asked, and
/// results of conditions that several rules have. Made once, used for every event, on one thread.
/// </summary>
internal sealed class FieldScratch(string hostname, IAccountNames? accounts)
{
    private const int MaxAncestors = 64;
    private const int MaxDepth = 8;
    private const int MaxTerminals = 1024;
    private readonly Utf8Buffer _built = new();
    private readonly Utf8Buffer[] _work = [.. Enumerable.Range(0, MaxDepth).Select(_ => new Utf8Buffer())];
    private readonly Dictionary<uint, string?> _terminals = [];
    private readonly Ancestor[] _ancestors = new Ancestor[MaxAncestors];
    private readonly Process?[] _living = new Process?[MaxAncestors];
    private Slot[] _slots = new Slot[FieldSlots.Count];
    private int _depth;
    private int _known;
    private bool _hasAll;

    /// <summary>Host name, UTF-8.</summary>
    internal byte[] Hostname { get; } = Encoding.UTF8.GetBytes(hostname);

    /// <summary>Names of users and groups; null: none are known.</summary>
    internal IAccountNames? Accounts { get; } = accounts;

    /// <summary>The number of the event, from 1.</summary>
    internal long Number { get; private set; }

    /// <summary>What functions make of texts, until the next event.</summary>
    internal Utf8Buffer Changed { get; } = new();

    /// <summary>Times as text.</summary>
    internal Timestamp Time { get; } = new();

    /// <summary>For a path by its text.</summary>
    internal Utf8Buffer Path { get; } = new();

    /// <summary>A terminal below /dev; null without one.</summary>
    internal string? TerminalName(uint device)
    {
        if (!_terminals.TryGetValue(device, out string? name))
        {
            if (_terminals.Count >= MaxTerminals)
            {
                _terminals.Clear();
            }

            _terminals[device] = name = LinuxNames.Terminal(device);
        }

        return name;
    }

    /// <summary>Forgets the event before.</summary>
    internal void Begin()
    {
        Number++;
        _built.Clear();
        Changed.Clear();
        (_known, _hasAll) = (0, false);
    }

    /// <summary>A text that is built when it is asked for first.</summary>
    internal ReadOnlySpan<byte> Get(int slot, in EventView e, BuildText build)
    {
        if (slot >= _slots.Length)
        {
            Array.Resize(ref _slots, Math.Max(slot + 1, FieldSlots.Count));
        }

        if (_slots[slot].Event != Number)
        {
            Slot built = Build(e, build);
            _slots[slot] = built; // only now: what it is built of may need more slots
        }

        Slot known = _slots[slot];

        return known.Length < 0 ? FieldReader.Missing : FieldReader.OrEmpty(_built.Written.Slice(known.Start, known.Length));
    }

    /// <summary>A text that is built each time.</summary>
    internal ReadOnlySpan<byte> Make(in EventView e, BuildText build)
    {
        Slot made = Build(e, build);
        return made.Length < 0 ? FieldReader.Missing : FieldReader.OrEmpty(_built.Written.Slice(made.Start, made.Length));
    }

    /// <summary>Results of conditions that are asked for more than once: the event's number and the answer.</summary>
    internal long[] Answers { get; set; } = [];

    /// <summary>The process, or one above it: 1 is the parent.</summary>
    internal bool TryGetAncestor(in EventView e, int depth, out Ancestor ancestor)
    {
        while (_known <= depth && !_hasAll)
        {
            _hasAll = _known == MaxAncestors || !ReadNext(e);
        }

        ancestor = depth < _known ? _ancestors[depth] : default;
        return depth < _known;
    }

    /// <summary>Likewise, up to the container's init: what is above it runs on the host and did not do it.</summary>
    internal bool TryGetAncestorWithin(in EventView e, int depth, out Ancestor ancestor) =>
        TryGetAncestor(e, depth, out ancestor)
        && (e.Container is not { } container || _living[depth] is not { } living || ReferenceEquals(living.Container, container));

    /// <summary>The same as the table has it; null when it is not there any more.</summary>
    internal Process? FindLiving(in EventView e, int depth) => TryGetAncestor(e, depth, out _) ? _living[depth] : null;

    /// <summary>Another process, by its number in the host's pid namespace.</summary>
    internal static bool TryFind(in EventView e, uint pid, [NotNullWhen(true)] out Process? process)
    {
        process = null;
        return pid != 0 && e.Processes is { } table && table.TryGetLatest(pid, out process);
    }

    /// <summary>One text may be built of others: each level writes to a buffer of its own.</summary>
    private Slot Build(in EventView e, BuildText build)
    {
        Utf8Buffer work = _work[_depth++];
        work.Clear();
        bool has = build(e, this, work);
        _depth--;
        int start = _built.Length;
        _built.Append(has ? work.Written : default);
        return new Slot(Number, start, has ? work.Length : -1);
    }

    private bool ReadNext(in EventView e)
    {
        if (_known == 0)
        {
            return ReadSelf(e);
        }

        if (e.Processes is not { } table)
        {
            if (_known > e.Ancestors.Length)
            {
                return false;
            }

            (_ancestors[_known], _living[_known]) = (e.Ancestors[_known - 1], null);
            _known++;
            return true;
        }

        Process? child = _living[_known - 1];
        Process? parent = null;
        bool isKnown = child is not null && table.TryGetParent(child, out parent);
        if (!isKnown && _known == 1 && e.Record.Header.Ppid != 0)
        {
            table.TryGetLatest(e.Record.Header.Ppid, out parent);
        }

        if (parent is null)
        {
            return false;
        }

        (_ancestors[_known], _living[_known]) = (new Ancestor(parent.Key, parent.Image), parent);
        _known++;
        return true;
    }

    private bool ReadSelf(in EventView e)
    {
        if (!e.HasProcess)
        {
            return false;
        }

        ref readonly RecordHeader header = ref e.Record.Header;
        var key = new ProcessKey(header.Tgid, header.StartNs);
        Process? process = null;
        e.Processes?.TryGet(key, out process);
        (_ancestors[0], _living[0]) = (new Ancestor(key, e.Image), process);
        _known = 1;
        return true;
    }

    private readonly record struct Slot(long Event, int Start, int Length);
}

/// <summary>Numbers of texts that are built; each has one, for ever.</summary>
internal static class FieldSlots
{
    private static int _count;

    /// <summary>How many there are.</summary>
    internal static int Count => Volatile.Read(ref _count);

    /// <summary>A new one.</summary>
    internal static int Next() => Interlocked.Increment(ref _count) - 1;
}
