using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>Something that matters to security. All security records begin like this, longer ones too.</summary>
public readonly ref struct SecurityRecord
{
    private readonly ref readonly SecurityLayout _fixed;
    private readonly ReadOnlySpan<byte> _tail;

    internal SecurityRecord(ReadOnlySpan<byte> bytes, RecordShape shape)
    {
        _fixed = ref MemoryMarshal.AsRef<SecurityLayout>(bytes);
        _tail = bytes[FixedSize(shape)..];
    }

    /// <summary>The fixed fields that all have.</summary>
    public ref readonly SecurityLayout Fields => ref _fixed;

    /// <summary>Where the kernel says the descriptor's file is, in the process's root.</summary>
    public ReadOnlySpan<byte> Path => _tail[.._fixed.PathLen];

    /// <summary>The path as passed; of a redirection that of the unix socket.</summary>
    public ReadOnlySpan<byte> Raw => _tail.Slice(_fixed.PathLen, _fixed.RawLen);

    /// <summary>What a relative <see cref="Raw"/> is relative to.</summary>
    public ReadOnlySpan<byte> Base => _tail.Slice(_fixed.PathLen + _fixed.RawLen, _fixed.BaseLen);

    /// <summary>What is mounted, as passed; of pivot_root the old root's new place.</summary>
    public ReadOnlySpan<byte> Source => _tail.Slice(_fixed.PathLen + _fixed.RawLen + _fixed.BaseLen, _fixed.SourceLen);

    /// <summary>A file system's type, a parameter, a key's type, the name of a memfd, a module or an eBPF object.</summary>
    public ReadOnlySpan<byte> Name =>
        _tail.Slice(_fixed.PathLen + _fixed.RawLen + _fixed.BaseLen + _fixed.SourceLen, _fixed.NameLen);

    /// <summary>Options, parameters, a value, a key's description.</summary>
    public ReadOnlySpan<byte> Data => _tail.Slice(
        _fixed.PathLen + _fixed.RawLen + _fixed.BaseLen + _fixed.SourceLen + _fixed.NameLen, _fixed.DataLen);

    internal static bool Fits(ReadOnlySpan<byte> record, RecordShape shape)
    {
        if (record.Length < FixedSize(shape))
        {
            return false;
        }

        ref readonly SecurityLayout call = ref MemoryMarshal.AsRef<SecurityLayout>(record);
        int tail = call.PathLen + call.RawLen + call.BaseLen + call.SourceLen + call.NameLen + call.DataLen;
        return tail <= record.Length - FixedSize(shape);
    }

    private static int FixedSize(RecordShape shape) => shape switch
    {
        RecordShape.Credentials => Unsafe.SizeOf<CredentialsLayout>(),
        RecordShape.Redirect => Unsafe.SizeOf<RedirectLayout>(),
        _ => Unsafe.SizeOf<SecurityLayout>(),
    };
}

/// <summary>What a thread was allowed to do, and is now.</summary>
public readonly ref struct CredentialsRecord
{
    private readonly ref readonly CredentialsLayout _fixed;

    internal CredentialsRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<CredentialsLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly CredentialsLayout Fields => ref _fixed;
}

/// <summary>A socket that became standard input, output or error.</summary>
public readonly ref struct RedirectRecord
{
    private readonly ref readonly RedirectLayout _fixed;

    internal RedirectRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<RedirectLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly RedirectLayout Fields => ref _fixed;

    /// <summary>This side's address in network order; empty when its family has none.</summary>
    public ReadOnlySpan<byte> LocalAddress => _fixed.LocalAddr.Of(_fixed.Family);

    /// <summary>The other side's.</summary>
    public ReadOnlySpan<byte> PeerAddress => _fixed.PeerAddr.Of(_fixed.Family);
}
