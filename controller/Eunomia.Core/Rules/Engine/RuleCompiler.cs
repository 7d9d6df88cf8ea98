using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>Makes a set of rules ready to run. A rule that is wrong is left out, and told.</summary>
public sealed class RuleCompiler
{
    private const int MinSharedCost = 4;

    /// <summary>
    /// Kinds that come often, or that somebody must ask for: a rule gets them only if it names them, by kind or by the name
    /// of a call.
    /// </summary>
    private static readonly EventKindSet ByNameOnly = EventKindSet.Of(
        EventKind.Syscall, EventKind.SyscallCall, EventKind.PerfSample, EventKind.PerfCounters, EventKind.FileIo, EventKind.IpcTraffic,
        EventKind.IpcUse, EventKind.CgroupMkdir, EventKind.CgroupRmdir, EventKind.SecurityCapability, EventKind.EnforceDecision);

    private readonly ConditionCompiler _conditions = new();
    private readonly List<RuleProblem> _problems = [];
    private readonly List<string> _names = [];
    private readonly SortedSet<string> _calls = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _variables = new(StringComparer.Ordinal);
    private readonly List<RuleProgram>[] _programs = [.. Enumerable.Range(0, EventTypes.Slots).Select(_ => new List<RuleProgram>())];
    private readonly List<SequenceStep>[] _steps = [.. Enumerable.Range(0, EventTypes.Slots).Select(_ => new List<SequenceStep>())];
    private readonly List<SequenceProgram> _sequences = [];
    private readonly Dictionary<string, EventKindSet> _kindsOf = new(StringComparer.Ordinal);
    private EventKindSet _kinds;
    private int _answers;

    private RuleCompiler()
    {
    }

    /// <summary>Compiles what is enabled.</summary>
    public static CompiledRules Compile(RuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        var compiler = new RuleCompiler();
        foreach (Rule rule in rules.Rules.Where(rule => rule.Enabled))
        {
            compiler.Try(rule, () => compiler.Add(rule));
        }

        foreach (SequenceRule sequence in rules.Sequences.Where(sequence => sequence.Rule.Enabled))
        {
            compiler.Try(sequence.Rule, () => compiler.Add(sequence));
        }

        return compiler.Finish();
    }

    /// <summary>Whether rules that do not name a kind are not asked about its events.</summary>
    internal static bool MustBeNamed(EventKind kind) => ByNameOnly.Contains(kind);

    private void Try(Rule rule, Action add)
    {
        try
        {
            add();
            _names.Add(rule.Name);
        }
        catch (RuleException e)
        {
            SourcePosition at = e.Position.Line == 0 ? rule.Position : e.Position;
            _problems.Add(new RuleProblem(rule.Name, at, e.Message, IsError: true));
        }
    }

    private void Add(Rule rule)
    {
        HashSet<FieldInfo> used = [];
        Node condition = _conditions.Compile(rule.Condition, field => used.Add(field));
        CompiledRule compiled = MakeRule(rule, [rule.Condition], used);
        EventKindSet kinds = AddPrograms(condition, (slot, reduced) => _programs[slot].Add(new RuleProgram(compiled, reduced)));
        Note(rule, used, kinds);
    }

    private void Add(SequenceRule sequence)
    {
        if (sequence.Steps.Count < 2)
        {
            throw new RuleException(sequence.Rule.Position, "a sequence has at least two steps");
        }

        HashSet<FieldInfo> used = [];
        Node[] conditions = [.. sequence.Steps.Select(step => _conditions.Compile(step, field => used.Add(field)))];
        FieldReader[] same = [.. sequence.Same.Select(field => OperandReaders.Bind(field, info => used.Add(info)))];
        CompiledRule compiled = MakeRule(sequence.Rule, sequence.Steps, used, same);
        var program = new SequenceProgram(
            compiled, _sequences.Count, conditions.Length, (ulong)Math.Max(0, sequence.Within.TotalNanoseconds), sequence.By, same);
        _sequences.Add(program);
        EventKindSet kinds = default;
        for (int step = conditions.Length - 1; step >= 0; step--)
        {
            int number = step;
            EventKindSet own = AddPrograms(conditions[step], (slot, reduced) => _steps[slot].Add(new SequenceStep(program, number, reduced)));
            if (own.IsEmpty)
            {
                _problems.Add(new RuleProblem(sequence.Rule.Name, sequence.Rule.Position, $"step {step + 1} is true for no event", IsError: false));
            }

            kinds = kinds.Union(own);
        }

        Note(sequence.Rule, used, kinds);
    }

