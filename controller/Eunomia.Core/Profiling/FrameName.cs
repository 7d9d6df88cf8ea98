using System.Globalization;

namespace Eunomia.Core.Profiling;

/// <summary>What a frame is called where there is room for one name.</summary>
public static class FrameName
{
    internal const string Unknown = "[unknown]";
    internal const string Other = "[other]";

    /// <summary>The function; else the module with the offset into its file.</summary>
    internal static string Of(Symbol? symbol) => symbol switch
    {
        { Function: { Length: > 0 } function } => function,
        { Module.Length: > 0 } found => string.Create(CultureInfo.InvariantCulture, $"{Bracketed(found.Module)}+0x{found.Offset:x}"),
        _ => Unknown,
    };

    /// <summary>The last part of the module's path.</summary>
    internal static string Module(Symbol? symbol) => symbol is { } found ? found.Module[(found.Module.LastIndexOf('/') + 1)..] : "";

    /// <summary>Whether a character changes how the text around it is shown; a symbol's name is whatever a program says.</summary>
    public static bool IsHidden(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Bracketed(string module) =>
        module.StartsWith('[') ? module : $"[{module[(module.LastIndexOf('/') + 1)..]}]";
}
