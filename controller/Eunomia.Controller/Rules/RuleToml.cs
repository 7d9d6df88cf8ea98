using System.Globalization;
using System.Text;
using Eunomia.Controller.Rules.Files;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules;

/// <summary>Writes definitions as our TOML. Comments are not kept; everything else means the same.</summary>
internal sealed class RuleToml
{
    private const int Widest = 100;

    private readonly StringBuilder _text = new();

    public static string Write(IEnumerable<Definition> definitions)
    {
        var writer = new RuleToml();
        foreach (Definition definition in definitions)
        {
            writer.Write(definition);
        }
        return writer._text.ToString();
    }

    private void Write(Definition definition)
    {
        switch (definition)
        {
            case ListDefinition list:
                Open("list", list.Name);
                Texts("items", list.Items.Select(item => item.Text));
                Appended(list.IsAppended, "items");
                break;
            case MacroDefinition macro:
                Open("macro", macro.Name);
                Text("condition", macro.Condition.Text);
                Appended(macro.IsAppended, "condition");
                break;
            case RuleDefinition rule when rule.Overrides.Count == 0 || Overrides(rule).Length > 0:
                Open("rule", rule.Name);
                Rule(rule);
                break;
            case SequenceDefinition sequence:
                Open("sequence", sequence.Name);
                Rule(sequence.Rule);
                Texts("steps", sequence.Steps.Select(step => step.Text));
                Text("within", string.Create(CultureInfo.InvariantCulture, $"{sequence.Within.TotalMilliseconds}ms"));
                Text("by", RuleWords.Joins[(int)sequence.By]);
                Texts("same", sequence.Same.Select(field => field.Text));
                break;
        }
    }

    private void Rule(RuleDefinition rule)
    {
        Text("description", rule.Description?.Text);
        Text("condition", rule.Condition?.Text);
        Text("output", rule.Output?.Text);
        Text("priority", rule.Priority is { } priority ? RuleWords.Priorities[(int)priority] : null);
        Texts("tags", rule.Tags);
        Text("fix", rule.Fix?.Text);
        if (rule.Actions is { } actions && (actions != RuleActions.None || rule.Overrides.Count > 0))
        {
            Texts("actions", actions.ToNames());
        }
        Flag("enabled", rule.IsEnabled);
        Text("source", rule.Source?.Text);
        Flag("warn_evttypes", rule.WarnsOfEventTypes);
        Flag("skip-if-unknown-filter", rule.SkipsUnknownFields);
        string[] overrides = Overrides(rule);
        if (overrides.Length > 0)
        {
            Line($"override = {{ {string.Join(", ", overrides)} }}");
        }
        foreach (ExceptionDefinition exception in rule.Exceptions ?? [])
        {
            Line("[[rule.exception]]");
            Text("name", exception.Name);
            Entry("fields", exception.Fields);
            Entry("comparisons", exception.Comparisons);
            if (exception.Values.Count > 0)
            {
                Line($"values = [{string.Join(", ", exception.Values.Select(Entry))}]");
            }
        }
    }

    // How long a capture is, is no matter of rules here.
    private static string[] Overrides(RuleDefinition rule) =>
    [
        .. rule.Overrides.Where(entry => entry.Key != "capture_duration")
            .Select(entry => $"{(entry.Key == "capture" ? "actions" : entry.Key)} = \"{(entry.Value == OverrideMode.Append ? "append" : "replace")}\""),
    ];

    private void Open(string kind, string name)
    {
        if (_text.Length > 0)
        {
            _text.Append('\n');
        }
        Line($"[[{kind}]]");
        Text("name", name);
    }

    private void Appended(bool isAppended, string key)
    {
        if (isAppended)
        {
            Line($"override = {{ {key} = \"append\" }}");
        }
    }

    private void Text(string key, string? value)
    {
        if (value is null)
        {
            return;
        }
        string text = key is "name" ? value : value.Trim();
        bool isLong = key is not "name" && (text.Length > Widest || text.Contains('\n'));
        Line($"{key} = {(isLong ? $"\"\"\"\n{Lines(text)}\"\"\"" : Quote(text))}");
    }

    private void Texts(string key, IEnumerable<string>? values)
    {
        if (values is null)
        {
            return;
        }
        string[] items = [.. values.Select(Quote)];
        string flat = string.Join(", ", items);
        if (flat.Length <= Widest)
        {
            Line($"{key} = [{flat}]");
            return;
        }
        Line($"{key} = [");
        var line = new StringBuilder("   ");
        foreach (string item in items)
        {
            if (line.Length + item.Length > Widest && line.Length > 3)
            {
                Line(line.ToString());
                line.Clear().Append("   ");
            }
            line.Append(' ').Append(item).Append(',');
        }
        Line(line.ToString());
        Line("]");
    }

    private void Flag(string key, bool? value)
    {
        if (value is { } flag)
        {
            Line($"{key} = {(flag ? "true" : "false")}");
        }
    }

    private void Entry(string key, ExceptionEntry? entry)
    {
        if (entry is not null)
        {
            Line($"{key} = {Entry(entry)}");
        }
    }

    private static string Entry(ExceptionEntry entry) =>
        entry.Text is { } text ? Quote(text.Text) : $"[{string.Join(", ", entry.Items.Select(Entry))}]";

    // A line end behind a backslash and what follows it is nothing: it breaks long lines without a change.
    private static string Lines(string text)
    {
        var lines = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            lines.Append(Escaped(c, keepsLines: true));
            column = c == '\n' ? 0 : column + 1;
            if (c == ' ' && column > Widest && i + 1 < text.Length && !char.IsWhiteSpace(text[i + 1]))
            {
                lines.Append("\\\n");
                column = 0;
            }
        }
        return lines.ToString();
    }

    private static string Quote(string text) => $"\"{string.Concat(text.Select(c => Escaped(c, keepsLines: false)))}\"";

    private static string Escaped(char c, bool keepsLines) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => keepsLines ? "\n" : "\\n",
        '\t' => "\\t",
        // Tomlyn takes the character that stands for bytes that are none as half a surrogate pair.
        < ' ' or '\x7f' or '\ufffd' => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    };

    private void Line(string line) => _text.Append(line).Append('\n');
}
