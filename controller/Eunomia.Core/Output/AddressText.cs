using System.Buffers.Binary;

namespace Eunomia.Core.Output;

/// <summary>IP addresses as text. <see cref="System.Net.IPAddress"/> writes the same, and costs an object each.</summary>
internal static class AddressText
{
    private const int Groups = 8;
    private static readonly byte[] MappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

    /// <summary>"10.0.0.5", or IPv6 as RFC 5952 wants it; by the number of bytes.</summary>
    internal static void AppendAddress(this Utf8Buffer buffer, ReadOnlySpan<byte> address)
    {
        if (address.Length == 4)
        {
            AppendV4(buffer, address);
        }
        else if (address.StartsWith(MappedPrefix))
        {
            buffer.Append("::ffff:"u8);
            AppendV4(buffer, address[MappedPrefix.Length..]);
        }
        else
        {
            AppendV6(buffer, address);
        }
    }

    private static void AppendV4(Utf8Buffer buffer, ReadOnlySpan<byte> address)
    {
        for (int i = 0; i < address.Length; i++)
        {
            if (i > 0)
            {
                buffer.Append((byte)'.');
            }

            buffer.Append((ulong)address[i]);
        }
    }

    private static void AppendV6(Utf8Buffer buffer, ReadOnlySpan<byte> address)
    {
        (int start, int end) = LongestZeros(address);
        int i = 0;
        while (i < Groups)
        {
            if (i == start)
            {
                buffer.Append("::"u8);
                i = end;
                continue;
            }

            if (i > 0 && i != end)
            {
                buffer.Append((byte)':');
            }

            buffer.AppendHex(Group(address, i++));
        }
    }

    /// <summary>The groups that "::" stands for: the longest run of zeros of two or more, of equal ones the first.</summary>
    private static (int Start, int End) LongestZeros(ReadOnlySpan<byte> address)
    {
        (int Start, int End) longest = (-1, -1);
        int start = 0;
        for (int i = 0; i <= Groups; i++)
        {
            if (i < Groups && Group(address, i) == 0)
            {
                continue;
            }

            if (i - start >= 2 && i - start > longest.End - longest.Start)
            {
                longest = (start, i);
            }

            start = i + 1;
        }

        return longest;
    }

    private static ushort Group(ReadOnlySpan<byte> address, int index) =>
        BinaryPrimitives.ReadUInt16BigEndian(address[(2 * index)..]);
}
