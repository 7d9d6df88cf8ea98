using System.Runtime.InteropServices;
using Eunomia.Cli.Native;

namespace Eunomia.Cli;

/// <summary>
/// Turns the first SIGINT, SIGTERM or SIGHUP into a token. A second one has its usual effect, which is to end the
/// program at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable[] _registrations;
    private bool _told;

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
        bool first = !Interlocked.Exchange(ref _told, true);
        if (first)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static stop => stop.Cancel(), _stop, preferLocal: false);
        }
        return first;
    }
}
