using Eunomia.Core;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Files;

/// <summary>Makes definitions of tables; those that cannot be used become broken ones, and what is wrong is told.</summary>
internal sealed class DefinitionReader(DefinitionKeys keys, DiagnosticList diagnostics)
{
    public Definition? ReadList(MapNode map)
    {
        MapReader reader = Open(map, "list", keys.List, out SourceText? name);
        IReadOnlyList<SourceText>? items = reader.Texts("items");
        if (items is null && !reader.IsBroken)
        {
            reader.Refuse(map.Position, "items is missing");
        }
        bool isAppended = IsAppended(reader, "items");
        return Close(reader, "list", name, () => new ListDefinition(name!.Text, map.Position, items!, isAppended));
    }

    public Definition? ReadMacro(MapNode map)
    {
        MapReader reader = Open(map, "macro", keys.Macro, out SourceText? name);
        SourceText? condition = reader.Required("condition");
        bool isAppended = IsAppended(reader, "condition");
        return Close(reader, "macro", name, () => new MacroDefinition(name!.Text, map.Position, condition!.WithoutComments(), isAppended));
    }

    public Definition? ReadRule(MapNode map)
    {
        MapReader reader = Open(map, "rule", keys.Rule, out SourceText? name);
        RuleDefinition rule = Rule(reader, name?.Text ?? "", map.Position);
        Dictionary<string, OverrideMode> overrides = Overrides(reader, ref rule);
        if (overrides.Count == 0)
        {
            CheckWhole(reader, rule);
        }
        return Close(reader, "rule", name, () => rule with { Overrides = overrides });
    }

    public Definition? ReadSequence(MapNode map)
    {
        MapReader reader = Open(map, "sequence", "name", out SourceText? name);
        RuleDefinition rule = Rule(reader, name?.Text ?? "", map.Position, isSequence: true);
        IReadOnlyList<SourceText> steps = reader.Texts("steps") ?? [];
        if (steps.Count < 2 && !reader.IsBroken)
        {
            reader.Refuse(reader.PositionOf("steps"), "steps: wants two conditions at least; with one it is a [[rule]]");
        }
        TimeSpan within = Word(reader, "within", RuleWords.Time, "a time from 1ms to 24h: \"10s\"") ?? TimeSpan.Zero;
        SequenceJoin by = Word(reader, "by", RuleWords.Join, string.Join(", ", RuleWords.Joins)) ?? SequenceJoin.Process;
        IReadOnlyList<SourceText> same = reader.Texts("same") ?? [];
        return Close(reader, "sequence", name, () => new SequenceDefinition(name!.Text, map.Position)
        {
            Rule = rule,
            Steps = [.. steps.Select(step => step.WithoutComments())],
            Within = within,
            By = by,
            Same = same,
        });
    }

    private MapReader Open(MapNode map, string kind, string key, out SourceText? name)
    {
        var reader = new MapReader(map, kind, diagnostics);
        name = reader.Required(key);
        if (name is not null)
        {
            reader.Subject = $"{kind} '{name.Text}'";
        }
        return reader;
    }

    private Definition? Close(MapReader reader, string kind, SourceText? name, Func<Definition> make)
    {
        reader.End(keys.IsToml);
        return !reader.IsBroken ? make() : name is null ? null : new BrokenDefinition(kind, name.Text, reader.Position);
    }

    private RuleDefinition Rule(MapReader reader, string name, SourcePosition position, bool isSequence = false)
    {
        RuleDefinition rule = new(name, position)
        {
            Output = reader.Text("output"),
            Description = reader.Text(keys.Description),
            Priority = Word(reader, "priority", RuleWords.Priority, string.Join(", ", RuleWords.Priorities), isOptional: true),
            Tags = reader.Texts("tags") is { } tags ? [.. tags.Select(tag => tag.Text)] : null,
            IsEnabled = reader.Flag("enabled"),
            Fix = keys.IsToml ? reader.Text("fix") : null,
            Actions = keys.IsToml ? Actions(reader) : Capture(reader),
        };
        return isSequence
            ? rule
            : rule with
            {
                Condition = reader.Text("condition")?.WithoutComments(),
                Source = reader.Text("source"),
                WarnsOfEventTypes = reader.Flag("warn_evttypes"),
                SkipsUnknownFields = reader.Flag("skip-if-unknown-filter"),
                Exceptions = reader.Find(keys.Exceptions) is { } exceptions ? new ExceptionReader(keys, reader).Read(exceptions) : null,
            };
    }

    private void CheckWhole(MapReader reader, RuleDefinition rule)
    {
        if (rule.Condition is null || string.IsNullOrWhiteSpace(rule.Condition.Text))
        {
            reader.Refuse(reader.PositionOf("condition"), rule.Condition is null ? "condition is missing" : "condition is empty");
        }
        if (!keys.IsToml)
        {
            foreach (string key in (string[])["output", keys.Description, "priority"])
            {
                if (!reader.Has(key))
                {
                    reader.Warn(reader.Position, $"{key} is missing");
                }
            }
        }
    }

