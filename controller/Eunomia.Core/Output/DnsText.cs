using System.Buffers.Binary;
using Eunomia.Core.Dns;

namespace Eunomia.Core.Output;

/// <summary>Names, numbers and data of DNS as text, in the presentation format of RFC 1035, 3597, 4343 and 9460.</summary>
internal static class DnsText
{
    private const int KeyAlpn = 1;
    private const int KeyNoDefaultAlpn = 2;
    private const int KeyPort = 3;
    private const int KeyV4Hint = 4;
    private const int KeyV6Hint = 6;

    /// <summary>A name without the dot at its end; the root is one.</summary>
    internal static void AppendName(this Utf8Buffer buffer, DnsName name)
    {
        int start = buffer.Length;
        foreach (ReadOnlySpan<byte> label in name.Labels)
        {
            if (buffer.Length != start)
            {
                buffer.Append((byte)'.');
            }

            foreach (byte b in label)
            {
                buffer.AppendOctet(b, special: b == (byte)'.');
            }
        }

        if (buffer.Length == start)
        {
            buffer.Append((byte)'.');
        }
    }

    internal static void AppendType(this Utf8Buffer buffer, ushort type) => Append(buffer, DnsNumbers.Type(type), "TYPE"u8, type);

    internal static void AppendClass(this Utf8Buffer buffer, ushort number) =>
        Append(buffer, DnsNumbers.Class(number), "CLASS"u8, number);

    internal static void AppendCode(this Utf8Buffer buffer, int code) => Append(buffer, DnsNumbers.Code(code), "RCODE"u8, (uint)code);

    internal static void AppendOpcode(this Utf8Buffer buffer, int opcode) =>
        Append(buffer, DnsNumbers.Opcode(opcode), "OPCODE"u8, (uint)opcode);

    /// <summary>The data of a record; what is not as its type wants it is written as unknown data.</summary>
    internal static void AppendData(this Utf8Buffer buffer, DnsMessage message, DnsResource record)
    {
        int start = buffer.Length;
        if (!TryAppend(buffer, message, record))
        {
            buffer.Truncate(start);
            AppendUnknown(buffer, message.Bytes.Slice(record.DataAt, record.DataLength));
        }
    }

    private static bool TryAppend(Utf8Buffer buffer, DnsMessage message, DnsResource record)
    {
        ReadOnlySpan<byte> data = message.Bytes.Slice(record.DataAt, record.DataLength);
        int at = record.DataAt;
        switch (record.Type)
        {
            case DnsNumbers.A when data.Length == 4:
            case DnsNumbers.Aaaa when data.Length == 16:
                buffer.AppendAddress(data);
                return true;
            case DnsNumbers.Cname or DnsNumbers.Ns or DnsNumbers.Ptr or DnsNumbers.Dname:
                return TryAppendName(buffer, message, ref at) && at == record.DataAt + record.DataLength;
            case DnsNumbers.Mx when data.Length > 2:
                return TryAppendNumbers(buffer, message, ref at, 1, 2)
                    && TryAppendName(buffer, message, ref at) && at == record.DataAt + record.DataLength;
            case DnsNumbers.Srv when data.Length > 6:
                return TryAppendNumbers(buffer, message, ref at, 3, 2)
                    && TryAppendName(buffer, message, ref at) && at == record.DataAt + record.DataLength;
            case DnsNumbers.Soa:
                return TryAppendAuthority(buffer, message, record);
            case DnsNumbers.Txt or DnsNumbers.Spf:
                return TryAppendStrings(buffer, data);
            case DnsNumbers.Svcb or DnsNumbers.Https when data.Length > 2:
                return TryAppendService(buffer, message, record);
            default:
                return false;
        }
    }

    private static bool TryAppendName(Utf8Buffer buffer, DnsMessage message, ref int at)
    {
        int end = message.NameEnd(at);
        if (end < 0)
        {
            return false;
        }

        buffer.AppendName(message.NameAt(at));
        at = end;
        return true;
    }

    /// <summary>Numbers in network order, a blank behind each.</summary>
    private static bool TryAppendNumbers(Utf8Buffer buffer, DnsMessage message, ref int at, int count, int size)
    {
        if (message.Bytes.Length - at < count * size)
        {
            return false;
        }

        for (int n = 0; n < count; n++, at += size)
        {
            ReadOnlySpan<byte> number = message.Bytes[at..];
            buffer.Append(size == 2 ? BinaryPrimitives.ReadUInt16BigEndian(number) : BinaryPrimitives.ReadUInt32BigEndian(number));
            buffer.Append((byte)' ');
        }

        return true;
    }

    private static bool TryAppendAuthority(Utf8Buffer buffer, DnsMessage message, DnsResource record)
    {
        int at = record.DataAt;
        int end = at + record.DataLength;
        if (!TryAppendName(buffer, message, ref at) || at >= end)
        {
            return false;
        }

        buffer.Append((byte)' ');
        if (!TryAppendName(buffer, message, ref at) || end - at != 20)
        {
            return false;
        }

        buffer.Append((byte)' ');
        _ = TryAppendNumbers(buffer, message, ref at, 5, 4);
        buffer.Truncate(buffer.Length - 1);
        return true;
    }

