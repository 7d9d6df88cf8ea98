using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>Any condition that the language can say.</summary>
internal sealed class RandomConditions(int seed)
{
    private static readonly string[] Fields = ["proc.name", "proc.aname", "fd.name", "evt.type", "a.b.c_d", "container.mount.dest"];
    private static readonly string[] Macros = ["spawned", "a", "order", "android", "nothing", "inside", "notx", "exists_x"];
    private static readonly string[] Texts =
    [
        "sh", "/etc/", "*.conf", "10.0.0.0/8", "::1", "<NA>", "", " ", "a b", "it's", "say \"x\"", "back\\slash", "new\nline", "tab\t", "and", "or",
        "not", "oneof", "anyof", "a=b", "a,b", "(x)", "[0]", "runc:[1:CHILD]", "-1", "0x1f", "\b\f\r", "\u0001", "\u007f", "umlaut \u00fc", "\ud83d\ude00", "#x", "val(", "in",
        "\u00a0", "\\", "\\\\", "'", "\"", "exists",
    ];

    private static readonly string[] Arguments = ["0", "2", "LD_PRELOAD", "/proc*", "a b", "x]y", "it's", "", "\\", "a,b"];
    private static SourcePosition Nowhere => default;
    private readonly Random _random = new(seed);

    public Condition Next(int depth) => depth == 0 ? Leaf() : _random.Next(5) switch
    {
        0 => new Negation(Next(depth - 1)),
        1 => new Conjunction(Parts(depth, part => part is Conjunction)),
        2 => new Disjunction(Parts(depth, part => part is Disjunction)),
        _ => Leaf(),
    };

    private ValueList<Condition> Parts(int depth, Func<Condition, bool> isSame)
    {
        List<Condition> parts = [];
        while (parts.Count < 2 || _random.Next(3) == 0)
        {
            Condition part = Next(depth - 1);
            parts.Add(isSame(part) ? Leaf() : part);
        }
        return ValueList.Create<Condition>([.. parts]);
    }

    private Condition Leaf() => _random.Next(6) switch
    {
        0 => new NameReference(Pick(Macros), Nowhere),
        1 => new Existence(Left(2), Nowhere),
        _ => Compare(),
    };

    private Comparison Compare()
    {
        var comparison = (ComparisonOperator)_random.Next((int)ComparisonOperator.PMatch + 1);
        ListQuantifier quantifier = comparison.TakesQuantifier() && _random.Next(4) == 0 ? (ListQuantifier)_random.Next(1, 4) : ListQuantifier.None;
        bool isList = comparison.TakesList() || quantifier != ListQuantifier.None;
        bool isFunction = _random.Next(5) == 0 && quantifier == ListQuantifier.None;
        Operand single = isFunction ? Right() : new LiteralOperand(Pick(Texts), Nowhere);
        return new Comparison(Left(2), comparison, isList && !isFunction ? Items() : [single], Nowhere) { Quantifier = quantifier };
    }

    private ValueList<Operand> Items()
    {
        Operand[] items = new Operand[_random.Next(4)];
        for (int i = 0; i < items.Length; i++)
        {
            string text = Pick(Texts);
            items[i] = _random.Next(2) == 0 && text.Length > 0 && text.All(ConditionWords.IsBare)
                ? new ListOperand(text, Nowhere)
                : new LiteralOperand(text, Nowhere);
        }
        return ValueList.Create<Operand>(items);
    }

    private Operand Left(int depth) => _random.Next(4) == 0 ? Function(depth) : Field();

    private TransformOperand Right() => _random.Next(2) == 0 ? new TransformOperand("val", [Field()], Nowhere) : Function(2);

    private FieldOperand Field() => new(Pick(Fields), _random.Next(3) == 0 ? Pick(Arguments) : null, Nowhere);

    private TransformOperand Function(int depth) => _random.Next(4) switch
    {
        0 => new TransformOperand("concat", [Argument(depth), Argument(depth), Argument(depth)], Nowhere),
        1 => new TransformOperand("join", [new LiteralOperand(Pick(Texts), Nowhere), new GroupOperand([Argument(0), Argument(0)], Nowhere)], Nowhere),
        2 => new TransformOperand("getopt", [Field(), new LiteralOperand("ab:", Nowhere)], Nowhere) { Argument = _random.Next(2) == 0 ? "a" : null },
        _ => new TransformOperand(Pick(["tolower", "toupper", "b64", "basename", "len"]), [Argument(depth)], Nowhere),
    };

    private Operand Argument(int depth) => (depth > 0 ? _random.Next(3) : _random.Next(1, 3)) switch
    {
        0 => Function(depth - 1),
        1 => new LiteralOperand(Pick(Texts), Nowhere),
        _ => Field(),
    };

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