    private Dictionary<string, OverrideMode> Overrides(MapReader reader, ref RuleDefinition rule)
    {
        Dictionary<string, OverrideMode> found = ReadOverrides(reader, keys.Appendable, keys.Replaceable);
        bool isAppended = !keys.IsToml && reader.Flag("append") == true;
        if (isAppended && found.Count > 0)
        {
            reader.Refuse(reader.PositionOf("append"), "append and override exclude one another; keep override");
        }
        string[] there = [.. keys.Replaceable.Where(reader.Has)];
        if (isAppended)
        {
            return there.Where(key => key == "condition" || key == keys.Exceptions).ToDictionary(keys.Canonical, _ => OverrideMode.Append);
        }
        if (found.Count == 0)
        {
            bool isSwitch = rule.IsEnabled is not null && !there.Intersect(["condition", "output", keys.Description, "priority"]).Any();
            return isSwitch ? new Dictionary<string, OverrideMode> { ["enabled"] = OverrideMode.Replace } : [];
        }
        foreach (string key in found.Keys.Except(there))
        {
            reader.Refuse(reader.PositionOf("override"), $"override: {key} is to be changed, and there is no {key}");
        }
        foreach (string key in there.Except(found.Keys))
        {
            reader.Refuse(reader.PositionOf(key), $"override does not say what happens to {key}; add {key} to it, or take it away");
        }
        return found.ToDictionary(entry => keys.Canonical(entry.Key), entry => entry.Value);
    }

    private static Dictionary<string, OverrideMode> ReadOverrides(MapReader reader, string[] appendable, string[] replaceable)
    {
        Dictionary<string, OverrideMode> found = [];
        if (reader.Find("override") is not { } value)
        {
            return found;
        }
        if (value is not MapNode map)
        {
            reader.Refuse(value.Position, $"override: wants keys with append or replace, and this is {value.Kind}");
            return found;
        }
        foreach ((SourceText key, FileNode mode) in map.Entries)
        {
            string word = (mode as ScalarNode)?.Text.Text ?? "";
            if (!replaceable.Contains(key.Text))
            {
                reader.Refuse(key.Position, $"override: {key.Text} cannot be changed{Spelling.MayBe(key.Text, replaceable)}; allowed: {string.Join(", ", replaceable)}");
            }
            else if (word is not ("append" or "replace"))
            {
                reader.Refuse(mode.Position, $"override: {key.Text} wants append or replace, not '{word}'");
            }
            else if (word == "append" && !appendable.Contains(key.Text))
            {
                reader.Refuse(mode.Position, $"override: {key.Text} cannot be appended to; write replace");
            }
            else
            {
                found[key.Text] = word == "append" ? OverrideMode.Append : OverrideMode.Replace;
            }
        }
        return found;
    }

    // Of what has one value only.
    private bool IsAppended(MapReader reader, string key)
    {
        bool isOverridden = ReadOverrides(reader, [key], [key]).TryGetValue(key, out OverrideMode mode);
        return (isOverridden && mode == OverrideMode.Append) || (!keys.IsToml && reader.Flag("append") == true);
    }

    private static RuleActions? Actions(MapReader reader)
    {
        if (reader.Texts("actions") is not { } texts)
        {
            return null;
        }
        RuleActions actions = RuleActions.None;
        foreach (SourceText text in texts)
        {
            if (RuleActionNames.Parse(text.Text) is { } action)
            {
                actions |= action;
            }
            else
            {
                reader.Refuse(text.Position, $"there is no action '{text.Text}'{Spelling.MayBe(text.Text, RuleActionNames.All)}; allowed: {string.Join(", ", RuleActionNames.All)}");
            }
        }
        return actions;
    }

    // As Falco has it. How long is a matter of the daemon here.
    private static RuleActions? Capture(MapReader reader)
    {
        if (reader.Text("capture_duration") is { } duration)
        {
            reader.Inform(duration.Position, "capture_duration is not used: how long a capture is, is the daemon's setting");
        }
        return reader.Flag("capture") is { } capture ? capture ? RuleActions.Capture : RuleActions.None : null;
    }

    private static T? Word<T>(MapReader reader, string key, Func<string, T?> find, string allowed, bool isOptional = false)
        where T : struct
    {
        if (isOptional && !reader.Has(key))
        {
            return null;
        }
        if (reader.Required(key) is not { } text)
        {
            return null;
        }
        T? found = find(text.Text);
        if (found is null)
        {
            reader.Refuse(text.Position, $"{key}: '{text.Text}' is not possible{Spelling.MayBe(text.Text.ToLowerInvariant(), allowed.Split(", "))}; allowed: {allowed}");
        }
        return found;
    }
}
