using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Eunomia.Core;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Protocol;

/// <summary>
/// One batch of the raw stream: the message's bytes, copied once into a buffer that is used again for later batches,
/// and what the small fields say. Dispose it when its records have been applied; its spans are dead from then on.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private const int SmallestBuffer = 64 * 1024;
    private const int LargestKeptBuffer = 1024 * 1024;
    private const int LargestPool = 4;

    private static readonly ConcurrentQueue<RecordBatch> Pool = new();

    private readonly List<KindCounters> _ledger = new(8);
    private byte[] _buffer = [];
    private int _recordsLength;
    private bool _disposed;

    private RecordBatch()
    {
    }

    /// <summary>Counts the batches of its stream, from 0.</summary>
    public ulong Number { get; private set; }

    /// <summary>Nothing follows, and nothing is left in a ring.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>The message does not follow its definition; nothing else here may be used then.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Nanoseconds to add to a record's time for the Unix time.</summary>
    public long BootToUnixNs { get; private set; }

    /// <summary>Boot time in nanoseconds at which the collector began to read the rings for this batch.</summary>
    public ulong DrainedNs { get; private set; }

    /// <summary>How many records the collector says it put in.</summary>
    public uint RecordCount { get; private set; }

    /// <summary>The collector's cumulative counters, per kind.</summary>
    public ReadOnlySpan<KindCounters> Ledger => CollectionsMarshal.AsSpan(_ledger);

    /// <summary>The records, back to back.</summary>
    public ReadOnlySpan<byte> Records => _buffer.AsSpan(0, _recordsLength);

    /// <summary>Takes a batch from the pool and fills it from a received message.</summary>
    public static RecordBatch Read(in ReadOnlySequence<byte> message)
    {
        RecordBatch batch = Pool.TryDequeue(out RecordBatch? pooled) ? pooled : new RecordBatch();
        batch.Reset();
        if (message.IsSingleSegment)
        {
            batch.Fill(message.FirstSpan);
            return batch;
        }
        int length = checked((int)message.Length);
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        message.CopyTo(joined);
        batch.Fill(joined.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(joined);
        return batch;
    }

    /// <summary>Gives the batch back for the next message.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        if (_buffer.Length > LargestKeptBuffer)
        {
            _buffer = [];
        }
        if (Pool.Count < LargestPool)
        {
            Pool.Enqueue(this);
        }
    }

    private void Reset()
    {
        (Number, IsFinal, BootToUnixNs, DrainedNs, RecordCount) = (0, false, 0, 0, 0);
        (_recordsLength, _disposed) = (0, false);
        _ledger.Clear();
    }

    // The records come to stand at the start of an array, so they are aligned as the ABI promises.
    private void Fill(ReadOnlySpan<byte> message)
    {
        IsMalformed = !TryParse(message, out ReadOnlySpan<byte> records);
        if (_buffer.Length < records.Length)
        {
            uint size = BitOperations.RoundUpToPowerOf2((uint)Math.Max(records.Length, SmallestBuffer));
            _buffer = GC.AllocateUninitializedArray<byte>((int)size);
        }
        records.CopyTo(_buffer);
        _recordsLength = records.Length;
    }

    private bool TryParse(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> records)
    {
        records = default;
        var reader = new WireReader(message);
        while (reader.NextField(out int number, out int wireType))
        {
            switch (number, wireType)
            {
                case (EventBatch.BatchFieldNumber, WireReader.Varint):
                    Number = reader.ReadVarint();
                    break;
                case (EventBatch.FinalFieldNumber, WireReader.Varint):
                    IsFinal = reader.ReadVarint() != 0;
                    break;
                case (EventBatch.BootToUnixNsFieldNumber, WireReader.Varint):
                    BootToUnixNs = (long)reader.ReadVarint();
                    break;
                case (EventBatch.DrainedNsFieldNumber, WireReader.Varint):
                    DrainedNs = reader.ReadVarint();
                    break;
                case (EventBatch.RecordCountFieldNumber, WireReader.Varint):
                    RecordCount = (uint)reader.ReadVarint();
                    break;
                case (EventBatch.LedgerFieldNumber, WireReader.Bytes):
                    if (!KindLedgerReader.TryRead(reader.ReadBytes(), out KindCounters counters))
                    {
                        return false;
                    }
                    _ledger.Add(counters);
                    break;
                case (EventBatch.RecordsFieldNumber, WireReader.Bytes):
                    records = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }
        return !reader.Failed;
    }
}
