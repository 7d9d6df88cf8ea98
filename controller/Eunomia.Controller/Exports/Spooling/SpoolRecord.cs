using System.Buffers.Binary;
using System.Numerics;

namespace Eunomia.Controller.Exports.Spooling;

/// <summary>A record in a segment: length and CRC-32C of the payload, both 32 bits little-endian, and the payload.</summary>
internal static class SpoolRecord
{
    public const int HeaderSize = 8;
    public const int LargestPayload = 16 << 20;

    public static int SizeOf(ReadOnlyMemory<byte> payload) => HeaderSize + payload.Length;

    public static void Write(Span<byte> target, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Checksum(payload));
        payload.CopyTo(target[HeaderSize..]);
    }

    /// <summary>Length of the record that begins here; 0 when there is no whole and sound one.</summary>
    public static int Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
        {
            return 0;
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return length is > 0 and <= LargestPayload
            && bytes.Length - HeaderSize >= length
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == Checksum(bytes.Slice(HeaderSize, length))
            ? HeaderSize + length
            : 0;
    }

    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }
        return ~crc;
    }
}
