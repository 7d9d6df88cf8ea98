namespace Eunomia.Core;

/// <summary>
/// Sequence numbers count every offered record of a CPU, so between the first and the last one seen as many are missing
/// as were lost; whatever comes late is no matter.
/// </summary>
internal sealed class SequenceProof
{
    private Range[] _cpus = [];
    private long _missing;
    private long _repeated;

    private struct Range
    {
        internal ulong First;
        internal ulong Last;
        internal ulong Count;

        internal readonly long Missing => Count == 0 ? 0 : (long)(Last - First + 1 - Count);
    }

    /// <summary>
    /// Missing on all CPUs and in all streams. Negative when some came twice, be it by a wrong CPU: that many, whatever is missing
    /// elsewhere.
    /// </summary>
    internal long Missing
    {
        get
        {
            (long missing, long repeated) = Count();
            return repeated > 0 ? -repeated : missing;
        }
    }

    internal void Add(ushort cpu, ulong sequence)
    {
        if (cpu >= _cpus.Length)
        {
            Array.Resize(ref _cpus, Math.Max(cpu + 1, _cpus.Length * 2));
        }

        ref Range range = ref _cpus[cpu];
        range.First = range.Count == 0 ? sequence : Math.Min(range.First, sequence);
        range.Last = Math.Max(range.Last, sequence);
        range.Count++;
    }

    /// <summary>The stream ended; the numbers of the next one are unrelated.</summary>
    internal void End()
    {
        (_missing, _repeated) = Count();
        Array.Clear(_cpus);
    }

    private (long Missing, long Repeated) Count()
    {
        (long missing, long repeated) = (_missing, _repeated);
        foreach (ref readonly Range range in _cpus.AsSpan())
        {
            missing += Math.Max(0, range.Missing);
            repeated += Math.Max(0, -range.Missing);
        }

        return (missing, repeated);
    }
}
