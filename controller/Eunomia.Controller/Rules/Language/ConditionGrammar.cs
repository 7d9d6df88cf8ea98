using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Parlot.Fluent;
using static Parlot.Fluent.Parsers;

namespace Eunomia.Controller.Rules.Language;

/// <summary>The grammar of conditions: Falco's filter language.</summary>
internal static class ConditionGrammar
{
    private const string Check = "a field, a macro, 'not' or '('";
    private const string Item = "a value";

    private static readonly Parser<Located<string>> Open = Tokens.Symbol('(');
    private static readonly Parser<Located<string>> Comma = Tokens.Symbol(',');
    private static readonly Parser<Operand> Operands = MakeOperands();
    private static readonly Parser<ValueList<Operand>> Values = MakeValues();
    private static readonly Parser<ValueList<Operand>> Single = MakeSingle();

    /// <summary>A whole condition.</summary>
    public static readonly Parser<Condition> Condition = MakeConditions();

    /// <summary>Values in parentheses and nothing else.</summary>
    public static readonly Parser<ValueList<Operand>> ValuesOnly = Values.Expect("'('").AndSkip(Tokens.End.Expect("nothing more"));

    /// <summary>One value and nothing else, where a function may stand.</summary>
    public static readonly Parser<ValueList<Operand>> SingleOnly = Single.Expect(Item).AndSkip(Tokens.End.Expect("nothing more"));

    private static Parser<Condition> MakeConditions()
    {
        Deferred<Condition> any = Deferred<Condition>();
        Parser<Condition> group = Open.SkipAnd(new Nested<Condition>(any)).AndSkip(Tokens.Symbol(')').Expect("'and', 'or' or ')'"));
        Parser<Condition> macro = Tokens.Name.Then<Condition>((context, name) => new NameReference(name.Value, At(context, name.Offset)));
        Parser<Condition> single = OneOf(group, MakeChecks(), macro).Expect(Check);
        Parser<Condition> not = ZeroOrMany(Tokens.Keyword("not")).And(single)
            .Then(parts => parts.Item1.Count % 2 == 1 ? new Negation(parts.Item2) : parts.Item2);
        Parser<Condition> and = not.And(ZeroOrMany(Tokens.Keyword("and").SkipAnd(not)))
            .Then(parts => ConditionTree.All([parts.Item1, .. parts.Item2]));
        any.Parser = and.And(ZeroOrMany(Tokens.Keyword("or").SkipAnd(and)))
            .Then(parts => ConditionTree.Any([parts.Item1, .. parts.Item2]));
        return any.AndSkip(Tokens.End.Expect("'and' or 'or'"));
    }

    private static Parser<Condition> MakeChecks()
    {
        Parser<Operand> left = Operands.Then((context, operand) =>
        {
            if (operand is TransformOperand { Function: Transformer.Value } function)
            {
                ConditionContext.Fail(ConditionContext.Of(context).Offset, $"{Transformer.Value}() stands on the right only; write {ConditionPrinter.Print(function.Arguments[0])}");
            }
            return operand;
        });
        Parser<Tail> exists = Tokens.Keyword("exists").Then(_ => new Tail(null, ListQuantifier.None, []));
        Parser<Tail> list = Tokens.Operator(ComparisonOperators.TakesList).And(MakeList().Expect("a list of values in parentheses"))
            .Then(parts => new Tail(Found(parts.Item1), ListQuantifier.None, parts.Item2));
        Parser<Tail> some = Tokens.Operator(ComparisonOperators.TakesQuantifier).And(Tokens.Quantifier).And(MakeNames())
            .Then(parts => new Tail(Found(parts.Item1), ComparisonOperators.FindQuantifier(parts.Item2.Value), parts.Item3));
        Parser<Tail> one = Tokens.Operator(comparison => !comparison.TakesList()).And(Single.Expect("a value, in quotes if it has blanks,"))
            .Then(parts => new Tail(Found(parts.Item1), ListQuantifier.None, parts.Item2));
        return left.And(OneOf(exists, list, some, one, new NoOperator()))
            .Then<Condition>(parts => parts.Item2.Operator is { } comparison
                ? new Comparison(parts.Item1, comparison, parts.Item2.Values, Position(parts.Item1)) { Quantifier = parts.Item2.Quantifier }
                : new Existence(parts.Item1, Position(parts.Item1)));
    }

