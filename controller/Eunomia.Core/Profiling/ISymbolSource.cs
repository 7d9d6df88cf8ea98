using Eunomia.Core.Processes;

namespace Eunomia.Core.Profiling;

/// <summary>Whoever can tell what stands at an address.</summary>
public interface ISymbolSource
{
    /// <summary>The most addresses of one question.</summary>
    const int MostAddresses = 512;

    /// <summary>What stands at these addresses, in their order; empty when the process is gone.</summary>
    /// <param name="process">Whose; default is the kernel.</param>
    /// <param name="addresses">At most <see cref="MostAddresses"/>.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<IReadOnlyList<Symbol>> ResolveSymbolsAsync(ProcessKey process, IReadOnlyList<ulong> addresses, CancellationToken cancel);
}
