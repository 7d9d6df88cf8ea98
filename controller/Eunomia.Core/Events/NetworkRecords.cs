using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>Datagrams between a socket and a peer: the first one, or how many there were.</summary>
public readonly ref struct UdpRecord
{
    private readonly ref readonly UdpLayout _fixed;

    internal UdpRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<UdpLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly UdpLayout Fields => ref _fixed;

    /// <summary>This side's address in network order; empty when its family is not known.</summary>
    public ReadOnlySpan<byte> LocalAddress => _fixed.LocalAddr.Of(_fixed.Family);

    /// <summary>The other side's.</summary>
    public ReadOnlySpan<byte> PeerAddress => _fixed.PeerAddr.Of(_fixed.Family);
}

/// <summary>A DNS message that was sent or received.</summary>
public readonly ref struct DnsRecord
{
    private readonly ref readonly DnsLayout _fixed;

    internal DnsRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<DnsLayout>(bytes);
        Message = bytes.Slice(Unsafe.SizeOf<DnsLayout>(), _fixed.DataLen);
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly DnsLayout Fields => ref _fixed;

    /// <summary>The message, or its beginning.</summary>
    public ReadOnlySpan<byte> Message { get; }

    /// <summary>Whether only its beginning is there.</summary>
    public bool IsCut => _fixed.DataLen < _fixed.MessageLen;

    /// <summary>This side's address in network order; empty when its family is not known.</summary>
    public ReadOnlySpan<byte> LocalAddress => _fixed.LocalAddr.Of(_fixed.Family);

    /// <summary>The other side's.</summary>
    public ReadOnlySpan<byte> PeerAddress => _fixed.PeerAddr.Of(_fixed.Family);

    internal static bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= Unsafe.SizeOf<DnsLayout>()
        && MemoryMarshal.AsRef<DnsLayout>(record).DataLen <= record.Length - Unsafe.SizeOf<DnsLayout>();
}
