using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Resolving;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Controller.Rules.Checks;

/// <summary>Says of rules that can be used what their author may not have meant.</summary>
internal sealed class RuleLint(RuleCollector collector, FieldSource fields, DiagnosticList diagnostics)
{
    private const int MostPairs = 200;
    private const long Expensive = 2_000;

    public void Run(RuleSet set, IEnumerable<(string Subject, Condition Condition)> written)
    {
        foreach (Rule rule in set.Rules)
        {
            string subject = $"rule '{rule.Name}'";
            Never(rule.Condition, rule.Position, subject);
            Cost(rule, rule.Condition, subject, collector.Rules[rule.Name].WarnsOfEventTypes);
            Words(rule, subject, collector.Rules[rule.Name].Output);
            Late(rule, subject);
        }
        foreach (SequenceRule sequence in set.Sequences)
        {
            string subject = $"sequence '{sequence.Rule.Name}'";
            foreach (Condition step in sequence.Steps)
            {
                Never(step, sequence.Rule.Position, subject);
                Cost(sequence.Rule, step, subject, warnsOfEventTypes: true);
            }
            Words(sequence.Rule, subject, collector.Sequences[sequence.Rule.Name].Rule.Output?.Text);
        }
        foreach ((string subject, Condition condition) in written)
        {
            Covered(condition, subject);
        }
        Unused();
    }

    private void Never(Condition condition, SourcePosition position, string subject)
    {
        if (new Contradictions(fields).Why(condition) is { } reason)
        {
            diagnostics.Warn(position, subject, $"can never fire: {reason}");
        }
    }

    private void Cost(Rule rule, Condition condition, string subject, bool warnsOfEventTypes)
    {
        if (RuleFacts.Events(condition) is null && warnsOfEventTypes)
        {
            diagnostics.Warn(rule.Position, subject, "looks at every event, which costs; say which are meant: evt.type in (...) and ...");
        }
        if (RuleFacts.Cost(condition) is > Expensive and long cost)
        {
            diagnostics.Warn(rule.Position, subject, $"costs up to {cost} simple comparisons for an event; put lists in place of many parts");
        }
    }

    private void Late(Rule rule, string subject)
    {
        if (rule.Actions.HasFlag(RuleActions.Kill) && KernelReducer.Reduce(rule.Condition, denies: false, EnforcementAbilities.Full).Problem is { } problem)
        {
            diagnostics.Warn(rule.Position, subject, problem);
        }
    }

    private void Words(Rule rule, string subject, string? output)
    {
        if (string.IsNullOrWhiteSpace(output))
        {
            diagnostics.Warn(rule.Position, subject, "has no output; its alerts say no more than its name");
        }
        if (rule.Description.Length == 0)
        {
            diagnostics.Inform(rule.Position, subject, "has no description");
        }
        if (rule.Tags.Count == 0)
        {
            diagnostics.Inform(rule.Position, subject, "has no tags to select it by");
        }
    }

    private void Covered(Condition condition, string subject)
    {
        foreach (Condition part in ConditionWalk.All(condition))
        {
            switch (part)
            {
                case Disjunction { Parts.Count: <= MostPairs } any:
                    Covered(any.Parts, subject);
                    break;
                case Conjunction { Parts.Count: <= MostPairs } all:
                    Twice(all.Parts, subject);
                    break;
            }
        }
    }

    private void Covered(ValueList<Condition> parts, string subject)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            for (int j = 0; j < parts.Count; j++)
            {
                // Of two that say the same the later one is the one too many.
                if (i != j && Implications.Implies(parts[i], parts[j]) && (j < i || !Implications.Implies(parts[j], parts[i])))
                {
                    diagnostics.Warn(Position(parts[i]), subject, $"'{ConditionPrinter.Print(parts[i])}' adds nothing to 'or {ConditionPrinter.Print(parts[j])}'; take it away");
                    break;
                }
            }
        }
    }

    private void Twice(ValueList<Condition> parts, string subject)
    {
        HashSet<Condition> seen = [];
        foreach (Condition part in parts.Where(part => !seen.Add(part)))
        {
            diagnostics.Inform(Position(part), subject, $"'{ConditionPrinter.Print(part)}' is there twice; take one away");
        }
    }

    private void Unused()
    {
        foreach ((string name, ListState list) in collector.Lists.Where(list => !list.Value.IsUsed))
        {
            diagnostics.Inform(list.Position, $"list '{name}'", "is not used");
        }
        foreach ((string name, MacroState macro) in collector.Macros.Where(macro => !macro.Value.IsUsed))
        {
            diagnostics.Inform(macro.Position, $"macro '{name}'", "is not used");
        }
    }

    private static SourcePosition Position(Condition condition) => condition switch
    {
        Comparison comparison => comparison.Position.Value,
        Existence exists => exists.Position.Value,
        NameReference name => name.Position.Value,
        _ => ConditionWalk.Parts(condition).Select(Position).FirstOrDefault(),
    };
}
