using System.Runtime.CompilerServices;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>A compiled condition. Immutable once its set is compiled; answers that are shared stand in the scratch.</summary>
internal abstract class Node
{
    /// <summary>Its number in the pool that made it.</summary>
    internal int Id { get; set; }

    /// <summary>Where its answer is kept for the rest of the event; -1: nowhere.</summary>
    internal int Answer { get; set; } = -1;

    /// <summary>What asking costs, in nanoseconds or so.</summary>
    internal abstract int Cost { get; }

    /// <summary>Whether it holds for the event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Test(in EventView e, FieldScratch s) => Answer < 0 ? Evaluate(e, s) : TestOnce(e, s);

    /// <summary>What it always is for events of a kind; null: that depends.</summary>
    internal virtual bool? Decide(EventKind kind) => null;

    protected abstract bool Evaluate(in EventView e, FieldScratch s);

    private bool TestOnce(in EventView e, FieldScratch s)
    {
        ref long known = ref s.Answers[Answer];
        if (known >> 1 != s.Number)
        {
            bool answer = Evaluate(e, s);
            known = (s.Number << 1) | (answer ? 1L : 0);
        }

        return (known & 1) != 0;
    }
}

/// <summary>It always is so.</summary>
internal sealed class ConstantNode(bool value) : Node
{
    internal bool Value => value;

    internal override int Cost => 0;

    internal override bool? Decide(EventKind kind) => value;

    protected override bool Evaluate(in EventView e, FieldScratch s) => value;
}

/// <summary>All of them, the cheapest first.</summary>
internal sealed class AndNode(Node[] parts) : Node
{
    private readonly Node[] _parts = [.. parts.OrderBy(part => part.Cost)];

    internal Node[] Parts => _parts;

    internal override int Cost { get; } = 1 + (parts.Sum(part => part.Cost) / 2);

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        foreach (Node part in _parts)
        {
            if (!part.Test(e, s))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Any of them, the cheapest first.</summary>
internal sealed class OrNode(Node[] parts) : Node
{
    private readonly Node[] _parts = [.. parts.OrderBy(part => part.Cost)];

    internal Node[] Parts => _parts;

    internal override int Cost { get; } = 1 + parts.Sum(part => part.Cost);

    protected override bool Evaluate(in EventView e, FieldScratch s)
    {
        foreach (Node part in _parts)
        {
            if (part.Test(e, s))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Not that.</summary>
internal sealed class NotNode(Node part) : Node
{
    internal Node Part => part;

    internal override int Cost => part.Cost + 1;

    protected override bool Evaluate(in EventView e, FieldScratch s) => !part.Test(e, s);
}
