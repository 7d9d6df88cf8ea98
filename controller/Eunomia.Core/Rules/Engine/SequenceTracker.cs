using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.Core.Processes;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Tells what to do when a rule fires.</summary>
internal delegate void RuleFired(CompiledRule rule, in EventView e);

/// <summary>
/// Follows sequences. What waits for a step is kept once for each sequence, step, doer and set of values that must be the
/// same, with the latest beginning. Bounded: of each sequence at most <see cref="MaxOpen"/> wait, and the one that began
/// first makes room. Time is that of the events.
/// </summary>
internal sealed class SequenceTracker(FieldScratch scratch, RuleFired fired)
{
    /// <summary>Most that wait of one sequence.</summary>
    internal const int MaxOpen = 4_096;

    /// <summary>Most bytes kept of values that must be the same; of longer ones a hash stands for the rest.</summary>
    private const int MaxSame = 512;
    private const ulong HashSeed = 0xcbf29ce484222325;
    private const ulong HashPrime = 0x100000001b3;
    private const int MaxAncestors = 64;
    private readonly Dictionary<Key, Open> _open = [];
    private readonly Dictionary<int, OpenList> _lists = [];
    private readonly Stack<Open> _free = new();
    private readonly Utf8Buffer _same = new();

    /// <summary>How many were given up to make room.</summary>
    internal long Evicted { get; private set; }

    /// <summary>How many wait.</summary>
    internal int Count => _open.Count;

    /// <summary>Forgets all that wait.</summary>
    internal void Restart()
    {
        foreach (OpenList list in _lists.Values)
        {
            while (list.First is { } first)
            {
                Close(first, list);
            }
        }

        _lists.Clear();
    }

    /// <param name="steps">Steps that the event may be, the last ones first, so that it takes no sequence two steps.</param>
    /// <param name="e">The event.</param>
    internal void OnEvent(SequenceStep[] steps, in EventView e)
    {
        foreach (SequenceStep step in steps)
        {
            if (step.Condition.Test(e, scratch) && TryReadSame(step.Sequence, e, out ulong same))
            {
                Take(step, same, e);
            }
        }
    }

    private void Take(in SequenceStep step, ulong same, in EventView e)
    {
        ulong now = e.Record.Header.TsNs;
        OpenList list = ListOf(step.Sequence.Index);
        Expire(list, step.Sequence, now);
        if (step.Number == 0)
        {
            if (TryGetDoer(step.Sequence, e, 0, out Doer doer))
            {
                Keep(new Key(step.Sequence.Index, 1, doer, same), list, now, now);
            }

            return;
        }

        if (Find(step, same, e, now) is not { } open)
        {
            return;
        }

        ulong began = open.BeganNs;
        Key key = open.Key;
        Close(open, list);
        if (step.Number == step.Sequence.Steps - 1)
        {
            fired(step.Sequence.Rule, e);
        }
        else
        {
            Keep(key with { Step = step.Number + 1 }, list, began, now);
        }
    }

    /// <summary>What waits for this step; in a tree it may have been begun by any process above.</summary>
    private Open? Find(in SequenceStep step, ulong same, in EventView e, ulong now)
    {
        int depths = step.Sequence.By == SequenceJoin.ProcessTree ? MaxAncestors : 1;
        for (int depth = 0; depth < depths && TryGetDoer(step.Sequence, e, depth, out Doer doer); depth++)
        {
            if (_open.TryGetValue(new Key(step.Sequence.Index, step.Number, doer, same), out Open? open)
                && open.LastNs <= now && now - open.BeganNs <= step.Sequence.WithinNs && open.IsSame(_same.Written))
            {
                return open;
            }
        }

        return null;
    }

    private bool TryGetDoer(SequenceProgram sequence, in EventView e, int depth, out Doer doer)
    {
        if (sequence.By == SequenceJoin.Container)
        {
            doer = new Doer(default, e.Container);
            return true;
        }

        bool isKnown = scratch.TryGetAncestor(e, depth, out Ancestor process);
        doer = new Doer(process.Key, null);
        return isKnown;
    }

