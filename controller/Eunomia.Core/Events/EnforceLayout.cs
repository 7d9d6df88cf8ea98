using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>What can be stopped (<c>enum eu_enforce_operation</c>).</summary>
public enum EnforceOperation
{
    /// <summary>Unknown.</summary>
    None = 0,

    /// <summary>A program is executed.</summary>
    Exec = 1,

    /// <summary>A file is opened for reading.</summary>
    OpenRead = 2,

    /// <summary>A file is opened for writing.</summary>
    OpenWrite = 3,

    /// <summary>A TCP or UDP socket is connected.</summary>
    Connect = 4,

    /// <summary>A datagram is sent to an address that the call names.</summary>
    Send = 5,

    /// <summary>A TCP or UDP socket is bound.</summary>
    Bind = 6,
}

/// <summary>What was done (<c>EU_ENFORCE_*</c>).</summary>
[Flags]
public enum EnforceTraits
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It was let go: the policy only tells.</summary>
    DryRun = 1,

    /// <summary>The process was killed, or would have been.</summary>
    Killed = 2,

    /// <summary>The call failed, or would have.</summary>
    Denied = 4,
}

/// <summary><c>struct eu_enforce</c>; tail: path.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EnforceLayout
{
    public RecordHeader Hdr;
    public ActorLayout Actor;
    public ulong Inode;
    public AddressBytes Addr;

    /// <summary>The controller's number of it.</summary>
    public uint Policy;
    public uint Dev;
    public ushort Operation;
    public ushort EnforceFlags;
    public ushort Port;

    /// <summary>0: it is about a file.</summary>
    public ushort Family;
    public ushort Protocol;
    public ushort PathLen;
    public uint Reserved;
}

/// <summary>The kernel acted on a policy.</summary>
public readonly ref struct EnforceRecord
{
    private readonly ref readonly EnforceLayout _fixed;

    internal EnforceRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<EnforceLayout>(bytes);
        Path = bytes.Slice(Unsafe.SizeOf<EnforceLayout>(), _fixed.PathLen);
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly EnforceLayout Fields => ref _fixed;

    /// <summary>The file's path; empty of network calls.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>What was stopped.</summary>
    public EnforceOperation Operation => (EnforceOperation)_fixed.Operation;

    /// <summary>Of the peer, of bind its own; empty of files.</summary>
    public ReadOnlySpan<byte> Address => _fixed.Addr.Of(_fixed.Family);

    /// <summary>What was done.</summary>
    public EnforceTraits Traits => (EnforceTraits)_fixed.EnforceFlags;

    internal static bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= Unsafe.SizeOf<EnforceLayout>()
        && MemoryMarshal.AsRef<EnforceLayout>(record).PathLen <= record.Length - Unsafe.SizeOf<EnforceLayout>();
}
