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

    public StopSignals() => _registrations =
    [
        Signals.Register(PosixSignal.SIGINT, OnSignal),
        Signals.Register(PosixSignal.SIGTERM, OnSignal),
        Signals.Register(PosixSignal.SIGHUP, OnSignal),
    ];

    public CancellationToken Token => _stop.Token;

    public void Dispose()
    {
        foreach (IDisposable registration in _registrations)
        {
            registration.Dispose();
        }
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
}
