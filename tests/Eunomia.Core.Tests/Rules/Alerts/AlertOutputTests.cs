using System.Buffers;
using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules.Alerts;

/// <summary>Alerts as JSON and as text; docs/alerts.md says exactly what is written.</summary>
public sealed class AlertOutputTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFiles.Path("docs", "alerts.md"));

    /// <summary>What alerts carry for the daemon's own use.</summary>
    private static readonly string[] Untold = [nameof(AlertProcess.StartNs), nameof(AlertContainer.CgroupKey)];

    [Fact]
    public void FullSample_EveryProperty_IsThere()
    {
        foreach (object part in (object[])[SampleAlerts.Full, SampleAlerts.Full.Process!, SampleAlerts.Full.Container!])
        {
            foreach (PropertyInfo property in part.GetType().GetProperties().Where(property => !Untold.Contains(property.Name)))
            {
                object? value = property.GetValue(part);
                Assert.True(
                    value is not null && !value.Equals(property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null) && value is not ICollection { Count: 0 },
                    $"{part.GetType().Name}.{property.Name}");
            }
        }
    }

    [Fact]
    public void Page_Members_AreThoseWritten()
    {
        string[] documented = [.. Rows().Select(cells => cells[0]).Order(StringComparer.Ordinal)];
        string[] written = [.. Members(Parse(SampleAlerts.Full), "").Order(StringComparer.Ordinal).Distinct()];

        Assert.Equal(documented, written);
    }

    [Fact]
    public void Page_MembersOfEveryAlert_AreThoseOfABareOne()
    {
        string[] documented = [.. Rows().Where(cells => cells[2] == "always").Select(cells => cells[0]).Order(StringComparer.Ordinal)];
        string[] written = [.. Members(Parse(SampleAlerts.Bare), "").Order(StringComparer.Ordinal)];

        Assert.Equal(documented, written);
    }

    [Fact]
    public void Page_Priorities_AreAll()
    {
        Assert.Equal(Enum.GetValues<RulePriority>().Select(RulePriorities.Name), RulePriorities.Names);
        Assert.Contains(string.Join(", ", RulePriorities.Names.Select(name => $"`{name}`")), Page, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_WhatComesFromOutside_StaysWithinItsLineAndString()
    {
        string line = Json(SampleAlerts.Full);

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', line);
        Assert.Equal(SampleAlerts.Full.Output, Parse(SampleAlerts.Full).GetProperty("output").GetString());
    }

    [Theory]
    [InlineData("1000", JsonValueKind.Number)]
    [InlineData("-1", JsonValueKind.Number)]
    [InlineData("0x1f", JsonValueKind.String)]
    [InlineData("", JsonValueKind.String)]
    [InlineData("1,2", JsonValueKind.String)]
    [InlineData("01", JsonValueKind.String)]
    public void Json_FieldThatIsNumber_IsOneWhereJsonHasIt(string value, JsonValueKind kind)
    {
        JsonElement json = Parse(SampleAlerts.Bare with { Fields = [new AlertField("x", value, IsNumber: true)] });

        Assert.Equal(kind, json.GetProperty("fields").GetProperty("x").ValueKind);
    }

    [Fact]
    public void Text_OfAFullOne_IsOneHarmlessLine() => Assert.Equal(
        "12:00:00.123 NOTICE        web A shell\\nstarted (sh -c \\u{1b}[31mevil) [3 times until 12:01:01.000] [kill] [in /var/lib/eunomia/captures/x.eun] [cut: args]\n",
        Text(SampleAlerts.Full, new AlertTextOptions()));

    [Fact]
    public void Text_OfTheHost_NamesIt() =>
        Assert.Equal("12:00:00.000 WARNING       node1 Something happened\n", Text(SampleAlerts.Bare, new AlertTextOptions()));

    [Fact]
    public void Text_NoName_ShowsShortId() => Assert.Contains(
        " aaaaaaaaaaaa ", Text(SampleAlerts.Full with { Container = new AlertContainer(new string('a', 64), "docker") }, new AlertTextOptions()), StringComparison.Ordinal);

    [Fact]
    public void Text_Colour_OnlyWhenAsked()
    {
        Assert.Contains("\u001b[33mWARNING\u001b[0m  ", Text(SampleAlerts.Bare, new AlertTextOptions(Color: true)), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Text(SampleAlerts.Bare, new AlertTextOptions()));
    }

    private static string Json(Alert alert)
    {
        ArrayBufferWriter<byte> line = new();
        new AlertJson().Write(alert, line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private static string Text(Alert alert, AlertTextOptions options)
    {
        ArrayBufferWriter<byte> line = new();
        new AlertText(options).Write(alert, line);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private static JsonElement Parse(Alert alert) => JsonDocument.Parse(AlertJson.Encode(alert)).RootElement;

    private static IEnumerable<string> Members(JsonElement element, string prefix)
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            string name = prefix + property.Name;
            bool isData = name == "fields";
            if (isData || property.Value.ValueKind != JsonValueKind.Object)
            {
                yield return name;
            }
            IEnumerable<JsonElement> inner = property.Value.ValueKind switch
            {
                JsonValueKind.Object when !isData => [property.Value],
                JsonValueKind.Array => property.Value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object),
                _ => [],
            };
            foreach (string member in inner.SelectMany(item => Members(item, name + ".")))
            {
                yield return member;
            }
        }
    }

    private static IEnumerable<string[]> Rows()
    {
        string section = Page[Page.IndexOf("## Members", StringComparison.Ordinal)..].Split("\n## ")[0];
        return section.Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim()).ToArray())
            .Select(cells => (string[])[cells[0].Trim('`'), .. cells[1..]]);
    }
}
