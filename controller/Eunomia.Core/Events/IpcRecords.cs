using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>One process's end of a pipe, a socket, a queue, a set of semaphores or shared memory.</summary>
public readonly ref struct IpcRecord
{
    private readonly ref readonly IpcLayout _fixed;

    internal IpcRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<IpcLayout>(bytes);
        Name = bytes.Slice(Unsafe.SizeOf<IpcLayout>(), _fixed.NameLen);
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly IpcLayout Fields => ref _fixed;

    /// <summary>Path or name; an abstract socket's begins with NUL.</summary>
    public ReadOnlySpan<byte> Name { get; }

    internal static bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= Unsafe.SizeOf<IpcLayout>()
        && MemoryMarshal.AsRef<IpcLayout>(record).NameLen <= record.Length - Unsafe.SizeOf<IpcLayout>();
}

/// <summary>A signal, or many that were the same.</summary>
public readonly ref struct SignalRecord
{
    private readonly ref readonly SignalLayout _fixed;

    internal SignalRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<SignalLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly SignalLayout Fields => ref _fixed;
}
