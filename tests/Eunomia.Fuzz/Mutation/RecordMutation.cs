using System.Buffers.Binary;
using Eunomia.Core.Events;

namespace Eunomia.Fuzz.Mutation;

/// <summary>Changes records: as pieces, in their fields, in their lengths.</summary>
internal static class RecordMutation
{
    private const int SizeOffset = 54; // of struct eu_event_header
    private const int TailLengthsEnd = 192; // of the longest fixed part, in which all lengths stand

    public static byte[] Mutate(Mutator mutator, ReadOnlySpan<byte> area, ReadOnlySpan<byte> other)
    {
        if (mutator.Once(8))
        {
            return mutator.Bytes(area);
        }
        List<byte[]> records = Split(area);
        List<byte[]> others = Split(other);
        if (mutator.Once(2))
        {
            Pieces.Shuffle(mutator, records, others);
        }
        for (int n = mutator.Random.Next(4); n > 0 && records.Count > 0; n--)
        {
            int at = mutator.Random.Next(records.Count);
            records[at] = Change(mutator, [.. records[at]], mutator.Pick(records));
        }
        return Pieces.Join(records);
    }

    /// <summary>The records, and what is behind them and none as the last piece.</summary>
    public static List<byte[]> Split(ReadOnlySpan<byte> area)
    {
        List<byte[]> records = [];
        while (!area.IsEmpty)
        {
            int size = area.Length < RecordAbi.HeaderSize ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(area[SizeOffset..]);
            size = size == 0 || size > area.Length ? area.Length : size;
            records.Add(area[..size].ToArray());
            area = area[size..];
        }
        return records;
    }

    private static byte[] Change(Mutator mutator, byte[] record, byte[] other)
    {
        Random random = mutator.Random;
        if (record.Length < RecordAbi.HeaderSize + sizeof(ulong))
        {
            return mutator.Bytes(record);
        }
        int fixedEnd = Math.Min(record.Length, TailLengthsEnd);
        switch (random.Next(6))
        {
            case 0:
                mutator.SetNumber(record.AsSpan(0, RecordAbi.HeaderSize));
                return record;
            case 1:
                mutator.SetNumber(record.AsSpan(RecordAbi.HeaderSize, fixedEnd - RecordAbi.HeaderSize));
                return record;
            case 2: // identity of another one: who, where, when
                int at = random.Next(6) * 8;
                if (other.Length >= at + 8)
                {
                    other.AsSpan(at, 8).CopyTo(record.AsSpan(at));
                }
                return record;
            case 3: // a length that lies
                int field = mutator.Once(4) ? SizeOffset : (RecordAbi.HeaderSize + random.Next(fixedEnd - RecordAbi.HeaderSize - 1)) & ~1;
                int length = random.Next(3) == 0 ? random.Next(65536) : record.Length - random.Next(80);
                BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(field), (ushort)length);
                return record;
            case 4: // bad text
                Span<byte> text = record.AsSpan(random.Next(RecordAbi.HeaderSize, record.Length));
                random.NextBytes(text[..Math.Min(text.Length, 1 + random.Next(24))]);
                return record;
            default:
                return WithSize(mutator.Bytes(record));
        }
    }

    /// <summary>Says its own length again, so that what is behind it is reached.</summary>
    private static byte[] WithSize(byte[] record)
    {
        int size = Math.Min(record.Length, ushort.MaxValue) / RecordAbi.Alignment * RecordAbi.Alignment;
        if (size < RecordAbi.HeaderSize)
        {
            return record;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(SizeOffset), (ushort)size);
        return record[..size];
    }
}
