using Eunomia.Core.Processes;

namespace Eunomia.Core.Profiling;

/// <summary>
/// What stands at the addresses of a profile. A process may be gone a moment later, so new addresses are asked for at once,
/// in the background; whoever asks never waits. Bounded: what finds no room stays unknown.
/// </summary>
/// <param name="capacity">The most addresses.</param>
public sealed class SymbolCache(int capacity = 131_072) : IDisposable
{
    private static readonly Symbol Unknown = new(null, "", 0);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<(int Process, ulong Address), Symbol?> _known = [];
    private readonly Dictionary<int, (ProcessKey Key, Queue<ulong> Addresses)> _waiting = [];
    private readonly Queue<int> _order = [];
    private Task _asking = Task.CompletedTask;

    /// <summary>Who is asked; without one everything stays unknown.</summary>
    public ISymbolSource? Source { get; set; }

    /// <summary>Asks for what is not known yet of a stack.</summary>
    public void Ask(StackSamples stack)
    {
        ArgumentNullException.ThrowIfNull(stack);
        if (Source is not { } source)
        {
            return;
        }

        lock (_lock)
        {
            Add(0, default, stack.Kernel);
            Add(stack.Process.Id, stack.Process.Key, stack.User);
            if (_order.Count > 0 && _asking.IsCompleted)
            {
                _asking = Task.Run(() => AskAsync(source));
            }
        }
    }

    /// <summary>What is known of an address of the kernel (process null) or of a process; null when nothing is.</summary>
    public Symbol? Find(ProfiledProcess? process, ulong address)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault((process?.Id ?? 0, address));
        }
    }

    /// <summary>Waits until all questions are answered, but not for ever.</summary>
    public async Task WhenIdleAsync(TimeSpan most)
    {
        Task asking;
        lock (_lock)
        {
            asking = _asking;
        }

        await asking.WaitAsync(most).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Asks nothing more.</summary>
    public void Dispose()
    {
        _over.Cancel();
        _over.Dispose();
    }

    private void Add(int id, ProcessKey key, IReadOnlyList<ulong> addresses)
    {
        foreach (ulong address in addresses)
        {
            if (_known.Count >= capacity || !_known.TryAdd((id, address), null))
            {
                continue;
            }

            if (!_waiting.TryGetValue(id, out (ProcessKey, Queue<ulong> Addresses) waiting))
            {
                _waiting[id] = waiting = (key, []);
                _order.Enqueue(id);
            }

            waiting.Addresses.Enqueue(address);
        }
    }

    private async Task AskAsync(ISymbolSource source)
    {
        while (TakeQuestion() is { } question)
        {
            IReadOnlyList<Symbol> symbols = [];
            try
            {
                symbols = await source.ResolveSymbolsAsync(question.Key, question.Addresses, _over.Token).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // whatever the source suffers, a name that is missing is no reason to end
            catch (Exception)
#pragma warning restore CA1031
            {
                // nobody knows
            }

            Keep(question.Process, question.Addresses, symbols);
        }
    }

    private (int Process, ProcessKey Key, List<ulong> Addresses)? TakeQuestion()
    {
        lock (_lock)
        {
            if (!_order.TryDequeue(out int id))
            {
                _asking = Task.CompletedTask; // who asks from now on starts anew
                return null;
            }

            (ProcessKey key, Queue<ulong> waiting) = _waiting[id];
            List<ulong> addresses = [];
            while (addresses.Count < ISymbolSource.MostAddresses && waiting.TryDequeue(out ulong address))
            {
                addresses.Add(address);
            }

            if (waiting.Count > 0)
            {
                _order.Enqueue(id);
            }
            else
            {
                _waiting.Remove(id);
            }

            return (id, key, addresses);
        }
    }

    private void Keep(int process, List<ulong> addresses, IReadOnlyList<Symbol> symbols)
    {
        lock (_lock)
        {
            for (int i = 0; i < addresses.Count; i++)
            {
                _known[(process, addresses[i])] = i < symbols.Count ? symbols[i] : Unknown;
            }
        }
    }
}
