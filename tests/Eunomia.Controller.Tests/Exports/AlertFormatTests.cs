using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Eunomia.Controller.Exports.Alertmanager;
using Eunomia.Controller.Exports.Delivery;
using Eunomia.Controller.Exports.Journald;
using Eunomia.Controller.Exports.Syslog;
using Eunomia.Core.Rules.Alerts;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Exports;

/// <summary>Alerts as other programs want them.</summary>
public sealed partial class AlertFormatTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFiles.Path("docs", "alerts.md"));

    [Fact]
    public void Journal_Fields_AreThoseOfThePage()
    {
        string section = Page[Page.IndexOf("**journald**", StringComparison.Ordinal)..Page.IndexOf("**syslog**", StringComparison.Ordinal)];
        string[] documented = [.. FieldName().Matches(section).Select(match => match.Groups[1].Value).Where(name => name != "EUNOMIA_SHORTENED").Distinct().Order(StringComparer.Ordinal)];

        Assert.Equal(documented, Entry(SampleAlerts.Full).Select(field => field.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Journal_Values_AreWhole()
    {
        ILookup<string, string> fields = Entry(SampleAlerts.Full).ToLookup(field => field.Name, field => field.Value);

        Assert.Equal(SampleAlerts.Full.Output, fields["MESSAGE"].Single());
        Assert.Equal("5", fields["PRIORITY"].Single());
        Assert.Equal(SampleAlerts.Full.Tags, fields["EUNOMIA_TAG"]);
        Assert.Equal(SampleAlerts.Full.Container!.Id, fields["CONTAINER_ID_FULL"].Single());
        Assert.Equal(SampleAlerts.Full.Id, AlertJsonReader.Read(Encoding.UTF8.GetBytes(fields["EUNOMIA_ALERT"].Single()))!.Id);
    }

    [Fact]
    public void Journal_Huge_IsShortenedAndSaysSo()
    {
        byte[] entry = JournalEntry.Encode(SampleAlerts.Full with { Output = new string('ä', 200_000), Tags = [.. Enumerable.Repeat("tag", 10_000)] });

        Assert.InRange(entry.Length, 1000, JournalEntry.LargestSize);
        Assert.Contains("EUNOMIA_SHORTENED=1\n", Encoding.UTF8.GetString(entry), StringComparison.Ordinal);
    }

    [Fact]
    public void Syslog_Message_IsRfc5424()
    {
        string message = Encoding.UTF8.GetString(SyslogMessage.Encode(SampleAlerts.Full, facility: 10));

        Assert.Matches(@"^<85>1 2026-01-02T12:01:01\.000000Z node1 eunomia \d+ alert \[eunomia@32473 id=""0193e4a0-1111-7222-8333-444455556666"" rule=""Shell in \\""container\\"""" .*\] \ufeffA shell\\nstarted ", message);
        Assert.DoesNotContain(message, char.IsControl);
    }

    [Fact]
    public void Syslog_Huge_IsCutBetweenCharactersAndSaysSo()
    {
        byte[] message = SyslogMessage.Encode(SampleAlerts.Full with { Output = new string('ä', 200_000) }, facility: 10);

        Assert.InRange(message.Length, SyslogMessage.LargestSize - 4, SyslogMessage.LargestSize);
        Assert.Contains(" cut=\"1\"]", new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(message), StringComparison.Ordinal);
    }

    [Fact]
    public void Alertmanager_Alert_HasBoundedLabelsAndIsActiveFromNowOn()
    {
        DateTimeOffset now = DateTimeOffset.Parse("2026-01-03T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture);
        ArrayBufferWriter<byte> json = new();
        AlertmanagerJson.Write(json, [SampleAlerts.Full, SampleAlerts.Bare with { TimeUnixNs = SampleAlerts.Noon * 2 }], now, TimeSpan.FromMinutes(5));
        JsonElement alerts = JsonDocument.Parse(json.WrittenMemory).RootElement;

        Assert.Equal(
            ["alertname", "rule", "severity", "host", "container", "image", "pod", "namespace"],
            alerts[0].GetProperty("labels").EnumerateObject().Select(label => label.Name));
        Assert.Equal(SampleAlerts.Full.Output, alerts[0].GetProperty("annotations").GetProperty("description").GetString());
        Assert.Equal("2026-01-02T12:00:00.1234567Z", alerts[0].GetProperty("startsAt").GetString());
        Assert.Equal("2026-01-03T00:05:00.0000000Z", alerts[0].GetProperty("endsAt").GetString());
        Assert.Equal("2026-01-03T00:00:00.0000000Z", alerts[1].GetProperty("startsAt").GetString());
    }

    // As the protocol says, and strictly.
    private static List<(string Name, string Value)> Entry(Alert alert)
    {
        ReadOnlySpan<byte> bytes = JournalEntry.Encode(alert);
        List<(string, string)> fields = [];
        while (!bytes.IsEmpty)
        {
            int lineFeed = bytes.IndexOf((byte)'\n');
            int equals = bytes[..lineFeed].IndexOf((byte)'=');
            if (equals >= 0)
            {
                fields.Add((Encoding.UTF8.GetString(bytes[..equals]), Encoding.UTF8.GetString(bytes[(equals + 1)..lineFeed])));
                bytes = bytes[(lineFeed + 1)..];
                continue;
            }
            int length = (int)BitConverter.ToUInt64(bytes[(lineFeed + 1)..]);
            int start = lineFeed + 9;
            fields.Add((Encoding.UTF8.GetString(bytes[..lineFeed]), Encoding.UTF8.GetString(bytes.Slice(start, length))));
            Assert.Equal((byte)'\n', bytes[start + length]);
            bytes = bytes[(start + length + 1)..];
        }
        return fields;
    }

    [GeneratedRegex("`([A-Z][A-Z_]+)`")]
    private static partial Regex FieldName();
}
