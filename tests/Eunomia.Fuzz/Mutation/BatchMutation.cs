using Eunomia.Protocol.Collector.V1;
using Google.Protobuf;

namespace Eunomia.Fuzz.Mutation;

/// <summary>Changes batches: their bytes, their fields, their records.</summary>
internal static class BatchMutation
{
    public static byte[] Mutate(Mutator mutator, byte[] message, byte[] other)
    {
        if (mutator.Once(3) || !TryParse(message, out EventBatch batch))
        {
            return mutator.Bytes(message);
        }
        ReadOnlySpan<byte> others = TryParse(other, out EventBatch second) ? second.Records.Span : default;
        switch (mutator.Random.Next(5))
        {
            case 0:
                ChangeNumbers(mutator, batch);
                break;
            case 1:
                ChangeLedger(mutator, batch);
                break;
            case 2: // fields twice, and in another order
                return mutator.Once(2) ? [.. message, .. other] : [.. other, .. message];
            default:
                batch.Records = UnsafeByteOperations.UnsafeWrap(RecordMutation.Mutate(mutator, batch.Records.Span, others));
                break;
        }
        return batch.ToByteArray();
    }

    public static bool TryParse(byte[] message, out EventBatch batch)
    {
        try
        {
            batch = EventBatch.Parser.ParseFrom(message);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            batch = new EventBatch();
            return false;
        }
    }

    private static void ChangeNumbers(Mutator mutator, EventBatch batch)
    {
        Span<byte> number = stackalloc byte[8];
        BitConverter.TryWriteBytes(number, batch.BootToUnixNs);
        mutator.SetNumber(number);
        batch.BootToUnixNs = BitConverter.ToInt64(number);
        mutator.SetNumber(number);
        batch.DrainedNs = BitConverter.ToUInt64(number);
        batch.RecordCount = BitConverter.ToUInt32(number);
        batch.Final = mutator.Once(2);
    }

    private static void ChangeLedger(Mutator mutator, EventBatch batch)
    {
        Span<byte> number = stackalloc byte[8];
        foreach (KindLedger ledger in batch.Ledger)
        {
            BitConverter.TryWriteBytes(number, ledger.Offered);
            mutator.SetNumber(number);
            ledger.Offered = BitConverter.ToUInt64(number);
            mutator.SetNumber(number);
            ledger.LostRing = mutator.Once(2) ? BitConverter.ToUInt64(number) : ledger.LostRing;
            ledger.Kind = mutator.Once(4) ? BitConverter.ToUInt32(number) : ledger.Kind;
        }
        if (mutator.Once(2) && batch.Ledger.Count > 0)
        {
            batch.Ledger.Add(mutator.Pick(batch.Ledger).Clone());
        }
    }
}
