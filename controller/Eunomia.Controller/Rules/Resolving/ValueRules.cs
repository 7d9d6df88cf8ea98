using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>Which operators and values go with which types.</summary>
internal static class ValueRules
{
    /// <summary>For messages: <c>a number</c>.</summary>
    public static string Name(FieldType type) => type switch
    {
        FieldType.Text => "a text",
        FieldType.Path => "a path",
        FieldType.Number => "a number",
        FieldType.Time => "a time in nanoseconds",
        FieldType.Boolean => "true or false",
        FieldType.Address => "an address",
        FieldType.Network => "an address for networks",
        _ => "a port",
    };

    /// <summary>What would be right when an operator and a type do not go together; null when they do.</summary>
    public static string? Misfit(ComparisonOperator comparison, FieldType type)
    {
        bool isText = type is FieldType.Text or FieldType.Path;
        bool isNumber = type is FieldType.Number or FieldType.Time or FieldType.Port;
        bool fits = comparison switch
        {
            ComparisonOperator.Equal or ComparisonOperator.NotEqual or ComparisonOperator.In or ComparisonOperator.Intersects => true,
            _ when comparison.IsOrder() => isNumber,
            _ => isText,
        };
        if (fits)
        {
            return null;
        }
        return isText
            ? "allowed: = != in intersects pmatch contains icontains bcontains startswith bstartswith endswith glob iglob regex"
            : $"allowed: = != in intersects{(isNumber ? " < <= > >=" : "")}";
    }

    /// <summary>What is wrong with a value; null when nothing is.</summary>
    public static string? Wrong(ComparisonOperator comparison, FieldType type, string text) => type switch
    {
        FieldType.Number or FieldType.Time => IsNumber(text) ? null : "is no whole number",
        FieldType.Boolean => text is "true" or "false" ? null : "is neither true nor false",
        FieldType.Port => IsPort(text) ? null : "is no port from 0 to 65535",
        FieldType.Address => IPAddress.TryParse(text, out _) ? null : IsNetwork(text) ? "is a network; compare networks with fd.net and the like, and is no single address" : "is no IPv4 or IPv6 address",
        FieldType.Network => IPAddress.TryParse(text, out _) || IsNetwork(text) ? null : "is neither an address nor a network like 10.0.0.0/8",
        _ => WrongText(comparison, text),
    };

    public static bool AreComparable(FieldType left, FieldType right) => Class(left) == Class(right);

    private static int Class(FieldType type) => type switch
    {
        FieldType.Text or FieldType.Path => 0,
        FieldType.Number or FieldType.Time or FieldType.Port => 1,
        FieldType.Boolean => 2,
        _ => 3,
    };

    private static string? WrongText(ComparisonOperator comparison, string text)
    {
        switch (comparison)
        {
            case ComparisonOperator.BContains or ComparisonOperator.BStartsWith:
                return text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? null : "is no even number of hexadecimal digits";
            case ComparisonOperator.Regex:
                try
                {
                    _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
                    return null;
                }
                catch (Exception error) when (error is ArgumentException or NotSupportedException)
                {
                    return $"is no regular expression ({error.Message.TrimEnd('.')})";
                }
            default:
                return null;
        }
    }

    private static bool IsNumber(string text)
    {
        string digits = text.TrimStart('+', '-');
        return text.Length - digits.Length > 1
            ? false
            : digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
                ? ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
                : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
    }

    // By name where it has one: what names there are, the engine knows.
    private static bool IsPort(string text) => text.Length > 0 && char.IsAsciiLetter(text[0])
        ? text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsNetwork(string text) => IPNetwork.TryParse(text, out _) || IsLooseNetwork(text);

    // With bits behind the prefix, as rules have them.
    private static bool IsLooseNetwork(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && IPAddress.TryParse(text.AsSpan(0, slash), out IPAddress? address)
            && byte.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out byte bits)
            && bits <= address.GetAddressBytes().Length * 8;
    }
}
