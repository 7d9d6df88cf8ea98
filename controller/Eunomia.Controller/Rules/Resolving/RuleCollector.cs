using System.Diagnostics.CodeAnalysis;
using Eunomia.Controller.Rules.Files;
using Eunomia.Core;
using Eunomia.Core.Rules;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>A list after all files.</summary>
internal sealed class ListState(SourcePosition position, IEnumerable<SourceText> items)
{
    public SourcePosition Position { get; } = position;

    public List<SourceText> Items { get; } = [.. items];

    public bool IsUsed { get; set; }
}

/// <summary>A macro after all files.</summary>
/// <param name="position">Where it is defined last.</param>
/// <param name="condition">What it says.</param>
/// <param name="first">When its name came up first: those defined later may use it.</param>
internal sealed class MacroState(SourcePosition position, SourceText? condition, int first)
{
    public SourcePosition Position { get; } = position;

    public SourceText? Condition { get; set; } = condition;

    public int First { get; } = first;

    /// <summary>When it changed last: it may use those whose name came up before.</summary>
    public int Last { get; set; } = first;

    public bool IsUsed { get; set; }
}

/// <summary>Merges definitions in the order in which they come: later ones replace earlier ones, or change them.</summary>
internal sealed class RuleCollector(DiagnosticList diagnostics)
{
    private readonly List<string> _order = [];
    private int _count;

    public Dictionary<string, ListState> Lists { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, MacroState> Macros { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, RuleState> Rules { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SequenceDefinition> Sequences { get; } = new(StringComparer.Ordinal);

    /// <summary>Names of rules and sequences, in the order of their first definition.</summary>
    public IReadOnlyList<string> Order => _order;

    public void Add(IEnumerable<Definition> definitions)
    {
        foreach (Definition definition in definitions)
        {
            _count++;
            switch (definition)
            {
                case ListDefinition list:
                    Add(list);
                    break;
                case MacroDefinition macro:
                    Add(macro);
                    break;
                case RuleDefinition rule:
                    Add(rule);
                    break;
                case SequenceDefinition sequence:
                    Replaces(sequence, Sequences.GetValueOrDefault(sequence.Name)?.Position ?? Rules.GetValueOrDefault(sequence.Name)?.Position);
                    Rules.Remove(sequence.Name);
                    Place(sequence.Name);
                    Sequences[sequence.Name] = sequence;
                    break;
                case BrokenDefinition broken:
                    Add(broken);
                    break;
            }
        }
    }

    private void Add(ListDefinition list)
    {
        if (list.IsAppended)
        {
            if (Found(Lists, list, "list", out ListState? there))
            {
                there.Items.AddRange(list.Items);
            }
            return;
        }
        Replaces(list, Lists.GetValueOrDefault(list.Name)?.Position);
        Lists[list.Name] = new ListState(list.Position, list.Items);
    }

    private void Add(MacroDefinition macro)
    {
        MacroState? there = Macros.GetValueOrDefault(macro.Name);
        if (macro.IsAppended)
        {
            if (Found(Macros, macro, "macro", out there))
            {
                there.Condition = there.Condition?.Append(macro.Condition);
                there.Last = _count;
            }
            return;
        }
        Replaces(macro, there?.Position);
        Macros[macro.Name] = new MacroState(macro.Position, macro.Condition, there?.First ?? _count) { Last = _count };
    }

    private void Add(RuleDefinition rule)
    {
        if (rule.Overrides.Count > 0)
        {
            if (Found(Rules, rule, "rule", out RuleState? there))
            {
                int before = diagnostics.Errors;
                there.Change(rule, diagnostics);
                if (diagnostics.Errors > before)
                {
                    there.Break();
                }
            }
            return;
        }
        Replaces(rule, Rules.GetValueOrDefault(rule.Name)?.Position ?? Sequences.GetValueOrDefault(rule.Name)?.Position);
        Sequences.Remove(rule.Name);
        Place(rule.Name);
        Rules[rule.Name] = new RuleState(rule);
    }

    // Whoever uses it is told that it is wrong, not that it is missing.
    private void Add(BrokenDefinition broken)
    {
        switch (broken.Kind)
        {
            case "macro":
                Macros[broken.Name] = new MacroState(broken.Position, null, _count);
                break;
            case "list":
                Lists.TryAdd(broken.Name, new ListState(broken.Position, []));
                break;
            case "rule" when Rules.TryGetValue(broken.Name, out RuleState? there):
                there.Break();
                break;
        }
    }

    private void Place(string name)
    {
        if (!_order.Contains(name))
        {
            _order.Add(name);
        }
    }

    private void Replaces(Definition definition, SourcePosition? before)
    {
        if (before is not { } position)
        {
            return;
        }
        bool isSameFile = position.File == definition.Position.File;
        diagnostics.Add(
            isSameFile ? RuleSeverity.Warning : RuleSeverity.Info, definition.Position, definition.Subject, $"replaces the one at {position}");
    }

    private bool Found<T>(Dictionary<string, T> among, Definition change, string kind, [NotNullWhen(true)] out T? there)
        where T : class
    {
        if (among.TryGetValue(change.Name, out there))
        {
            return true;
        }
        diagnostics.Error(
            change.Position, change.Subject, $"is to be changed, and no {kind} of this name stands before it{Spelling.MayBe(change.Name, among.Keys)}");
        return false;
    }
}