    private static bool TryAppendStrings(Utf8Buffer buffer, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int length = data[0];
            if (length >= data.Length)
            {
                return false;
            }

            AppendQuoted(buffer, data.Slice(1, length));
            data = data[(1 + length)..];
            buffer.Append(data.IsEmpty ? default : " "u8);
        }

        return true;
    }

    private static void AppendQuoted(Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Append((byte)'"');
        foreach (byte b in text)
        {
            if (b == (byte)' ')
            {
                buffer.Append(b);
            }
            else
            {
                buffer.AppendOctet(b, special: b == (byte)'"');
            }
        }

        buffer.Append((byte)'"');
    }

    /// <summary>"1 target key=value ...".</summary>
    private static bool TryAppendService(Utf8Buffer buffer, DnsMessage message, DnsResource record)
    {
        int at = record.DataAt;
        int end = at + record.DataLength;
        _ = TryAppendNumbers(buffer, message, ref at, 1, 2);
        if (!TryAppendName(buffer, message, ref at) || at > end)
        {
            return false;
        }

        while (at < end)
        {
            ReadOnlySpan<byte> rest = message.Bytes[at..end];
            int length = rest.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length > rest.Length - 4)
            {
                return false;
            }

            buffer.Append((byte)' ');
            AppendParameter(buffer, BinaryPrimitives.ReadUInt16BigEndian(rest), rest.Slice(4, length));
            at += 4 + length;
        }

        return true;
    }

    private static void AppendParameter(Utf8Buffer buffer, int key, ReadOnlySpan<byte> value)
    {
        switch (key)
        {
            case KeyAlpn:
                buffer.Append("alpn="u8);
                AppendProtocols(buffer, value);
                break;
            case KeyNoDefaultAlpn when value.IsEmpty:
                buffer.Append("no-default-alpn"u8);
                break;
            case KeyPort when value.Length == 2:
                buffer.Append("port="u8);
                buffer.Append(BinaryPrimitives.ReadUInt16BigEndian(value));
                break;
            case KeyV4Hint when value.Length % 4 == 0:
                AppendAddresses(buffer, "ipv4hint="u8, value, 4);
                break;
            case KeyV6Hint when value.Length % 16 == 0:
                AppendAddresses(buffer, "ipv6hint="u8, value, 16);
                break;
            default:
                buffer.Append("key"u8);
                buffer.Append((uint)key);
                buffer.Append(value.IsEmpty ? default : "="u8);
                AppendHex(buffer, value);
                break;
        }
    }

    /// <summary>Protocols, each behind its length, with commas between; as they come when that is not so.</summary>
    private static void AppendProtocols(Utf8Buffer buffer, ReadOnlySpan<byte> value)
    {
        bool isFirst = true;
        while (!value.IsEmpty)
        {
            int length = Math.Min(value[0], value.Length - 1);
            buffer.Append(isFirst ? default : ","u8);
            foreach (byte b in value.Slice(1, length))
            {
                buffer.AppendOctet(b, special: b == (byte)',');
            }

            value = value[(1 + length)..];
            isFirst = false;
        }
    }

    private static void AppendAddresses(Utf8Buffer buffer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, int size)
    {
        buffer.Append(key);
        for (int at = 0; at < value.Length; at += size)
        {
            buffer.Append(at == 0 ? default : ","u8);
            buffer.AppendAddress(value.Slice(at, size));
        }
    }

    /// <summary>RFC 3597: <c>\# 3 0a0b0c</c>.</summary>
    private static void AppendUnknown(Utf8Buffer buffer, ReadOnlySpan<byte> data)
    {
        buffer.Append("\\# "u8);
        buffer.Append((uint)data.Length);
        buffer.Append(data.IsEmpty ? default : " "u8);
        AppendHex(buffer, data);
    }

    private static void AppendHex(Utf8Buffer buffer, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
        {
            buffer.Append("0123456789abcdef"u8[b >> 4]);
            buffer.Append("0123456789abcdef"u8[b & 15]);
        }
    }

    /// <summary>A byte of a label: with a backslash in front when it means something, or as its number in three digits.</summary>
    private static void AppendOctet(this Utf8Buffer buffer, byte b, bool special)
    {
        if (special || b == (byte)'\\')
        {
            buffer.Append((byte)'\\');
            buffer.Append(b);
        }
        else if (b is > 0x20 and < 0x7f)
        {
            buffer.Append(b);
        }
        else
        {
            buffer.Append((byte)'\\');
            buffer.Append((byte)('0' + (b / 100)));
            buffer.Append((byte)('0' + (b / 10 % 10)));
            buffer.Append((byte)('0' + (b % 10)));
        }
    }

    private static void Append(Utf8Buffer buffer, string? name, ReadOnlySpan<byte> prefix, uint number)
    {
        if (name is not null)
        {
            buffer.Append(name);
            return;
        }

        buffer.Append(prefix);
        buffer.Append(number);
    }
}
