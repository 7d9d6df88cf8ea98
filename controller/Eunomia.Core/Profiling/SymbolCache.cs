using Eunomia.Core.Processes;

namespace Eunomia.Core.Profiling;

/// <summary>
/// What stands at the addresses of a profile. A process may be gone a moment later, so its first addresses are asked for at
/// once, in the background; whoever asks never waits. Each question costs the machine milliseconds, so a process that lives on
/// is asked about less and less often, down to once a second. Bounded: what finds no room stays unknown, and when half is used up a
/// process finds none beyond a sixteenth. All but the innermost addresses of a stack are where calls return to, and what called
/// is in front of that.
/// </summary>
/// <param name="capacity">The most addresses.</param>
/// <param name="time">The clock, or null for the machine's.</param>
public sealed class SymbolCache(int capacity = 131_072, TimeProvider? time = null) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private static readonly Symbol Unknown = new(null, "", 0);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<(int Process, ulong Address), Symbol?> _known = [];
    private readonly Dictionary<int, int> _shares = [];
    private readonly Dictionary<int, FunctionRanges> _functions = [];
    private readonly HashSet<string> _texts = [];
    private readonly Dictionary<int, (ProcessKey Key, Queue<ulong> Addresses)> _waiting = [];
    private readonly PriorityQueue<int, long> _due = new();
    private readonly Dictionary<int, (long At, TimeSpan Pause)> _lastAsked = [];
    private TaskCompletionSource _hurry = new();
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
            if (_waiting.Count > 0 && _asking.IsCompleted)
            {
                _asking = Task.Run(() => AskAsync(source));
            }
        }
    }

    /// <summary>What is known of a frame of the kernel (process null) or of a process; null when nothing is.</summary>
    /// <param name="process">Whose.</param>
    /// <param name="stack">Innermost first.</param>
    /// <param name="frame">Which of them.</param>
    public Symbol? Find(ProfiledProcess? process, IReadOnlyList<ulong> stack, int frame)
    {
        ulong asked = Asked(stack, frame);
        lock (_lock)
        {
            return _known.GetValueOrDefault((process?.Id ?? 0, asked)) is { } symbol
                ? symbol with { Offset = symbol.Offset + (stack[frame] - asked) }
                : null;
        }
    }

    /// <summary>Forgets all, should more than half of the room be used up.</summary>
    public void ForgetIfCrowded()
    {
        lock (_lock)
        {
            if (_known.Count > capacity / 2 && _waiting.Count == 0)
            {
                _known.Clear();
                _shares.Clear();
                _functions.Clear();
                _texts.Clear();
                _lastAsked.Clear();
            }
        }
    }

    /// <summary>Whether all that was asked for is answered.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock)
            {
                return _asking.IsCompleted;
            }
        }
    }

    /// <summary>Asks without a pause until all is answered.</summary>
    public void Hurry()
    {
        lock (_lock)
        {
            _hurry.TrySetResult();
        }
    }

    /// <summary>Waits until all questions are answered, but not for ever.</summary>
    public async Task WhenIdleAsync(TimeSpan most)
    {
        Task asking;
        lock (_lock)
        {
            _hurry.TrySetResult();
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

    private static ulong Asked(IReadOnlyList<ulong> stack, int frame) =>
        frame > 0 && stack[frame] > 0 ? stack[frame] - 1 : stack[frame];

    // The kernel is everybody's.
    private bool HasRoom(int id) => _known.Count < capacity
        && (id == 0 || _known.Count < capacity / 2 || _shares.GetValueOrDefault(id) < Math.Max(1, capacity / 16));

    private void Add(int id, ProcessKey key, IReadOnlyList<ulong> addresses)
    {
        for (int frame = 0; frame < addresses.Count; frame++)
        {
            ulong address = Asked(addresses, frame);
            if (!HasRoom(id) || !_known.TryAdd((id, address), null))
            {
                continue;
            }

            _shares[id] = _shares.GetValueOrDefault(id) + 1;
            if (_functions.GetValueOrDefault(id)?.Find(address) is { } symbol)
            {
                _known[(id, address)] = symbol;
                continue;
            }


            if (!_waiting.TryGetValue(id, out (ProcessKey, Queue<ulong> Addresses) waiting))
            {
                _waiting[id] = waiting = (key, []);
                _due.Enqueue(id, DueAt(id));
            }

            waiting.Addresses.Enqueue(address);
        }
    }

    private long DueAt(int id) =>
        _lastAsked.TryGetValue(id, out (long At, TimeSpan Pause) last) ? last.At + (long)(last.Pause.TotalSeconds * _time.TimestampFrequency) : 0;

    private async Task AskAsync(ISymbolSource source)
    {
        while (NextPause() is { } pause)
        {
            if (pause.Length > TimeSpan.Zero)
            {
                await Task.WhenAny(Task.Delay(pause.Length, _time, _over.Token), pause.Hurry).ConfigureAwait(false);
            }

            if (_over.IsCancellationRequested)
            {
                return;
            }

            (int process, ProcessKey key, List<ulong> addresses) = TakeQuestion();
            try
            {
                IReadOnlyList<Symbol> symbols = await source.ResolveSymbolsAsync(key, addresses, _over.Token).ConfigureAwait(false);
                Keep(process, addresses, symbols);
            }
#pragma warning disable CA1031 // whatever the source suffers, a name that is missing is no reason to end
            catch (Exception)
#pragma warning restore CA1031
            {
                Forget(process, addresses);
            }
        }
    }

    /// <summary>How long until the next question is due, if nobody is in a hurry; null when there is none.</summary>
    private (TimeSpan Length, Task Hurry)? NextPause()
    {
        lock (_lock)
        {
            if (!_due.TryPeek(out _, out long due))
            {
                _asking = Task.CompletedTask; // who asks from now on starts anew
                _hurry = new TaskCompletionSource();
                return null;
            }

            return (due == 0 || _hurry.Task.IsCompleted ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), due), _hurry.Task);
        }
    }

    private (int Process, ProcessKey Key, List<ulong> Addresses) TakeQuestion()
    {
        lock (_lock)
        {
            int id = _due.Dequeue();
            (ProcessKey key, Queue<ulong> waiting) = _waiting[id];
            List<ulong> addresses = [];
            while (addresses.Count < ISymbolSource.MostAddresses && waiting.TryDequeue(out ulong address))
            {
                addresses.Add(address);
            }

            TimeSpan pause = _lastAsked.TryGetValue(id, out (long, TimeSpan Pause) last) ? last.Pause * 2 : FirstPause;
            _lastAsked[id] = (_time.GetTimestamp(), pause < LongestPause ? pause : LongestPause);
            if (waiting.Count > 0)
            {
                _due.Enqueue(id, 0);
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
            if (!_functions.TryGetValue(process, out FunctionRanges? functions))
            {
                _functions[process] = functions = new FunctionRanges();
            }

            for (int i = 0; i < addresses.Count; i++)
            {
                Symbol symbol = i < symbols.Count ? Shared(symbols[i]) : Unknown;
                _known[(process, addresses[i])] = symbol;
                functions.Add(addresses[i], symbol);
            }
        }
    }

    /// <summary>Nobody answered: the next sample asks again.</summary>
    private void Forget(int process, List<ulong> addresses)
    {
        lock (_lock)
        {
            foreach (ulong address in addresses)
            {
                if (_known.Remove((process, address)))
                {
                    _shares[process]--;
                }
            }
        }
    }

    // Many addresses are of one function, and more of one file.
    private Symbol Shared(Symbol symbol) => symbol with { Function = Shared(symbol.Function), Module = Shared(symbol.Module)! };

    private string? Shared(string? text)
    {
        if (text is null || _texts.Add(text))
        {
            return text;
        }

        _texts.TryGetValue(text, out string? known);
        return known;
    }
}
