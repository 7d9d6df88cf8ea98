using System.Collections.Frozen;

namespace Eunomia.Core.Rules.Engine;

/// <summary>What is asked of a number.</summary>
internal abstract class NumberPredicate
{
    internal abstract bool Matches(long value);
}

/// <summary>Is it this one, or not?</summary>
internal sealed class SameNumber(long number, bool isWanted) : NumberPredicate
{
    internal override bool Matches(long value) => (value == number) == isWanted;
}

/// <summary>Is it between these two, or one of them?</summary>
internal sealed class NumberRange(long low, long high) : NumberPredicate
{
    internal override bool Matches(long value) => value >= low && value <= high;
}

/// <summary>Is it among these?</summary>
internal sealed class NumberSet(FrozenSet<long> numbers) : NumberPredicate
{
    internal override bool Matches(long value) => numbers.Contains(value);
}

/// <summary>It never is.</summary>
internal sealed class NoNumber : NumberPredicate
{
    internal override bool Matches(long value) => false;
}
