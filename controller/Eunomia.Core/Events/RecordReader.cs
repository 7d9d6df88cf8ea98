using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Eunomia.Core.Events;

/// <summary>
/// Walks records laid back to back. Every length is checked against the bytes that are there before a record is handed
/// out, so the typed views need no checks of their own. A kind that this version does not know is handed out by its
/// header only (the ledger counts it) and skipped by its size.
/// </summary>
public ref struct RecordReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of a batch.</summary>
    public RecordReader(ReadOnlySpan<byte> records) => _rest = records;

    /// <summary>Set when the bytes are not records; nothing behind them can be read.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The next record, or false at the end and at malformed input.</summary>
    public bool TryRead(out Record record)
    {
        record = default;
        if (Malformed || _rest.IsEmpty)
        {
            return false;
        }

        if (_rest.Length < RecordAbi.HeaderSize)
        {
            return Refuse();
        }

        ref readonly RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(_rest);
        int size = header.Size;
        if (size < RecordAbi.HeaderSize || size % RecordAbi.Alignment != 0 || size > _rest.Length
            || !HasRoom(_rest[..size], header.Kind))
        {
            return Refuse();
        }

        record = new Record(_rest[..size]);
        _rest = _rest[size..];
        return true;
    }

    private bool Refuse()
    {
        Malformed = true;
        return false;
    }

    private static bool HasRoom(ReadOnlySpan<byte> record, EventKind kind) => HasRoom(record, EventKinds.Shape(kind));

    private static bool HasRoom(ReadOnlySpan<byte> record, RecordShape shape) => shape switch
    {
        RecordShape.Fork => record.Length >= Unsafe.SizeOf<ForkLayout>(),
        RecordShape.Exec => ExecRecord.Fits(record),
        RecordShape.Exit => record.Length >= Unsafe.SizeOf<ExitLayout>(),
        RecordShape.Cgroup => CgroupRecord.Fits(record),
        RecordShape.FileOpen => FileOpenRecord.Fits(record),
        RecordShape.FileIo => FileIoRecord.Fits(record),
        RecordShape.FileChange => FileChangeRecord.Fits(record),
        RecordShape.Tcp => record.Length >= Unsafe.SizeOf<TcpLayout>(),
        RecordShape.Syscall => record.Length >= Unsafe.SizeOf<SyscallLayout>(),
        RecordShape.SyscallCall => SyscallCallRecord.Fits(record),
        RecordShape.Security or RecordShape.Credentials or RecordShape.Redirect => SecurityRecord.Fits(record, shape),
        RecordShape.Ipc => IpcRecord.Fits(record),
        RecordShape.Signal => record.Length >= Unsafe.SizeOf<SignalLayout>(),
        RecordShape.Udp => record.Length >= Unsafe.SizeOf<UdpLayout>(),
        RecordShape.Dns => DnsRecord.Fits(record),
        RecordShape.PerfSample => PerfSampleRecord.Fits(record),
        RecordShape.Enforce => EnforceRecord.Fits(record),
        RecordShape.PerfCounters => record.Length >= Unsafe.SizeOf<PerfCountersLayout>(),
        _ => true,
    };
}
