using Eunomia.Core.Processes;
using Eunomia.Core.Profiling;

namespace Eunomia.TestKit;

/// <summary>Knows some addresses; remembers what it was asked.</summary>
public sealed class FakeSymbols : Dictionary<ulong, Symbol>, ISymbolSource
{
    public List<(ProcessKey Process, int Addresses)> Asked { get; } = [];

    public bool IsGone { get; set; }

    public Task<IReadOnlyList<Symbol>> ResolveSymbolsAsync(ProcessKey process, IReadOnlyList<ulong> addresses, CancellationToken cancel)
    {
        Asked.Add((process, addresses.Count));
        return Task.FromResult<IReadOnlyList<Symbol>>(
            IsGone ? [] : [.. addresses.Select(address => this.GetValueOrDefault(address, new Symbol(null, "", 0)))]);
    }
}
