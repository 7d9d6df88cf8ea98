namespace Eunomia.Fuzz.Mutation;

/// <summary>Changes bytes as bad luck and bad will would: without knowing what they are.</summary>
public sealed class Mutator(Random random)
{
    private static readonly ulong[] Interesting =
    [
        0, 1, 2, 3, 4, 7, 8, 10, 16, 63, 64, 65, 127, 128, 255, 256, 999, 1000, 1001, 1002, 4095, 4096, 4097, 32767, 32768, 65528, 65535, 65536,
        int.MaxValue, 0x80000000, uint.MaxValue, 0x100000000, long.MaxValue, 0x8000000000000000, ulong.MaxValue - 7, ulong.MaxValue,
    ];

    /// <summary>The source of all chance.</summary>
    public Random Random => random;

    /// <summary>True once in so many times.</summary>
    public bool Once(int inTimes) => random.Next(inTimes) == 0;

    /// <summary>Any of them.</summary>
    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>One to four changes anywhere.</summary>
    public byte[] Bytes(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        for (int n = 1 + random.Next(4); n > 0 && bytes.Length > 0; n--)
        {
            bytes = Change(bytes);
        }
        return bytes;
    }

    /// <summary>Sets a number somewhere, aligned as numbers in records are.</summary>
    public void SetNumber(Span<byte> bytes)
    {
        int width = 1 << random.Next(4);
        if (bytes.Length < width)
        {
            return;
        }
        Span<byte> field = bytes.Slice(random.Next(bytes.Length / width) * width, width);
        ulong value = Read(field);
        value = random.Next(4) switch
        {
            0 => (ulong)random.NextInt64(),
            1 => value + (ulong)random.Next(-16, 17),
            _ => Pick(Interesting),
        };
        Write(field, value);
    }

    private static ulong Read(ReadOnlySpan<byte> field)
    {
        ulong value = 0;
        for (int n = field.Length - 1; n >= 0; n--)
        {
            value = (value << 8) | field[n];
        }
        return value;
    }

    private static void Write(Span<byte> field, ulong value)
    {
        for (int n = 0; n < field.Length; n++, value >>= 8)
        {
            field[n] = (byte)value;
        }
    }

    private byte[] Change(byte[] bytes)
    {
        int at = random.Next(bytes.Length);
        int length = Math.Min(bytes.Length - at, 1 + random.Next(Once(4) ? 256 : 16));
        switch (random.Next(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2 or 3:
                SetNumber(bytes);
                return bytes;
            case 4:
                return bytes[..at];
            case 5:
                return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
            default:
                return [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at)];
        }
    }
}
