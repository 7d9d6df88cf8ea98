using System.Buffers.Binary;
using System.Text;

namespace Eunomia.TestKit;

/// <summary>DNS messages: made here, or as they were on the wire.</summary>
public static class DnsMessages
{
    /// <summary>A query for one name.</summary>
    public static byte[] Query(string name, ushort type = 1, ushort id = 0x1234) =>
        [.. Header(id, 0x0100, 1, 0), .. Question(name, type)];

    /// <summary>An answer with records that all have the question's name.</summary>
    public static byte[] Answer(string name, ushort type, ushort id, int code, params (ushort Type, uint Ttl, byte[] Data)[] records)
    {
        ArgumentNullException.ThrowIfNull(records);
        List<byte> bytes = [.. Header(id, (ushort)(0x8180 | code), 1, (ushort)records.Length), .. Question(name, type)];
        foreach ((ushort recordType, uint ttl, byte[] data) in records)
        {
            bytes.AddRange(Record(recordType, ttl, data));
        }

        return [.. bytes];
    }

    /// <summary>A name on the wire.</summary>
    public static byte[] Name(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        List<byte> bytes = [];
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.Latin1.GetBytes(label));
        }

        return [.. bytes, 0];
    }

    /// <summary>A record of the question's name.</summary>
    private static byte[] Record(ushort type, uint ttl, byte[] data)
    {
        byte[] bytes = new byte[12 + data.Length];
        bytes[0] = 0xc0;
        bytes[1] = 12;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(6), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)data.Length);
        data.CopyTo(bytes, 12);
        return bytes;
    }

    private static byte[] Question(string name, ushort type) => [.. Name(name), (byte)(type >> 8), (byte)type, 0, 1];

    private static byte[] Header(ushort id, ushort flags, ushort questions, ushort answers)
    {
        byte[] bytes = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), flags);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), questions);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), answers);
        return bytes;
    }
}
