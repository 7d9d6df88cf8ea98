using System.Globalization;
using System.Text;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Values as written, as what the field is.</summary>
internal static class Literals
{
    private static readonly Dictionary<string, long> Ports = new(StringComparer.Ordinal)
    {
        ["ftp"] = 21,
        ["ssh"] = 22,
        ["telnet"] = 23,
        ["smtp"] = 25,
        ["domain"] = 53,
        ["dns"] = 53,
        ["tftp"] = 69,
        ["http"] = 80,
        ["pop3"] = 110,
        ["ntp"] = 123,
        ["imap"] = 143,
        ["snmp"] = 161,
        ["irc"] = 194,
        ["ldap"] = 389,
        ["https"] = 443,
        ["smtps"] = 465,
        ["syslog"] = 514,
        ["ldaps"] = 636,
        ["imaps"] = 993,
        ["pop3s"] = 995,
        ["mysql"] = 3306,
        ["rdp"] = 3389,
        ["postgresql"] = 5432,
        ["redis"] = 6379,
        ["mongodb"] = 27017,
    };

    internal static byte[] Bytes(LiteralOperand literal) => Encoding.UTF8.GetBytes(literal.Text);

    internal static long Number(FieldReader reader, LiteralOperand literal)
    {
        string text = literal.Text;
        if (reader.Type == FieldType.Boolean)
        {
            return text.ToLowerInvariant() switch
            {
                "true" or "1" => 1,
                "false" or "0" => 0,
                _ => throw Wrong(reader, literal, "true or false"),
            };
        }

        if (reader.Type == FieldType.Port && Ports.TryGetValue(text, out long port))
        {
            return port;
        }

        bool isNegative = text.StartsWith('-');
        ReadOnlySpan<char> digits = isNegative ? text.AsSpan(1) : text;
        bool isHex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!ulong.TryParse(isHex ? digits[2..] : digits, style, CultureInfo.InvariantCulture, out ulong value))
        {
            throw Wrong(reader, literal, reader.Type == FieldType.Port ? "a port" : "a number");
        }

        return isNegative ? -(long)value : (long)value;
    }

    internal static NetworkTrie Networks(FieldReader reader, IEnumerable<LiteralOperand> literals)
    {
        var networks = new NetworkTrie();
        foreach (LiteralOperand literal in literals)
        {
            if (!networks.TryAdd(literal.Text))
            {
                throw Wrong(reader, literal, "an address or a network like 10.0.0.0/8");
            }
        }

        return networks;
    }

    /// <summary>Bytes written as hexadecimal digits.</summary>
    internal static byte[] Hex(FieldReader reader, LiteralOperand literal)
    {
        try
        {
            return Convert.FromHexString(literal.Text);
        }
        catch (FormatException)
        {
            throw Wrong(reader, literal, "bytes as hexadecimal digits");
        }
    }

    private static RuleException Wrong(FieldReader reader, LiteralOperand literal, string wanted) =>
        new(literal.Position.Value, $"'{literal.Text}' is not {wanted}, which '{reader.Name}' is compared with");
}
