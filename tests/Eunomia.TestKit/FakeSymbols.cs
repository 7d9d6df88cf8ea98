using Eunomia.Core.Processes;
using Eunomia.Core.Profiling;

namespace Eunomia.TestKit;

/// <summary>Knows some addresses, and the calls that return to them; remembers what it was asked.</summary>
public sealed class FakeSymbols : Dictionary<ulong, Symbol>, ISymbolSource
{
    public List<(ProcessKey Process, int Addresses)> Asked { get; } = [];

    public bool IsGone { get; set; }

    public bool Fails { get; set; }

    public Task<IReadOnlyList<Symbol>> ResolveSymbolsAsync(ProcessKey process, IReadOnlyList<ulong> addresses, CancellationToken cancel)
    {
        Asked.Add((process, addresses.Count));
        if (Fails)
        {
            throw new InvalidOperationException("nobody answers");
        }
        return Task.FromResult<IReadOnlyList<Symbol>>(
            IsGone ? [] : [.. addresses.Select(Name)]);
    }

    private Symbol Name(ulong address) => TryGetValue(address, out Symbol known) ? known
        : TryGetValue(address + 1, out Symbol returned) ? returned with { Offset = returned.Offset - 1 }
        : new Symbol(null, "", 0);
}
