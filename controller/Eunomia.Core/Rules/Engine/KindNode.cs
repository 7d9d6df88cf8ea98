using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>A comparison of <c>evt.kind</c>, which every kind decides.</summary>
internal sealed class KindNode(Node comparison) : Node
{
    internal override int Cost => comparison.Cost;

    /// <summary>Whether it asks for kinds, as opposed to asking that it be another.</summary>
    internal bool IsNaming { get; init; }

    internal override bool? Decide(EventKind kind) => comparison.Decide(kind);

    protected override bool Evaluate(in EventView e, FieldScratch s) => comparison.Test(e, s);
}