    private static Parser<Operand> MakeOperands()
    {
        Deferred<Operand> function = Deferred<Operand>();
        Parser<Operand> field = Tokens.Field.And(new Maybe<Located<string>>(Tokens.Argument)).Then<Operand>(
            (context, parts) => new FieldOperand(parts.Item1.Value, parts.Item2.Value, At(context, parts.Item1.Offset)));
        Parser<Operand> literal = Tokens.Number.Or(Tokens.Quoted).Then<Operand>((context, text) => new LiteralOperand(text.Value, At(context, text.Offset)));
        Parser<Operand> item = OneOf(literal, function, field);
        Parser<Operand> group = Open.And(Listed(item, "a field, a function, a number or a text in quotes")).Then<Operand>(
            (context, parts) => new GroupOperand(parts.Item2, At(context, parts.Item1.Offset)));
        const string expected = "a field, a function, a number, a text in quotes or a list";
        Parser<ValueList<Operand>> arguments = Listed(new Nested<Operand>(item.Or(group)), expected);
        function.Parser = Tokens.Function.And(arguments).And(new Maybe<Located<string>>(Tokens.Argument)).Then<Operand>(
            (context, parts) => MakeFunction(ConditionContext.Of(context), parts.Item1, parts.Item2, parts.Item3.Value));
        return function.Or(field);
    }

    private static TransformOperand MakeFunction(ConditionContext context, Located<string> name, ValueList<Operand> arguments, string? key)
    {
        Transformer function = Transformer.Find(name.Value)!;
        if (arguments.Count < function.Least || arguments.Count > function.Most)
        {
            string wanted = function.Least == function.Most ? $"{function.Least}" : $"{function.Least} to {function.Most}";
            ConditionContext.Fail(name.Offset, $"{function.Name}() wants {wanted} argument{(wanted == "1" ? "" : "s")}, not {arguments.Count}");
        }
        if (key is not null && function.Name != Transformer.Options)
        {
            ConditionContext.Fail(name.Offset, $"only {Transformer.Options}() may have [{key}] behind it");
        }
        return new TransformOperand(function.Name, arguments, context.At(name.Offset)) { Argument = key };
    }

    private static Parser<ValueList<Operand>> MakeValues()
    {
        Parser<Operand> item = Tokens.Quoted.Then<Operand>((context, text) => new LiteralOperand(text.Value, At(context, text.Offset)))
            .Or(Tokens.Bare.Then<Operand>((context, text) => new ListOperand(text.Value, At(context, text.Offset))));
        return Open.SkipAnd(Listed(item, Item));
    }

    // Behind the opening parenthesis.
    private static Parser<ValueList<Operand>> Listed(Parser<Operand> item, string what)
    {
        Parser<Located<string>> close = Tokens.Symbol(')');
        Parser<ValueList<Operand>> some = item.Expect($"{what} or ')'").And(ZeroOrMany(Comma.SkipAnd(item.Expect(what))))
            .AndSkip(close.Expect("',' or ')'"))
            .Then(parts => ValueList.Create<Operand>([parts.Item1, .. parts.Item2]));
        return close.Then(_ => ValueList.Create<Operand>([])).Or(some);
    }

    private static Parser<ValueList<Operand>> MakeNames() => Values.Or(
        Tokens.Name.Then((context, name) => ValueList.Create<Operand>([new ListOperand(name.Value, At(context, name.Offset))])));

    private static Parser<ValueList<Operand>> MakeList() => OneOf(
        Values,
        Operands.When((_, operand) => operand is TransformOperand).Then(operand => ValueList.Create<Operand>([operand])),
        MakeNames());

    private static Parser<ValueList<Operand>> MakeSingle()
    {
        Parser<Operand> text = Tokens.Quoted.Or(Tokens.Bare).Then<Operand>((context, text) => new LiteralOperand(text.Value, At(context, text.Offset)));
        return Operands.When((_, operand) => operand is TransformOperand).Or(text).Then(operand => ValueList.Create<Operand>([operand]));
    }

    private static ComparisonOperator Found(Located<string> text) => ComparisonOperators.Find(text.Value)!.Value;

    private static SourcePosition At(ParseContext context, int offset) => ConditionContext.Of(context).At(offset);

    private static SourcePosition Position(Operand operand) => operand is FieldOperand field ? field.Position.Value : ((TransformOperand)operand).Position.Value;

    private sealed record Tail(ComparisonOperator? Operator, ListQuantifier Quantifier, ValueList<Operand> Values);

    /// <summary>Where an operator should be: says what is wrong with what is there.</summary>
    private sealed class NoOperator : Parser<Tail>
    {
        public override bool Parse(ParseContext context, ref Parlot.ParseResult<Tail> result)
        {
            var conditions = ConditionContext.Of(context);
            conditions.SkipBlanks();
            int offset = conditions.Offset;
            string word = conditions.Take(c => !ConditionWords.IsBlank(c) && c is not ('(' or ')' or '"' or '\''));
            if (word.Length == 0)
            {
                conditions.FailExpecting($"an operator ({string.Join(' ', ComparisonOperators.All)})");
            }
            ConditionContext.Fail(
                offset, $"'{word}' is no operator{Hints.Operator(word)}; allowed: {string.Join(' ', ComparisonOperators.All)}");
            return false;
        }
    }
}
