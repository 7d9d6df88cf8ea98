using System.Buffers;
using System.Buffers.Binary;
using Eunomia.Core;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;

namespace Eunomia.Protocol;

/// <summary>What a frame of a capture holds; see <c>protos/eunomia/capture/v1/capture.proto</c>.</summary>
public enum CaptureFrameType : uint
{
    /// <summary>No frame.</summary>
    None = 0,

    /// <summary>A <c>CaptureHeader</c>: the first frame, and only that.</summary>
    Header = 1,

    /// <summary>The first batch of a stream: its base line.</summary>
    Begin = 2,

    /// <summary>A later batch of the stream.</summary>
    Batch = 3,

    /// <summary>A batch of a snapshot.</summary>
    Snapshot = 4,

    /// <summary>A <c>Container</c>.</summary>
    Container = 5,

    /// <summary>A <c>StreamEnd</c>.</summary>
    End = 6,

    /// <summary>An <c>Accounts</c>.</summary>
    Accounts = 7,
}

/// <summary>The bytes of a capture's frames.</summary>
public static class CaptureFrames
{
    /// <summary>Bytes in front of a frame's payload: its length and its type.</summary>
    public const int HeadSize = 8;

    /// <summary>The largest payload: more than any batch of the collector.</summary>
    public const int LargestPayload = 16 * 1024 * 1024;

    private const uint RecordsTag = (EventBatch.RecordsFieldNumber << 3) | WireReader.Bytes;

    /// <summary>What a capture begins with.</summary>
    public static ReadOnlySpan<byte> Magic => "EUNOMIA\n"u8;

    /// <summary>Writes a message as a frame.</summary>
    public static void Write(IBufferWriter<byte> output, CaptureFrameType type, IMessage message)
    {
        WriteHead(output, type, message.CalculateSize());
        message.WriteTo(output);
    }

    /// <summary>Writes a batch as the frame of the message it came as. Its records go last, and so are copied once.</summary>
    public static void Write(IBufferWriter<byte> output, CaptureFrameType type, RecordBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rest = new EventBatch
        {
            Batch = batch.Number,
            Final = batch.IsFinal,
            BootToUnixNs = batch.BootToUnixNs,
            DrainedNs = batch.DrainedNs,
            RecordCount = batch.RecordCount,
        };
        foreach (ref readonly KindCounters counters in batch.Ledger)
        {
            rest.Ledger.Add(counters.ToLedger());
        }
        int length = batch.Records.Length;
        int records = length == 0
            ? 0
            : CodedOutputStream.ComputeTagSize(EventBatch.RecordsFieldNumber) + CodedOutputStream.ComputeLengthSize(length) + length;
        WriteHead(output, type, rest.CalculateSize() + records);
        rest.WriteTo(output);
        if (length > 0)
        {
            WriteVarint(output, RecordsTag);
            WriteVarint(output, (uint)length);
            output.Write(batch.Records);
        }
    }

    /// <summary>Reads a frame's head.</summary>
    public static (uint Length, CaptureFrameType Type) ReadHead(ReadOnlySpan<byte> head) =>
        (BinaryPrimitives.ReadUInt32LittleEndian(head), (CaptureFrameType)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));

    private static void WriteHead(IBufferWriter<byte> output, CaptureFrameType type, int length)
    {
        Span<byte> head = output.GetSpan(HeadSize);
        BinaryPrimitives.WriteInt32LittleEndian(head, length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)type);
        output.Advance(HeadSize);
    }

    private static void WriteVarint(IBufferWriter<byte> output, uint value)
    {
        Span<byte> target = output.GetSpan(5);
        int count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            target[count++] = (byte)(value | 0x80);
        }
        target[count++] = (byte)value;
        output.Advance(count);
    }
}
