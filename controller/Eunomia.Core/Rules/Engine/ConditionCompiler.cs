using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// Makes nodes of conditions. Equal parts of whatever rules become the same node. What a kind of event decides by itself is
/// taken out for it.
/// </summary>
internal sealed class ConditionCompiler
{
    private readonly Dictionary<Condition, Node> _leaves = [];
    private readonly Dictionary<string, Node> _compounds = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Node, EventKind Kind), Node> _reduced = [];
    private readonly Dictionary<int, HashSet<FieldInfo>> _fields = [];
    private readonly ConstantNode _true = new(true);
    private readonly ConstantNode _false = new(false);
    private int _count;

    internal ConditionCompiler() => (_true.Id, _false.Id) = (_count++, _count++);

    /// <summary>The condition for events of any kind.</summary>
    /// <param name="condition">Without names of macros and lists.</param>
    /// <param name="used">Told of every field in it.</param>
    internal Node Compile(Condition condition, Action<FieldInfo> used)
    {
        switch (condition)
        {
            case Conjunction all:
                return Combine(all.Parts.Select(part => Compile(part, used)), isAnd: true);
            case Disjunction any:
                return Combine(Merged(any.Parts).Select(part => Compile(part, used)), isAnd: false);
            case Negation not:
                return Negate(Compile(not.Part, used));
            case NameReference name:
                throw new RuleException(name.Position.Value, $"unknown macro '{name.Name}'");
            default:
                return Leaf(condition, used);
        }
    }

    /// <summary>The same for events of a kind; a constant where the kind decides.</summary>
    internal Node Reduce(Node node, EventKind kind)
    {
        if (_reduced.TryGetValue((node.Id, kind), out Node? known))
        {
            return known;
        }

        Node reduced = node switch
        {
            AndNode all => Combine(all.Parts.Select(part => Reduce(part, kind)), isAnd: true),
            OrNode any => Combine(any.Parts.Select(part => Reduce(part, kind)), isAnd: false),
            NotNode not => Negate(Reduce(not.Part, kind)),
            _ => node.Decide(kind) is { } decided ? Constant(decided) : node,
        };
        _reduced[(node.Id, kind)] = reduced;
        return reduced;
    }

    /// <summary>All of them; true for none.</summary>
    internal Node All(IEnumerable<Node> parts) => Combine(parts, isAnd: true);

    /// <summary>Whether the condition asks for one of the kind's own names, not only for names that it has not.</summary>
    internal static bool Names(Node node, EventKind kind) => node switch
    {
        AndNode all => all.Parts.Any(part => Names(part, kind)),
        OrNode any => any.Parts.Any(part => Names(part, kind)),
        NotNode => false,
        EventTypeNode type => type.IsNaming && type.Decide(kind) != false,
        KindNode named => named.IsNaming && named.Decide(kind) == true,
        _ => false,
    };

    /// <summary>Names of system calls that the condition asks for and that no kind of their own tells of.</summary>
    internal static void AddCalls(Node node, ISet<string> calls)
    {
        switch (node)
        {
            case AndNode all:
                Array.ForEach(all.Parts, part => AddCalls(part, calls));
                break;
            case OrNode any:
                Array.ForEach(any.Parts, part => AddCalls(part, calls));
                break;
            case EventTypeNode { IsNaming: true } type:
                calls.UnionWith(EventTypes.GroupsOf(EventKind.SyscallCall).Where(type.Holds).Select(group => EventTypes.NamesOf(group)[0]));
                break;
            default:
                break;
        }
    }

    private static IEnumerable<Condition> Merged(IReadOnlyList<Condition> parts) => DisjunctionMerger.Merge(parts);

    private Node Leaf(Condition condition, Action<FieldInfo> used)
    {
        if (!_leaves.TryGetValue(condition, out Node? node))
        {
            HashSet<FieldInfo> fields = [];
            node = condition switch
            {
                Comparison comparison => ComparisonCompiler.Compile(comparison, field => fields.Add(field)),
                MergedComparison merged => merged.Compile(field => fields.Add(field)),
                Existence existence => new ExistsNode(OperandReaders.Bind(existence.Left, field => fields.Add(field))),
                _ => throw new RuleException(default, $"unknown condition {condition.GetType().Name}"),
            };
            if (condition is Comparison { Left: FieldOperand { Name: "evt.kind" } } kind)
            {
                node = new KindNode(node) { IsNaming = kind.Operator != ComparisonOperator.NotEqual };
            }

            node.Id = _count++;
            _leaves[condition] = node;
            _fields[node.Id] = fields;
        }

        foreach (FieldInfo field in _fields[node.Id])
        {
            used(field);
        }

        return node;
    }

    private ConstantNode Constant(bool value) => value ? _true : _false;

    private Node Negate(Node part) => part switch
    {
        ConstantNode constant => Constant(constant != _true),
        NotNode not => not.Part,
        _ => Pooled($"!{part.Id}", () => new NotNode(part)),
    };

    private Node Combine(IEnumerable<Node> parts, bool isAnd)
    {
        ConstantNode neutral = Constant(isAnd);
        ConstantNode deciding = Constant(!isAnd);
        List<Node> distinct = [];
        foreach (Node part in parts.SelectMany(part => Flatten(part, isAnd)))
        {
            if (part == deciding)
            {
                return deciding;
            }

            if (part != neutral && !distinct.Contains(part))
            {
                distinct.Add(part);
            }
        }

        if (distinct.Count < 2)
        {
            return distinct.Count == 0 ? neutral : distinct[0];
        }

        string key = $"{(isAnd ? '&' : '|')}{string.Join(',', distinct.Select(part => part.Id).Order())}";
        return Pooled(key, () => isAnd ? new AndNode([.. distinct]) : new OrNode([.. distinct]));
    }

    private static Node[] Flatten(Node node, bool isAnd) => node switch
    {
        AndNode all when isAnd => all.Parts,
        OrNode any when !isAnd => any.Parts,
        _ => [node],
    };

    private Node Pooled(string key, Func<Node> make)
    {
        if (!_compounds.TryGetValue(key, out Node? node))
        {
            _compounds[key] = node = make();
            node.Id = _count++;
        }

        return node;
    }
}
