using System.Buffers;

namespace Eunomia.Core.Containers;

/// <summary>Lower-case hex digits, of which container ids are made.</summary>
internal static class Hex
{
    /// <summary>Digits of a full container id.</summary>
    internal const int IdLength = 64;

    private static readonly SearchValues<byte> Bytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> DecimalBytes = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<char> Chars = SearchValues.Create("0123456789abcdef");

    internal static bool Is(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Bytes);

    internal static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Chars);

    internal static bool IsId(ReadOnlySpan<byte> text) => text.Length == IdLength && Is(text);

    internal static bool IsDecimal(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(DecimalBytes);
}
