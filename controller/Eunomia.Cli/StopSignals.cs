using System.Diagnostics;
using System.Runtime.InteropServices;
using Eunomia.Cli.Native;

namespace Eunomia.Cli;

/// <summary>
/// Turns the first SIGINT, SIGTERM or SIGHUP into a token. A second one has its usual effect, which is to end the
/// program at once; but not one that follows at once: whoever signals the process group reaches us twice, once by the
/// supervisor.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable[] _registrations;
    private long _toldAt;
    private Action? _hangup;
    private int _terminal = -1;

    public StopSignals() => _registrations =
    [
        Signals.Register(PosixSignal.SIGINT, OnSignal),
        Signals.Register(PosixSignal.SIGTERM, OnSignal),
        Signals.Register(PosixSignal.SIGHUP, OnHangup),
    ];

    public CancellationToken Token => _stop.Token;

    /// <summary>
    /// From now on SIGHUP has this done, one after another; until disposed. But when the terminal that we were started on is gone,
    /// it means the end as ever.
    /// </summary>
    public IDisposable OnHangup(Action action)
    {
        var turn = new Lock();
        _terminal = Array.FindIndex([0, 1, 2], descriptor => Libc.IsTerminal(descriptor) != 0);
        Volatile.Write(ref _hangup, () =>
        {
            lock (turn)
            {
                action();
            }
        });
        return new Registration(this);
    }

    public void Dispose()
    {
        foreach (IDisposable registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private bool OnHangup()
    {
        Action? hangup = Volatile.Read(ref _hangup);
        if (hangup is null || (_terminal >= 0 && Libc.IsTerminal(_terminal) == 0))
        {
            return OnSignal();
        }
        ThreadPool.UnsafeQueueUserWorkItem(static action => action(), hangup, preferLocal: false);
        return true;
    }

    // Cancelling runs what waits for it, which may take a while: not on the thread that signals come on.
    private bool OnSignal()
    {
        long toldAt = Interlocked.CompareExchange(ref _toldAt, Stopwatch.GetTimestamp(), 0);
        if (toldAt == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static stop => stop.Cancel(), _stop, preferLocal: false);
        }
        return toldAt == 0 || Stopwatch.GetElapsedTime(toldAt) < Echo;
    }

    private sealed class Registration(StopSignals signals) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref signals._hangup, null);
    }
}
