using System.Globalization;
using System.Text;

namespace Eunomia.Core.Output;

/// <summary>
/// Text for a terminal: measured in its columns, and made harmless, since names and arguments come from the monitored:
/// control and formatting characters (escape sequences, line breaks, direction overrides) are spelt out.
/// </summary>
internal static class TextCells
{
    private const string Ellipsis = "…";

    /// <summary>Inclusive ranges that terminals draw two columns wide (Unicode East Asian Width W and F, in the large).</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x2e80, 0x303e), (0x3041, 0x33ff), (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa000, 0xa4cf),
        (0xac00, 0xd7a3), (0xf900, 0xfaff), (0xfe30, 0xfe6f), (0xff00, 0xff60), (0xffe0, 0xffe6), (0x1f300, 0x1f64f),
        (0x1f900, 0x1f9ff), (0x20000, 0x3fffd),
    ];

    /// <summary>Appends harmless text; what is not UTF-8 becomes U+FFFD.</summary>
    internal static void AppendSafe(this Utf8Buffer buffer, ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int consumed);
            text = text[consumed..];
            AppendSafe(buffer, rune);
        }
    }

    /// <summary>Appends harmless text, cut with "…" and padded to exactly this many columns; 0 = as it is.</summary>
    internal static void AppendColumn(this Utf8Buffer buffer, ReadOnlySpan<byte> safe, int columns)
    {
        int width = Measure(safe);
        buffer.AppendCut(safe, columns);
        buffer.AppendRepeated((byte)' ', columns - width);
    }

    /// <summary>Appends harmless text, cut with "…" to at most this many columns; 0 = as it is.</summary>
    internal static void AppendCut(this Utf8Buffer buffer, ReadOnlySpan<byte> safe, int columns)
    {
        if (columns <= 0 || Measure(safe) <= columns)
        {
            buffer.Append(safe);
            return;
        }

        int width = 0;
        int end = 0;
        while (end < safe.Length)
        {
            Rune.DecodeFromUtf8(safe[end..], out Rune rune, out int consumed);
            width += Width(rune);
            if (width > columns - 1)
            {
                break;
            }

            end += consumed;
        }

        int missing = columns - 1 - Measure(safe[..end]);
        buffer.Append(safe[..end]);
        buffer.AppendRepeated((byte)' ', missing);
        buffer.Append(Ellipsis);
    }

    /// <summary>Columns of harmless text.</summary>
    internal static int Measure(ReadOnlySpan<byte> safe)
    {
        int width = 0;
        while (!safe.IsEmpty)
        {
            Rune.DecodeFromUtf8(safe, out Rune rune, out int consumed);
            width += Width(rune);
            safe = safe[consumed..];
        }

        return width;
    }

    private static int Width(Rune rune)
    {
        if (rune.IsAscii)
        {
            return 1;
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
        {
            return 0;
        }

        foreach ((int first, int last) in Wide)
        {
            if (rune.Value >= first && rune.Value <= last)
            {
                return 2;
            }
        }

        return 1;
    }

    private static void AppendSafe(Utf8Buffer buffer, Rune rune)
    {
        if (rune.Value is >= 0x20 and < 0x7f)
        {
            buffer.Append((byte)rune.Value);
            return;
        }

        switch (rune.Value)
        {
            case '\n':
                buffer.Append("\\n"u8);
                return;
            case '\t':
                buffer.Append("\\t"u8);
                return;
            case '\r':
                buffer.Append("\\r"u8);
                return;
            default:
                break;
        }

        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        {
            buffer.Append("\\u{"u8);
            buffer.AppendHex((ulong)rune.Value);
            buffer.Append((byte)'}');
            return;
        }

        buffer.Append(rune);
    }
}
