using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Syscalls;

namespace Eunomia.Controller.Ingest;

/// <summary>What somebody wants of the kernel.</summary>
/// <param name="Kinds">Kinds of events.</param>
/// <param name="Syscalls">Of system calls, if those are among the kinds: which.</param>
public sealed record Demand(EventKindSet Kinds, SyscallSelection Syscalls)
{
    private static readonly EventKindSet Calls = EventKinds.SyscallTracker.With(EventKind.SyscallCall);

    /// <summary>Nothing but what attribution hangs on, which is always on, and what is derived from that.</summary>
    public static Demand Least { get; } = new(EventKinds.ProcessTracker.Union(EventKinds.Common), SyscallSelection.Everything);

    private bool HasCalls => !Kinds.Intersect(Calls).IsEmpty;

    /// <summary>Variables of the environment that execs carry.</summary>
    public ValueList<string> Variables { get; init; } = [];

    /// <summary>This and the other together.</summary>
    public Demand Union(Demand other)
    {
        ArgumentNullException.ThrowIfNull(other);
        SyscallSelection calls = !HasCalls ? other.Syscalls : !other.HasCalls ? Syscalls : Syscalls.Union(other.Syscalls);
        return new Demand(Kinds.Union(other.Kinds), calls) { Variables = [.. Variables.Union(other.Variables)] };
    }

    /// <summary>Whether who has this has the other, too.</summary>
    public bool Covers(Demand other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.Kinds.Except(Kinds).IsEmpty && other.Variables.All(Variables.Contains) && (!other.HasCalls || CoversCalls(other.Syscalls));
    }

    private bool CoversCalls(SyscallSelection other) =>
        Syscalls.IsEverything || (!other.IsEverything && other.Names.All(Syscalls.Names.Contains));
}

/// <summary>
/// What is asked of the kernel now: grows and shrinks while a session runs. What is more than was attached has the session
/// attach anew; what is less is taken out of the kernel's filter.
/// </summary>
public sealed class SubscriptionDemand
{
    private readonly Lock _lock = new();
    private readonly List<(Demand Wanted, TaskCompletionSource Source)> _waiting = [];
    private Demand? _applied;

    /// <summary>What is wanted now.</summary>
    public Demand Wanted
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }

        private set;
    } = Demand.Least;

    /// <summary>Raised behind each change.</summary>
    internal event Action? Changed;

    /// <summary>From now on this is wanted.</summary>
    public void Set(Demand wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        lock (_lock)
        {
            Wanted = wanted.Union(Demand.Least);
        }
        Changed?.Invoke();
    }

    /// <summary>Completes when so much is attached, and what already ran is known.</summary>
    public async Task WhenAttachedAsync(Demand wanted, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_applied?.Covers(wanted) == true)
            {
                return;
            }
            _waiting.Add((wanted, source));
        }
        try
        {
            await source.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.RemoveAll(entry => entry.Source == source);
            }
        }
    }

    /// <summary>This is attached now; null for nothing.</summary>
    internal void NoteAttached(Demand? applied)
    {
        lock (_lock)
        {
            _applied = applied;
            foreach ((Demand wanted, TaskCompletionSource source) in _waiting)
            {
                if (applied?.Covers(wanted) == true)
                {
                    source.TrySetResult();
                }
            }
        }
    }
}
