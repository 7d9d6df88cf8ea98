using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>Lists with the lists in them filled in.</summary>
internal sealed class ListTable(Dictionary<string, ListState> lists, DiagnosticList diagnostics)
{
    private const int Deepest = 100;

    private readonly Dictionary<string, IReadOnlyList<Operand>> _expanded = new(StringComparer.Ordinal);
    private readonly List<string> _path = [];

    public IEnumerable<string> Names => lists.Keys;

    /// <summary>Says of every list that contains itself that it does.</summary>
    public void ExpandAll()
    {
        foreach (string name in lists.Keys)
        {
            Expand(name);
        }
    }

    public bool Has(string name) => lists.ContainsKey(name);

    /// <summary>Values with the items of lists in place of their names; a name that no list has is a text.</summary>
    public ValueList<Operand> Fill(ValueList<Operand> values)
    {
        if (!values.Any(value => value is ListOperand))
        {
            return values;
        }
        List<Operand> filled = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (Operand value in values)
        {
            IEnumerable<Operand> items = [value];
            if (value is ListOperand name)
            {
                items = Has(name.Name) ? Use(name.Name) : [new LiteralOperand(name.Name, name.Position)];
            }
            filled.AddRange(items.Where(item => item is not LiteralOperand literal || seen.Add(literal.Text)));
        }
        return ValueList.Create<Operand>([.. filled]);
    }

    private IReadOnlyList<Operand> Use(string name)
    {
        lists[name].IsUsed = true;
        return Expand(name);
    }

    private IReadOnlyList<Operand> Expand(string name)
    {
        if (_expanded.TryGetValue(name, out IReadOnlyList<Operand>? known))
        {
            return known;
        }
        ListState list = lists[name];
        List<Operand> items = [];
        if (_path.Count >= Deepest)
        {
            diagnostics.Error(list.Position, $"list '{name}'", $"stands in lists in lists, more than {Deepest} deep");
            return items;
        }
        _path.Add(name);
        foreach (SourceText text in list.Items)
        {
            switch (ConditionParser.ParseItem(text))
            {
                case ListOperand inner when _path.Contains(inner.Name):
                    diagnostics.Error(text.Position, $"list '{name}'", $"contains itself: {string.Join(" > ", [.. _path.SkipWhile(step => step != inner.Name), inner.Name])}; take one away");
                    break;
                case ListOperand inner when Has(inner.Name):
                    items.AddRange(Use(inner.Name));
                    break;
                case ListOperand word:
                    items.Add(new LiteralOperand(word.Name, word.Position));
                    break;
                case Operand other:
                    items.Add(other);
                    break;
            }
        }
        _path.RemoveAt(_path.Count - 1);
        return _expanded[name] = [.. items.Distinct()];
    }
}
