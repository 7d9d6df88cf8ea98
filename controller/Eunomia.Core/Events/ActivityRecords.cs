using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>An open, or an attempt. Strings are bytes as the kernel has them, normally UTF-8.</summary>
public readonly ref struct FileOpenRecord
{
    private readonly ref readonly FileOpenLayout _fixed;
    private readonly ReadOnlySpan<byte> _tail;

    internal FileOpenRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<FileOpenLayout>(bytes);
        _tail = bytes[Unsafe.SizeOf<FileOpenLayout>()..];
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly FileOpenLayout Fields => ref _fixed;

    /// <summary>Where the kernel says the file is, in the process's root; empty unless it succeeded and was asked for.</summary>
    public ReadOnlySpan<byte> Path => _tail[.._fixed.PathLen];

    /// <summary>The path as passed.</summary>
    public ReadOnlySpan<byte> Raw => _tail.Slice(_fixed.PathLen, _fixed.RawLen);

    /// <summary>What a relative <see cref="Raw"/> is relative to; empty when <see cref="Path"/> is there.</summary>
    public ReadOnlySpan<byte> Base => _tail.Slice(_fixed.PathLen + _fixed.RawLen, _fixed.BaseLen);

    internal static bool Fits(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<FileOpenLayout>())
        {
            return false;
        }

        ref readonly FileOpenLayout open = ref MemoryMarshal.AsRef<FileOpenLayout>(record);
        return open.PathLen + open.RawLen + open.BaseLen <= record.Length - Unsafe.SizeOf<FileOpenLayout>();
    }
}

/// <summary>What went through one descriptor: so far, or until it was closed.</summary>
public readonly ref struct FileIoRecord
{
    private readonly ref readonly FileIoLayout _fixed;

    internal FileIoRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<FileIoLayout>(bytes);
        Path = bytes.Slice(Unsafe.SizeOf<FileIoLayout>(), _fixed.PathLen);
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly FileIoLayout Fields => ref _fixed;

    /// <summary>The file, in the process's root.</summary>
    public ReadOnlySpan<byte> Path { get; }

    internal static bool Fits(ReadOnlySpan<byte> record) =>
        record.Length >= Unsafe.SizeOf<FileIoLayout>()
        && MemoryMarshal.AsRef<FileIoLayout>(record).PathLen <= record.Length - Unsafe.SizeOf<FileIoLayout>();
}

/// <summary>A change of a file's name or attributes, or an attempt.</summary>
public readonly ref struct FileChangeRecord
{
    private readonly ref readonly FileChangeLayout _fixed;
    private readonly ReadOnlySpan<byte> _tail;

    internal FileChangeRecord(ReadOnlySpan<byte> bytes)
    {
        _fixed = ref MemoryMarshal.AsRef<FileChangeLayout>(bytes);
        _tail = bytes[Unsafe.SizeOf<FileChangeLayout>()..];
    }

    /// <summary>All fixed fields.</summary>
    public ref readonly FileChangeLayout Fields => ref _fixed;

    /// <summary>Where the kernel says the file is; only of calls that take a descriptor.</summary>
    public ReadOnlySpan<byte> Path => _tail[.._fixed.PathLen];

    /// <summary>The path as passed.</summary>
    public ReadOnlySpan<byte> Raw => _tail.Slice(_fixed.PathLen, _fixed.RawLen);

    /// <summary>What a relative <see cref="Raw"/> is relative to.</summary>
    public ReadOnlySpan<byte> Base => _tail.Slice(_fixed.PathLen + _fixed.RawLen, _fixed.BaseLen);

    /// <summary>The name that rename and link make, as passed; the text in a symbolic link.</summary>
    public ReadOnlySpan<byte> NewRaw => _tail.Slice(_fixed.PathLen + _fixed.RawLen + _fixed.BaseLen, _fixed.NewRawLen);

    /// <summary>What a relative <see cref="NewRaw"/> is relative to.</summary>
    public ReadOnlySpan<byte> NewBase =>
        _tail.Slice(_fixed.PathLen + _fixed.RawLen + _fixed.BaseLen + _fixed.NewRawLen, _fixed.NewBaseLen);

    internal static bool Fits(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<FileChangeLayout>())
        {
            return false;
        }

        ref readonly FileChangeLayout change = ref MemoryMarshal.AsRef<FileChangeLayout>(record);
        int tail = change.PathLen + change.RawLen + change.BaseLen + change.NewRawLen + change.NewBaseLen;
        return tail <= record.Length - Unsafe.SizeOf<FileChangeLayout>();
    }
}

/// <summary>A TCP connection begun, taken over or ended, or a socket that listens.</summary>
public readonly ref struct TcpRecord
{
    private readonly ref readonly TcpLayout _fixed;

    internal TcpRecord(ReadOnlySpan<byte> bytes) => _fixed = ref MemoryMarshal.AsRef<TcpLayout>(bytes);

    /// <summary>All fixed fields.</summary>
    public ref readonly TcpLayout Fields => ref _fixed;

    /// <summary>This side's address in network order; empty when its family is not known.</summary>
    public ReadOnlySpan<byte> LocalAddress => _fixed.LocalAddr.Of(_fixed.Family);

    /// <summary>The other side's.</summary>
    public ReadOnlySpan<byte> PeerAddress => _fixed.PeerAddr.Of(_fixed.Family);
}
