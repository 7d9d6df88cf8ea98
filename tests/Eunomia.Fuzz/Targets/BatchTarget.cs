using System.Buffers;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Fuzz.Mutation;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Fuzz.Targets;

/// <summary>
/// The bytes of a message, as a batch: in one piece and in several it is the same, and what protobuf's own parser makes of
/// it. Written as a frame of a capture it is the same again.
/// </summary>
internal sealed class BatchTarget : IFuzzTarget
{
    public string Name => "batch";

    public IEnumerable<byte[]> Seeds() => CaptureSeeds.Messages();

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other) => BatchMutation.Mutate(mutator, input, other);

    public void Run(byte[] input, ShapeSet shapes)
    {
        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(input));
        using RecordBatch pieces = RecordBatch.Read(InPieces(input));
        FindingException.Unless(batch.IsMalformed == pieces.IsMalformed, "in pieces it is another message");
        bool isMessage = BatchMutation.TryParse(input, out EventBatch message);
        shapes.Add(ShapeSet.Mix(ShapeSet.Empty, [(byte)(batch.IsMalformed ? 1 : 0), (byte)(isMessage ? 1 : 0), (byte)Math.Min(message.Ledger.Count, 9)]));
        if (batch.IsMalformed)
        {
            return;
        }
        CheckSame(batch, pieces);
        if (isMessage)
        {
            CheckSame(batch, message);
        }
        CheckFrame(batch);
    }

    private static ReadOnlySequence<byte> InPieces(byte[] input)
    {
        int middle = input.Length / 3;
        var first = new Piece(input.AsMemory(0, middle), null);
        var last = new Piece(input.AsMemory(middle), first);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private static void CheckSame(RecordBatch batch, RecordBatch other)
    {
        FindingException.Unless(batch.Records.SequenceEqual(other.Records), "other records");
        FindingException.Unless(batch.Ledger.SequenceEqual(other.Ledger), "another ledger");
        FindingException.Unless(
            (batch.Number, batch.IsFinal, batch.BootToUnixNs, batch.DrainedNs, batch.RecordCount)
            == (other.Number, other.IsFinal, other.BootToUnixNs, other.DrainedNs, other.RecordCount),
            "other fields");
    }

    private static void CheckSame(RecordBatch batch, EventBatch message)
    {
        FindingException.Unless(batch.Records.SequenceEqual(message.Records.Span), "protobuf has other records");
        FindingException.Unless(
            (batch.Number, batch.IsFinal, batch.BootToUnixNs, batch.DrainedNs, batch.RecordCount)
            == (message.Batch, message.Final, message.BootToUnixNs, message.DrainedNs, message.RecordCount),
            "protobuf has other fields");
        FindingException.Unless(batch.Ledger.Length == message.Ledger.Count, "protobuf has another ledger");
        for (int n = 0; n < batch.Ledger.Length; n++)
        {
            KindCounters wanted = message.Ledger[n].ToCounters();
            bool isKnown = message.Ledger[n].Kind <= ushort.MaxValue;
            FindingException.Unless(batch.Ledger[n] == wanted || !isKnown, "protobuf has another ledger");
            FindingException.Unless(isKnown || batch.Ledger[n].Kind == (EventKind)ushort.MaxValue, "a kind that cannot be is one that can");
        }
    }

    private static void CheckFrame(RecordBatch batch)
    {
        var frame = new ArrayBufferWriter<byte>();
        CaptureFrames.Write(frame, CaptureFrameType.Batch, batch);
        (uint length, CaptureFrameType type) = CaptureFrames.ReadHead(frame.WrittenSpan);
        FindingException.Unless(type == CaptureFrameType.Batch, "another frame");
        FindingException.Unless(length == frame.WrittenCount - CaptureFrames.HeadSize, "a frame with the length of another");
        using RecordBatch again = RecordBatch.Read(new ReadOnlySequence<byte>(frame.WrittenMemory[CaptureFrames.HeadSize..]));
        FindingException.Unless(!again.IsMalformed, "its frame is malformed");
        CheckSame(batch, again);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
