using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Eunomia.Core.Output;

/// <summary>A growing line of UTF-8, used again for the next one.</summary>
internal sealed class Utf8Buffer
{
    private const int NumberMax = 24;
    private byte[] _bytes = new byte[1024];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What stands there, to be written over.</summary>
    internal Span<byte> WrittenFrom(int start) => _bytes.AsSpan(start, Length - start);

    internal void Clear() => Length = 0;

    /// <summary>Takes back what stands behind the first bytes.</summary>
    internal void Truncate(int length) => Length = Math.Min(Length, length);

    /// <summary>Takes out one byte.</summary>
    internal void RemoveAt(int index)
    {
        _bytes.AsSpan(index + 1, Length - index - 1).CopyTo(_bytes.AsSpan(index));
        Length--;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Append(byte b)
    {
        Reserve(1)[0] = b;
        Length++;
    }

    /// <summary>What is in front of a member's value: <c>"key":</c>, behind a comma if one is wanted.</summary>
    internal void AppendKey(ReadOnlySpan<byte> key, bool comma)
    {
        Span<byte> target = Reserve(key.Length + 4);
        int at = 0;
        if (comma)
        {
            target[at++] = (byte)',';
        }

        target[at++] = (byte)'"';
        key.CopyTo(target[at..]);
        at += key.Length;
        target[at++] = (byte)'"';
        target[at++] = (byte)':';
        Length += at;
    }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    internal void Append(ReadOnlySpan<char> text) =>
        Length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));

    internal void Append(Rune rune) => Length += rune.EncodeToUtf8(Reserve(4));

    internal void Append(ulong number)
    {
        Utf8Formatter.TryFormat(number, Reserve(NumberMax), out int written);
        Length += written;
    }

    internal void AppendSigned(long number)
    {
        Utf8Formatter.TryFormat(number, Reserve(NumberMax), out int written);
        Length += written;
    }

    internal void AppendHex(ulong number)
    {
        Utf8Formatter.TryFormat(number, Reserve(NumberMax), out int written, new StandardFormat('x'));
        Length += written;
    }

    /// <summary>File permissions as chmod takes them: "0644", "01777".</summary>
    internal void AppendMode(ulong mode)
    {
        Append((byte)'0');
        int digits = 3;
        while (mode >> (3 * digits) != 0)
        {
            digits++;
        }

        for (int i = digits - 1; i >= 0; i--)
        {
            Append((byte)('0' + ((mode >> (3 * i)) & 7)));
        }
    }

    /// <summary>A device's number, major &lt;&lt; 20 | minor: "8:1".</summary>
    internal void AppendDevice(uint device)
    {
        Append(device >> 20);
        Append((byte)':');
        Append(device & 0xfffff);
    }

    /// <summary>A number with leading zeros.</summary>
    internal void AppendDigits(ulong number, int digits)
    {
        Span<byte> target = Reserve(digits);
        for (int i = digits - 1; i >= 0; i--)
        {
            target[i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        Length += digits;
    }

    internal void AppendRepeated(byte b, int count)
    {
        if (count > 0)
        {
            Reserve(count)[..count].Fill(b);
            Length += count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<byte> Reserve(int size)
    {
        if (_bytes.Length - Length < size)
        {
            Grow(size);
        }

        return _bytes.AsSpan(Length);
    }

    private void Grow(int size) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + size));
}
