using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>
/// Macros with what they use filled in. A macro may use those that came up before it was changed last, a rule all of them; so
/// does Falco.
/// </summary>
internal sealed class MacroTable
{
    private const int Deepest = 100;
    private const int Largest = 100_000;

    private readonly Dictionary<string, MacroState> _macros;
    private readonly DiagnosticList _diagnostics;
    private readonly FieldSource _fields;
    private readonly ListTable _lists;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];

    public MacroTable(Dictionary<string, MacroState> macros, FieldSource fields, ListTable lists, DiagnosticList diagnostics)
    {
        (_macros, _fields, _lists, _diagnostics) = (macros, fields, lists, diagnostics);
        foreach ((string name, MacroState state) in macros)
        {
            _entries[name] = Parse(name, state);
        }
    }

    /// <summary>Puts what macros say in place of their names.</summary>
    /// <param name="condition">What uses them; its lists are filled.</param>
    /// <param name="last">When it was changed last.</param>
    /// <param name="findings">What is wrong, or with the macros.</param>
    public Condition Fill(Condition condition, int last, List<Finding> findings)
    {
        long size = 0;
        Condition filled = Fill(condition, last, findings, ref size);
        if (size > Largest)
        {
            findings.Add(new Finding(FindingKind.Mistake, default, $"has more than {Largest} parts with all macros filled in"));
            return condition;
        }
        return filled;
    }

    /// <summary>Those that nothing uses, filled and checked: nobody else has looked at them.</summary>
    public void CheckUnused()
    {
        foreach ((string name, MacroState state) in _macros.Where(macro => !macro.Value.IsUsed))
        {
            Entry entry = Use(name);
            state.IsUsed = false;
            foreach (Finding finding in entry.Findings.Where(finding => finding.IsError))
            {
                _diagnostics.Warn(finding.Position.Line == 0 ? state.Position : finding.Position, $"macro '{name}'", finding.Message);
            }
        }
    }

    /// <summary>Marks what a condition uses as used, without looking at it.</summary>
    public void Mark(Condition condition)
    {
        foreach (NameReference reference in ConditionWalk.All(condition).OfType<NameReference>())
        {
            if (_entries.TryGetValue(reference.Name, out Entry? entry) && !_macros[reference.Name].IsUsed)
            {
                _macros[reference.Name].IsUsed = true;
                if (entry.Parsed is { } parsed)
                {
                    Mark(parsed);
                }
            }
        }
        foreach (Comparison comparison in ConditionWalk.All(condition).OfType<Comparison>())
        {
            _lists.Fill(comparison.Right);
        }
    }

    private Entry Parse(string name, MacroState state)
    {
        var entry = new Entry();
        if (state.Condition is { } text)
        {
            if (ConditionParser.TryParse(text, out Condition? condition, out ConditionError? error))
            {
                entry.Parsed = condition;
            }
            else
            {
                _diagnostics.Error(error.Position, $"macro '{name}'", error.Message);
            }
        }
        entry.IsBroken = entry.Parsed is null;
        return entry;
    }

    private Condition Fill(Condition condition, int last, List<Finding> findings, ref long size)
    {
        size++;
        switch (condition)
        {
            case Conjunction all:
                return ConditionTree.All(Fill(all.Parts, last, findings, ref size));
            case Disjunction any:
                return ConditionTree.Any(Fill(any.Parts, last, findings, ref size));
            case Negation not:
                return new Negation(Fill(not.Part, last, findings, ref size));
            case NameReference reference:
                return Fill(reference, last, findings, ref size);
            default:
                return condition;
        }
    }

    private List<Condition> Fill(ValueList<Condition> parts, int last, List<Finding> findings, ref long size)
    {
        List<Condition> filled = [];
        foreach (Condition part in parts)
        {
            filled.Add(size > Largest ? part : Fill(part, last, findings, ref size));
        }
        return filled;
    }

    private Condition Fill(NameReference reference, int last, List<Finding> findings, ref long size)
    {
        SourcePosition position = reference.Position.Value;
        if (!_macros.TryGetValue(reference.Name, out MacroState? state) || state.First >= last)
        {
            string reason = state is not null
                ? $"is defined only later, at {state.Position}; move it before this one"
                : $"is not defined{Spelling.MayBe(reference.Name, _macros.Keys)}";
            findings.Add(new Finding(FindingKind.Mistake, position, $"macro '{reference.Name}' {reason}"));
            return reference;
        }
        if (_path.Contains(reference.Name))
        {
            string path = string.Join(" > ", [.. _path.SkipWhile(step => step != reference.Name), reference.Name]);
            findings.Add(new Finding(FindingKind.Mistake, position, $"macro '{reference.Name}' uses itself: {path}; take one away"));
            return reference;
        }
        if (_path.Count >= Deepest)
        {
            findings.Add(new Finding(FindingKind.Mistake, position, $"macros use one another more than {Deepest} deep"));
            return reference;
        }
        Entry entry = Use(reference.Name);
        size += entry.Size;
        if (entry.IsBroken)
        {
            bool allUnknown = entry.Findings.Where(finding => finding.IsError).All(finding => finding.Kind == FindingKind.UnknownField) && entry.Parsed is not null;
            string because = entry.Findings.Find(finding => finding.IsError) is { } first ? $": {first.Message}" : "";
            findings.Add(new Finding(
                allUnknown ? FindingKind.UnknownField : FindingKind.Mistake, position, $"macro '{reference.Name}' is wrong, see {state.Position}{because}"));
            return reference;
        }
        findings.AddRange(entry.Findings.Where(finding => finding.Kind == FindingKind.Unobservable));
        return entry.Filled!;
    }

    /// <summary>What is found is told once, where the macro is.</summary>
    private Entry Use(string name)
    {
        MacroState state = _macros[name];
        Entry entry = _entries[name];
        bool isFirst = !entry.IsChecked;
        state.IsUsed = true;
        if (!isFirst || entry.Parsed is null)
        {
            return entry;
        }
        entry.IsChecked = true;
        Condition filled = new ConditionChecker(_fields, _lists, entry.Findings).Check(entry.Parsed);
        entry.Checked = filled;
        _path.Add(name);
        entry.Filled = Fill(filled, state.Last, entry.Findings);
        _path.RemoveAt(_path.Count - 1);
        entry.Size = ConditionWalk.Count(entry.Filled, Largest + 1);
        entry.IsBroken = entry.Findings.Exists(finding => finding.IsError);
        foreach (Finding finding in entry.Findings.Where(finding => finding.Kind == FindingKind.Oddity))
        {
            _diagnostics.Warn(finding.Position, $"macro '{name}'", finding.Message);
        }
        return entry;
    }

    /// <summary>What macros say, lists filled and other macros not, for those that could be used.</summary>
    public IEnumerable<(string Name, Condition Condition)> Checked() =>
        _entries.Where(entry => entry.Value is { Checked: not null, IsBroken: false }).Select(entry => (entry.Key, entry.Value.Checked!));

    private sealed class Entry
    {
        public Condition? Parsed { get; set; }

        public Condition? Checked { get; set; }

        public Condition? Filled { get; set; }

        public List<Finding> Findings { get; } = [];

        public bool IsChecked { get; set; }

        public bool IsBroken { get; set; }

        public long Size { get; set; }
    }
}
