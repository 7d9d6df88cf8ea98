using System.Buffers;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;

namespace Eunomia.Controller.Tests.Protocol;

public sealed class RecordBatchTests
{
    [Fact]
    public void Read_WholeMessage_GivesEveryField()
    {
        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(Sample().ToByteArray()));

        AssertIsSample(batch);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void Read_SeveralSegments_GivesTheSame(int segment)
    {
        using RecordBatch batch = RecordBatch.Read(Split(Sample().ToByteArray(), segment));

        AssertIsSample(batch);
    }

    [Fact]
    public void Read_EmptyMessage_IsABatchOfNothing()
    {
        using RecordBatch batch = RecordBatch.Read(default);

        Assert.False(batch.IsMalformed);
        Assert.False(batch.IsFinal);
        Assert.True(batch.Records.IsEmpty);
        Assert.True(batch.Ledger.IsEmpty);
    }

    [Fact]
    public void Read_CutAnywhere_AgreesWithTheGeneratedParser()
    {
        byte[] whole = Sample().ToByteArray();
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] cut = whole[..length];
            using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(cut));

            Assert.Equal(!IsAccepted(cut), batch.IsMalformed);
        }
    }

    [Fact]
    public void Read_AnyByteChanged_NeverThrowsNorReadsBeyondTheMessage()
    {
        byte[] whole = Sample().ToByteArray();
        for (int i = 0; i < whole.Length * 8; i++)
        {
            byte[] changed = [.. whole];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(changed));

            Assert.True(batch.IsMalformed || batch.Records.Length <= whole.Length);
        }
    }

    [Theory]
    [InlineData("field number 0", new byte[] { 0x00, 0x01 })]
    [InlineData("a group", new byte[] { 0x0b, 0x0c })]
    [InlineData("a varint of 11 bytes", new byte[] { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData("a length beyond the end", new byte[] { 0x7a, 0x05, 0x01 })]
    [InlineData("a length beyond 2^63", new byte[] { 0x7a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    [InlineData("a broken ledger row", new byte[] { 0x2a, 0x02, 0x08, 0x80 })]
    public void Read_BrokenMessage_IsMalformed(string what, byte[] message)
    {
        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(message));

        Assert.True(batch.IsMalformed, what);
    }

    [Fact]
    public void Read_UnknownFields_ArePassedOver()
    {
        byte[] unknown =
        [
            0xa0, 0x06, 0x01, // field 100, varint
            0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, // 64 bits
            0xa2, 0x06, 0x02, 0xff, 0xff, // bytes
            0xa5, 0x06, 1, 2, 3, 4, // 32 bits
        ];

        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>([.. unknown, .. Sample().ToByteArray()]));

        AssertIsSample(batch);
    }

    [Fact]
    public void Read_KindThatDoesNotFit_IsNoKnownKind()
    {
        var message = new EventBatch { Ledger = { new KindLedger { Kind = 0x10000 + (uint)EventKind.ProcessExec, Offered = 1 } } };

        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(message.ToByteArray()));

        Assert.Equal((EventKind)ushort.MaxValue, batch.Ledger[0].Kind);
    }

    /// <summary>A collector never writes that; it is what protobuf makes of it.</summary>
    [Fact]
    public void Read_KindLongerThanItsType_IsCutAsProtobufDoes()
    {
        byte[] ledger = [8, 0x82, 0x80, 0x80, 0x80, 0x10]; // kind = 2^32 + 2
        byte[] message = [(EventBatch.LedgerFieldNumber << 3) | 2, (byte)ledger.Length, .. ledger];

        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(message));

        Assert.Equal(EventBatch.Parser.ParseFrom(message).Ledger[0].ToCounters(), batch.Ledger[0]);
    }

    [Fact]
    public void Read_LargeMessagesOneAfterTheOther_UsesTheSameBuffers()
    {
        byte[] message = new EventBatch { Records = ByteString.CopyFrom(new byte[900_000]) }.ToByteArray();
        ReadAndDispose(message);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            ReadAndDispose(message);
        }

        // 90 MB were read. Another test may take a buffer out of the pool meanwhile, so a few new ones are allowed.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Fact]
    public void Dispose_Twice_GivesItBackOnce()
    {
        RecordBatch batch = RecordBatch.Read(default);
        batch.Dispose();
        batch.Dispose();

        using RecordBatch first = RecordBatch.Read(default);
        using RecordBatch second = RecordBatch.Read(default);
        Assert.NotSame(first, second);
    }

    private static void ReadAndDispose(byte[] message)
    {
        using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(message));
        Assert.Equal(900_000, batch.Records.Length);
    }

    private static EventBatch Sample() => new()
    {
        Batch = 300,
        Final = true,
        BootToUnixNs = -5,
        DrainedNs = ulong.MaxValue,
        RecordCount = 3,
        Records = ByteString.CopyFrom([.. Enumerable.Range(0, 200).Select(i => (byte)i)]),
        Ledger =
        {
            new KindLedger { Kind = 2, Offered = 1_000_000, LostRing = 1, LostProgram = 2, LostMap = 3, LostCollector = 4 },
            new KindLedger { Kind = 3 },
        },
    };

    private static void AssertIsSample(RecordBatch batch)
    {
        Assert.False(batch.IsMalformed);
        Assert.Equal(300ul, batch.Number);
        Assert.True(batch.IsFinal);
        Assert.Equal(-5, batch.BootToUnixNs);
        Assert.Equal(ulong.MaxValue, batch.DrainedNs);
        Assert.Equal(3u, batch.RecordCount);
        Assert.Equal(Sample().Records.ToByteArray(), batch.Records.ToArray());
        Assert.Equal(
            [new KindCounters(EventKind.ProcessExec, 1_000_000, 1, 2, 3, 4), new KindCounters(EventKind.ProcessExit, 0, 0, 0, 0, 0)],
            batch.Ledger.ToArray());
    }

    private static bool IsAccepted(byte[] message)
    {
        try
        {
            EventBatch.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, size), null);
        Segment last = first;
        for (int start = size; start < bytes.Length; start += size)
        {
            last = new Segment(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)), last);
        }
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