    private void Keep(Key key, OpenList list, ulong beganNs, ulong nowNs)
    {
        if (_open.TryGetValue(key, out Open? known))
        {
            if (known.BeganNs > beganNs)
            {
                return; // began later, and so lasts longer
            }

            Close(known, list);
        }

        if (list.Count >= MaxOpen)
        {
            Close(list.First!, list);
            Evicted++;
        }

        Open open = _free.Count > 0 ? _free.Pop() : new Open();
        open.Fill(key, beganNs, nowNs, _same.Written);
        list.Add(open);
        _open[key] = open;
    }

    private void Close(Open open, OpenList list)
    {
        _open.Remove(open.Key);
        list.Remove(open);
        open.Clear();
        _free.Push(open);
    }

    /// <summary>Events of different CPUs are not quite in order: what is over only just may still be met.</summary>
    private void Expire(OpenList list, SequenceProgram sequence, ulong now)
    {
        const ulong Slack = 1_000_000_000;
        while (list.First is { } first && first.BeganNs + sequence.WithinNs + Slack < now)
        {
            Close(first, list);
        }
    }

    private OpenList ListOf(int sequence)
    {
        if (!_lists.TryGetValue(sequence, out OpenList? list))
        {
            _lists[sequence] = list = new OpenList();
        }

        return list;
    }

    /// <summary>The values that must be the same, one after the other; false when one is missing.</summary>
    private bool TryReadSame(SequenceProgram sequence, in EventView e, out ulong hash)
    {
        _same.Clear();
        hash = HashSeed;
        foreach (FieldReader field in sequence.Same)
        {
            if (!ValueText.TryAppend(field, e, scratch, _same))
            {
                return false;
            }

            _same.Append((byte)0);
        }

        foreach (byte b in _same.Written)
        {
            hash = (hash ^ b) * HashPrime;
        }

        _same.Truncate(MaxSame);
        return true;
    }

    private readonly record struct Doer(ProcessKey Process, Container? Container);

    private readonly record struct Key(int Sequence, int Step, Doer Doer, ulong Same);

    /// <summary>A begun sequence.</summary>
    private sealed class Open
    {
        private byte[] _same = [];
        private int _sameLength;

        internal Key Key { get; private set; }

        internal ulong BeganNs { get; private set; }

        internal ulong LastNs { get; private set; }

        internal Open? Previous { get; set; }

        internal Open? Next { get; set; }

        internal bool IsSame(ReadOnlySpan<byte> same) => same.SequenceEqual(_same.AsSpan(0, _sameLength));

        internal void Fill(Key key, ulong beganNs, ulong lastNs, ReadOnlySpan<byte> same)
        {
            (Key, BeganNs, LastNs, _sameLength) = (key, beganNs, lastNs, same.Length);
            if (_same.Length < same.Length)
            {
                _same = new byte[MaxSame];
            }

            same.CopyTo(_same);
        }

        internal void Clear() => (Key, Previous, Next) = (default, null, null);
    }

    /// <summary>Begun sequences in the order of their beginnings; one that began earlier is put where it belongs.</summary>
    private sealed class OpenList
    {
        private Open? _last;

        internal Open? First { get; private set; }

        internal int Count { get; private set; }

        internal void Add(Open open)
        {
            Open? before = _last;
            while (before is not null && before.BeganNs > open.BeganNs)
            {
                before = before.Previous;
            }

            (open.Previous, open.Next) = (before, before is null ? First : before.Next);
            Link(open, open, open);
            Count++;
        }

        internal void Remove(Open open)
        {
            Link(open, open.Next, open.Previous);
            Count--;
        }

        /// <summary>Makes the neighbours of a place lead to it, or past it.</summary>
        private void Link(Open place, Open? forPrevious, Open? forNext)
        {
            if (place.Previous is { } previous)
            {
                previous.Next = forPrevious;
            }
            else
            {
                First = forPrevious;
            }

            if (place.Next is { } next)
            {
                next.Previous = forNext;
            }
            else
            {
                _last = forNext;
            }
        }
    }
}
