using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Cli.Native;

/// <summary>
/// Signals as <see cref="PosixSignalRegistration"/> tells of them, but without a new thread for each: on a host that is out
/// of processes there is none to have, and the runtime then ends the program. Handlers run on the runtime's own thread for
/// signals and must not block.
/// </summary>
internal static unsafe partial class Signals
{
    private static readonly Lock Lock = new();
    private static Func<PosixSignal, bool>[] _handlers = [];

    /// <summary>Asks for a signal until disposed. A handler that returns false leaves the signal its usual effect.</summary>
    public static IDisposable Register(PosixSignal signal, Func<bool> handler)
    {
        Func<PosixSignal, bool> added = raised => raised == signal && handler();
        var enabled = PosixSignalRegistration.Create(signal, static _ => { });
        lock (Lock)
        {
            _handlers = [.. _handlers, added];
            SetHandler(&OnSignal);
        }
        return new Registration(enabled, added);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnSignal(int number, PosixSignal signal)
    {
        foreach (Func<PosixSignal, bool> handler in Volatile.Read(ref _handlers))
        {
            if (handler(signal))
            {
                return 1;
            }
        }
        return 0;
    }

    // What PosixSignalRegistration itself calls (src/native/libs/System.Native/pal_signal.h of the runtime): 1 = handled.
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_SetPosixSignalHandler")]
    private static partial void SetHandler(delegate* unmanaged[Cdecl]<int, PosixSignal, int> handler);

    private sealed class Registration(PosixSignalRegistration enabled, Func<PosixSignal, bool> handler) : IDisposable
    {
        public void Dispose()
        {
            enabled.Dispose();
            lock (Lock)
            {
                _handlers = Array.FindAll(_handlers, other => other != handler);
            }
        }
    }
}
