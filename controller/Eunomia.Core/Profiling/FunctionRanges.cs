namespace Eunomia.Core.Profiling;

/// <summary>
/// What is known of where functions are: an address between a function's start and another one that is in it needs no
/// question.
/// </summary>
internal sealed class FunctionRanges
{
    private readonly List<ulong> _starts = [];
    private readonly List<(ulong Last, Symbol Symbol)> _ranges = [];

    /// <summary>Learns from an answer; what has no function tells nothing.</summary>
    internal void Add(ulong address, in Symbol symbol)
    {
        if (string.IsNullOrEmpty(symbol.Function) || symbol.Offset > address)
        {
            return;
        }

        ulong start = address - symbol.Offset;
        int at = _starts.BinarySearch(start);
        if (at < 0)
        {
            _starts.Insert(~at, start);
            _ranges.Insert(~at, (address, symbol));
        }
        else if (_ranges[at].Last < address)
        {
            _ranges[at] = (address, symbol);
        }
    }

    /// <summary>What stands at an address, if that is known without asking.</summary>
    internal Symbol? Find(ulong address)
    {
        int at = _starts.BinarySearch(address);
        at = at < 0 ? ~at - 1 : at;
        return at >= 0 && address <= _ranges[at].Last
            ? _ranges[at].Symbol with { Offset = address - _starts[at] }
            : null;
    }
}