    private CompiledRule MakeRule(Rule rule, IEnumerable<Condition> conditions, HashSet<FieldInfo> used, params FieldReader[] more)
    {
        var output = OutputTemplate.Parse(rule.Output, rule.Position, field => used.Add(field));
        FieldOperand[] operands = [.. conditions.SelectMany(ConditionFields.Of)];
        _variables.UnionWith(operands.Where(field => field is { Name: "proc.env", Argument: not null }).Select(field => field.Argument!));
        IEnumerable<FieldReader> fields = operands.Select(field => OperandReaders.Bind(field));
        return new CompiledRule(rule, _names.Count, output, fields.Concat(more));
    }

    /// <summary>Puts the condition, as it is for each kind, where events of the kind find it.</summary>
    private EventKindSet AddPrograms(Node condition, Action<int, Node> add)
    {
        EventKindSet kinds = default;
        foreach (EventKind kind in EventKinds.All)
        {
            Node reduced = _conditions.Reduce(condition, kind);
            if (reduced is ConstantNode { Value: false } || (ByNameOnly.Contains(kind) && !ConditionCompiler.Names(condition, kind)))
            {
                continue;
            }

            add(EventTypes.Slot(kind), reduced);
            kinds = kinds.With(kind);
        }

        if (kinds.Contains(EventKind.SyscallCall))
        {
            ConditionCompiler.AddCalls(condition, _calls);
        }

        return kinds;
    }

    private void Note(Rule rule, HashSet<FieldInfo> used, EventKindSet kinds)
    {
        _kinds = used.Where(_ => !kinds.IsEmpty).Aggregate(_kinds.Union(kinds), (all, field) => all.Union(field.Sources));
        _kindsOf[rule.Name] = kinds;
        foreach (FieldInfo field in used.Where(field => field.Unobservable is not null))
        {
            _problems.Add(new RuleProblem(rule.Name, rule.Position, $"'{field.Name}' has no value here: {field.Unobservable}", IsError: false));
        }

        if (kinds.IsEmpty)
        {
            _problems.Add(new RuleProblem(rule.Name, rule.Position, "the condition is true for no event", IsError: false));
        }
        else if (FieldCatalog.AllKinds.Except(ByNameOnly).Except(kinds).Except(EventKindSet.Of(EventKind.ContainerCreate)).IsEmpty)
        {
            _problems.Add(new RuleProblem(rule.Name, rule.Position, "the condition does not say which events it is about, so all are looked at: name them by evt.type or evt.kind", IsError: false));
        }
    }

    private CompiledRules Finish()
    {
        ProgramTree[] trees = [.. _programs.Select(programs => programs.Count == 0 ? ProgramTree.Empty : ProgramTree.Make(programs, _conditions))];
        for (int slot = 0; slot < _programs.Length; slot++)
        {
            Share([.. trees[slot].Conditions, .. _steps[slot].Select(step => step.Condition)]);
        }

        return new CompiledRules(
            Array.ConvertAll(_programs, list => list.ToArray()), trees, [.. _sequences], Array.ConvertAll(_steps, list => list.ToArray()), _answers)
        {
            Rules = [.. _names],
            Problems = [.. _problems],
            Kinds = _kinds,
            Syscalls = [.. _calls],
            Variables = [.. _variables],
            KindsOf = _kindsOf,
        };
    }

    /// <summary>Gives a place for its answer to what is asked for twice in events of a kind, if asking is dearer than looking.</summary>
    private void Share(IEnumerable<Node> roots)
    {
        HashSet<Node> once = [];
        Stack<Node> open = new(roots);
        while (open.TryPop(out Node? node))
        {
            if (!once.Add(node))
            {
                if (node.Answer < 0 && node.Cost >= MinSharedCost)
                {
                    node.Answer = _answers++;
                }

                continue;
            }

            foreach (Node part in node switch { AndNode all => all.Parts, OrNode any => any.Parts, NotNode not => [not.Part], _ => [] })
            {
                open.Push(part);
            }
        }
    }
}
