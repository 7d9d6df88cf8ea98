using System.Buffers;
using System.Text;
using System.Text.Json;
using Eunomia.Controller.Rules.Checks;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Cli.Output;

/// <summary>Rules as JSON lines.</summary>
internal static class RulesJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string List(IEnumerable<Rule> rules, RuleSet set)
    {
        var text = new StringBuilder();
        foreach (Rule rule in rules)
        {
            SequenceRule? sequence = set.Sequences.FirstOrDefault(candidate => ReferenceEquals(candidate.Rule, rule));
            text.Append(One(rule, sequence)).Append('\n');
        }
        return text.ToString();
    }

    private static string One(Rule rule, SequenceRule? sequence)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("name", rule.Name);
            json.WriteString("kind", sequence is null ? "rule" : "sequence");
            json.WriteString("priority", RulesText.Priority(rule));
            json.WriteBoolean("enabled", rule.Enabled);
            Texts(json, "tags", rule.Tags);
            Texts(json, "actions", rule.Actions.ToNames());
            json.WriteString("description", rule.Description);
            json.WriteString("output", rule.Output);
            json.WriteString("fix", rule.Fix);
            json.WriteString("file", rule.Position.File);
            json.WriteNumber("line", rule.Position.Line);
            IReadOnlyList<Condition> conditions = sequence?.Steps ?? [rule.Condition];
            Texts(json, "conditions", conditions.Select(ConditionPrinter.Print));
            json.WriteNumber("cost", conditions.Max(RuleFacts.Cost));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }
}
