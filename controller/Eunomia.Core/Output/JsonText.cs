using System.Buffers;
using System.Globalization;
using System.Text;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>
/// JSON pieces. Strings from the kernel are bytes: what is not UTF-8 becomes U+FFFD, and control characters are escaped,
/// those that JSON would allow (DEL, C1) too, since the line may end on a terminal.
/// </summary>
internal static class JsonText
{
    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x7f - 0x20).Select(b => (byte)b).Where(b => b is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Writes <c>"key":</c>, with a comma in front unless it is the object's first.</summary>
    internal static Utf8Buffer Key(this Utf8Buffer buffer, ReadOnlySpan<byte> key)
    {
        buffer.AppendKey(key, comma: !buffer.IsOpening());
        return buffer;
    }

    /// <summary>Writes a comma unless something was just opened.</summary>
    internal static void Separate(this Utf8Buffer buffer)
    {
        if (!buffer.IsOpening())
        {
            buffer.Append((byte)',');
        }
    }

    private static bool IsOpening(this Utf8Buffer buffer) =>
        buffer.Length == 0 || buffer.Written[^1] is (byte)'{' or (byte)'[';

    internal static void String(this Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        buffer.Append((byte)'"');
        buffer.AppendEscaped(text);
        buffer.Append((byte)'"');
    }

    internal static void Member(this Utf8Buffer buffer, ReadOnlySpan<byte> key, ulong value) => buffer.Key(key).Append(value);

    /// <summary>A string member; left out when empty.</summary>
    internal static void Member(this Utf8Buffer buffer, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            buffer.Key(key).String(value);
        }
    }

    /// <summary>A string member; left out when null.</summary>
    internal static void Member(this Utf8Buffer buffer, ReadOnlySpan<byte> key, string? value)
    {
        if (value is not null)
        {
            buffer.Key(key).String(Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>A string member out of this program's own words, of which none needs escaping; left out when null.</summary>
    internal static void WordMember(this Utf8Buffer buffer, ReadOnlySpan<byte> key, string? word)
    {
        if (word is not null)
        {
            buffer.Key(key).Word(word);
        }
    }

    /// <summary>A string out of this program's own words.</summary>
    internal static void Word(this Utf8Buffer buffer, ReadOnlySpan<char> word)
    {
        buffer.Append((byte)'"');
        buffer.Append(word);
        buffer.Append((byte)'"');
    }

    /// <summary>A number that may be unknown; left out when 0.</summary>
    internal static void MemberUnlessZero(this Utf8Buffer buffer, ReadOnlySpan<byte> key, ulong value)
    {
        if (value != 0)
        {
            buffer.Member(key, value);
        }
    }

    /// <summary>A boolean that is left out when false.</summary>
    internal static void Flag(this Utf8Buffer buffer, ReadOnlySpan<byte> key, bool value)
    {
        if (value)
        {
            buffer.Key(key).Append("true"u8);
        }
    }

    /// <summary>A number as a hexadecimal string.</summary>
    internal static void HexMember(this Utf8Buffer buffer, ReadOnlySpan<byte> key, ulong value)
    {
        buffer.Key(key).Append("\"0x"u8);
        buffer.AppendHex(value);
        buffer.Append((byte)'"');
    }

    /// <summary>An array of strings.</summary>
    internal static void List(this Utf8Buffer buffer, ReadOnlySpan<byte> key, NulList items)
    {
        buffer.Key(key).Append((byte)'[');
        foreach (ReadOnlySpan<byte> item in items)
        {
            buffer.Separate();
            buffer.String(item);
        }

        buffer.Append((byte)']');
    }

    /// <summary>An array of the flags' names; what has none is one hexadecimal number at the end.</summary>
    internal static void Flags(this Utf8Buffer buffer, ReadOnlySpan<byte> key, FlagNames flags)
    {
        buffer.Key(key).Append((byte)'[');
        while (flags.TryNext(out string? name))
        {
            buffer.Separate();
            buffer.Word(name);
        }

        if (flags.Rest != 0)
        {
            buffer.Separate();
            buffer.Append("\"0x"u8);
            buffer.AppendHex(flags.Rest);
            buffer.Append((byte)'"');
        }

        buffer.Append((byte)']');
    }

    internal static void AppendEscaped(this Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            int plain = text.IndexOfAnyExcept(Plain);
            if (plain < 0)
            {
                buffer.Append(text);
                return;
            }

            buffer.Append(text[..plain]);
            text = text[plain..];
            Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
            buffer.AppendEscaped(rune);
            text = text[consumed..];
        }
    }

    private static void AppendEscaped(this Utf8Buffer buffer, Rune rune)
    {
        switch (rune.Value)
        {
            case '"':
                buffer.Append("\\\""u8);
                break;
            case '\\':
                buffer.Append("\\\\"u8);
                break;
            case '\n':
                buffer.Append("\\n"u8);
                break;
            case '\r':
                buffer.Append("\\r"u8);
                break;
            case '\t':
                buffer.Append("\\t"u8);
                break;
            default:
                if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control)
                {
                    buffer.Append("\\u00"u8);
                    buffer.Append((byte)"0123456789abcdef"[rune.Value >> 4]);
                    buffer.Append((byte)"0123456789abcdef"[rune.Value & 15]);
                }
                else
                {
                    buffer.Append(rune);
                }

                break;
        }
    }
}
