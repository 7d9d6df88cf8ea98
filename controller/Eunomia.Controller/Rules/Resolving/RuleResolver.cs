using Eunomia.Controller.Rules.Files;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Enforcement;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>Makes rules of what files say. One that is wrong is told and left out; the others stay.</summary>
internal sealed class RuleResolver
{
    private readonly RuleCollector _collector;
    private readonly FieldSource _fields;
    private readonly DiagnosticList _diagnostics;
    private readonly ListTable _lists;
    private readonly MacroTable _macros;
    private readonly List<(string Subject, Condition Condition)> _written = [];

    public RuleResolver(RuleCollector collector, FieldSource fields, DiagnosticList diagnostics)
    {
        (_collector, _fields, _diagnostics) = (collector, fields, diagnostics);
        _lists = new ListTable(collector.Lists, diagnostics);
        _lists.ExpandAll();
        _macros = new MacroTable(collector.Macros, fields, _lists, diagnostics);
    }

    /// <summary>Conditions as they are written, with lists and without macros filled in: of what could be used.</summary>
    public IEnumerable<(string Subject, Condition Condition)> Written =>
        _written.Concat(_macros.Checked().Select(macro => ($"macro '{macro.Name}'", macro.Condition)));

    public RuleSet Resolve()
    {
        List<Rule> rules = [];
        List<SequenceRule> sequences = [];
        foreach (string name in _collector.Order)
        {
            if (_collector.Rules.TryGetValue(name, out RuleState? state))
            {
                rules.AddRange(Resolve(state) is { } rule ? [rule] : []);
            }
            else if (_collector.Sequences.TryGetValue(name, out SequenceDefinition? definition))
            {
                sequences.AddRange(Resolve(definition) is { } sequence ? [sequence] : []);
            }
        }
        _macros.CheckUnused();
        return new RuleSet(rules, sequences);
    }

    private Rule? Resolve(RuleState state)
    {
        if (state.IsBroken || state.Condition is null || Parse(state.Condition, state.Subject) is not { } condition)
        {
            return null;
        }
        List<Finding> findings = [];
        var exceptions = new ExceptionConditions(findings);
        IEnumerable<Condition> not = state.Exceptions.Select(exceptions.Make).OfType<Condition>().Select(exception => new Negation(exception));
        condition = ConditionTree.All([condition, .. not]);
        if (state.Source != RuleState.Syscalls)
        {
            _macros.Mark(condition);
            _diagnostics.Inform(state.SourcePosition, state.Subject, $"is for the source '{state.Source}', which this host does not have; it is left out");
            return null;
        }
        condition = Check(condition, findings, state.Subject);
        string output = Output(state.Output, state.Name);
        OutputFields.Check(output, state.OutputPosition, _fields, findings);
        CheckDeny(state.Actions, condition, state.Position, findings);
        return Tell(findings, state.Subject, state.Position, state.SkipsUnknownFields)
            ? new Rule
            {
                Name = state.Name,
                Position = state.Position,
                Condition = condition,
                Output = output,
                Priority = state.Priority ?? RulePriority.Warning,
                Description = state.Description?.Trim() ?? "",
                Fix = state.Fix?.Trim() ?? "",
                Tags = state.Tags,
                Actions = state.Actions,
                Enabled = state.IsEnabled,
            }
            : null;
    }

    private SequenceRule? Resolve(SequenceDefinition definition)
    {
        List<Finding> findings = [];
        List<Condition> steps = [];
        foreach (SourceText text in definition.Steps)
        {
            if (Parse(text, definition.Subject) is { } step)
            {
                steps.Add(Check(step, findings, definition.Subject));
            }
        }
        FieldOperand[] same = [.. definition.Same.Select(text => Same(text, findings)).OfType<FieldOperand>()];
        RuleDefinition rule = definition.Rule;
        string output = Output(rule.Output?.Text, definition.Name);
        OutputFields.Check(output, rule.Output?.Position ?? definition.Position, _fields, findings);
        CheckDeny(rule.Actions ?? RuleActions.None, null, definition.Position, findings);
        if (!Tell(findings, definition.Subject, definition.Position, skipsUnknown: false) || steps.Count < definition.Steps.Count)
        {
            return null;
        }
        return new SequenceRule
        {
            Rule = new Rule
            {
                Name = definition.Name,
                Position = definition.Position,
                Condition = steps[^1],
                Output = output,
                Priority = rule.Priority ?? RulePriority.Warning,
                Description = rule.Description?.Text.Trim() ?? "",
                Fix = rule.Fix?.Text.Trim() ?? "",
                Tags = [.. (rule.Tags ?? []).Distinct()],
                Actions = rule.Actions ?? RuleActions.None,
                Enabled = rule.IsEnabled ?? true,
            },
            Steps = steps,
            Within = definition.Within,
            By = definition.By,
            Same = same,
        };
    }

    /// <summary>What is denied must be decided before it happens, by the kernel; of a sequence nothing can.</summary>
    private static void CheckDeny(RuleActions actions, Condition? condition, SourcePosition position, List<Finding> findings)
    {
        if (!actions.HasFlag(RuleActions.Deny))
        {
            return;
        }
        if (condition is null)
        {
            findings.Add(new Finding(FindingKind.Mistake, position, "cannot be denied: a sequence is known when it is over; take kill"));
        }
        else if (KernelReducer.Reduce(condition, denies: true, EnforcementAbilities.Full).Problem is { } problem)
        {
            findings.Add(new Finding(FindingKind.Mistake, position, problem));
        }
    }

    private FieldOperand? Same(SourceText text, List<Finding> findings)
    {
        if (ConditionParser.TryParse(text.Append(SourceText.Plain("exists")), out Condition? condition, out _)
            && condition is Existence { Left: FieldOperand field })
        {
            return (FieldOperand)new OperandChecker(_fields, findings).Check(field, out _);
        }
        findings.Add(new Finding(FindingKind.Mistake, text.Position, $"same: '{text.Text}' is no field"));
        return null;
    }

    private Condition? Parse(SourceText text, string subject)
    {
        if (ConditionParser.TryParse(text, out Condition? condition, out ConditionError? error))
        {
            return condition;
        }
        _diagnostics.Error(error.Position, subject, error.Message);
        return null;
    }

    private Condition Check(Condition condition, List<Finding> findings, string subject)
    {
        Condition written = new ConditionChecker(_fields, _lists, findings).Check(condition);
        Condition filled = _macros.Fill(written, int.MaxValue, findings);
        if (!findings.Exists(finding => finding.IsError))
        {
            _written.Add((subject, written));
        }
        return filled;
    }

    /// <summary>True when nothing stands against it.</summary>
    private bool Tell(List<Finding> findings, string subject, SourcePosition position, bool skipsUnknown)
    {
        Finding[] errors = [.. findings.Where(finding => finding.IsError)];
        bool isSkipped = errors.Length > 0 && skipsUnknown && errors.All(error => error.Kind == FindingKind.UnknownField);
        foreach (Finding finding in findings)
        {
            SourcePosition at = finding.Position.Line == 0 ? position : finding.Position;
            if (finding.IsError)
            {
                _diagnostics.Add(isSkipped ? RuleSeverity.Warning : RuleSeverity.Error, at, subject, finding.Message + (isSkipped ? "; it is left out, as it asks" : ""));
            }
            else if (errors.Length == 0)
            {
                _diagnostics.Warn(at, subject, finding.Message);
            }
        }
        return errors.Length == 0;
    }

    private static string Output(string? text, string name) => string.IsNullOrWhiteSpace(text) ? name : text.Trim();
}
