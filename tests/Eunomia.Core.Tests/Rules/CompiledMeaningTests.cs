using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.Core.Rules.Fields;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules;

/// <summary>What is compiled, folded, indexed and shared means the same as the condition does.</summary>
public sealed class CompiledMeaningTests
{
    private const int Rounds = 60;
    private const int RulesPerRound = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(20261128)]
    public void Compiled_RandomConditionsAndEvents_MeanTheSame(int seed)
    {
        var random = new Random(seed);
        var conditions = new RandomConditions(random);
        int held = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Rule[] rules = [.. Enumerable.Range(0, RulesPerRound).Select(i => Build.Rule(conditions.Next(), "x", $"r{i}"))];
            CompiledRules compiled = RuleCompiler.Compile(Build.Set(rules));
            Assert.DoesNotContain(compiled.Problems, problem => problem.IsError);
            var sink = new ComparingSink(compiled, rules, seed);
            var pipeline = new EventPipeline(
                TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(EventKindSet.Of([.. EventKinds.All])), sink)]), new Ledger());
            pipeline.Apply(RandomEvents.Make(random), PipelineFixture.BootToUnixNs);
            held += sink.Held;
        }

        Assert.True(held > Rounds * RulesPerRound, $"only {held} held: the conditions or events are no good");
    }

    private sealed class ComparingSink : IEventSink
    {
        private readonly CompiledRules _compiled;
        private readonly Rule[] _rules;
        private readonly int _seed;
        private readonly FieldScratch _scratch = new("box", accounts: null);
        private readonly FieldScratch _plain = new("box", accounts: null);
        private readonly List<CompiledRule> _matched = [];
        private readonly NaiveInterpreter _naive;

        public ComparingSink(CompiledRules compiled, Rule[] rules, int seed)
        {
            (_compiled, _rules, _seed) = (compiled, rules, seed);
            _scratch.Answers = new long[compiled.Answers];
            _naive = new NaiveInterpreter(_plain);
        }

        public int Held { get; private set; }

        public void OnEvent(in EventView e)
        {
            _scratch.Begin();
            _plain.Begin();
            Dictionary<string, bool> compiled = [];
            foreach (RuleProgram program in _compiled.Programs[EventTypes.Slot(e.Kind)])
            {
                compiled[program.Rule.Rule.Name] = program.Condition.Test(e, _scratch);
            }

            _matched.Clear();
            _compiled.Trees[EventTypes.Slot(e.Kind)].Match(e, _scratch, _matched);
            Assert.Equal(compiled.Where(rule => rule.Value).Select(rule => rule.Key).Order(), _matched.Select(rule => rule.Rule.Name).Order());

            foreach (Rule rule in _rules)
            {
                bool expected = _naive.Holds(rule.Condition, e);
                bool isLookedAt = compiled.TryGetValue(rule.Name, out bool holds);
                Held += holds ? 1 : 0;

                // Kinds that must be named are not looked at by rules that do not name them.
                if (expected != holds && (isLookedAt || !RuleCompiler.MustBeNamed(e.Kind)))
                {
                    Assert.Fail($"seed {_seed}, {EventKinds.Name(e.Kind)} of pid {e.Record.Header.Tgid}: the condition says {expected}, compiled {holds}: {Show(rule.Condition)}");
                }
            }
        }

        private static string Show(Condition condition) => condition switch
        {
            Conjunction all => $"({string.Join(" and ", all.Parts.Select(Show))})",
            Disjunction any => $"({string.Join(" or ", any.Parts.Select(Show))})",
            Negation not => $"not {Show(not.Part)}",
            Existence existence => $"{Show(existence.Left)} exists",
            Comparison comparison => $"{Show(comparison.Left)} {comparison.Operator} ({string.Join(", ", comparison.Right.Select(Show))})",
            _ => condition.ToString()!,
        };

        private static string Show(Operand operand) => operand switch
        {
            FieldOperand known => known.Argument is null ? known.Name : $"{known.Name}[{known.Argument}]",
            TransformOperand function => $"{function.Function}({string.Join(", ", function.Arguments.Select(Show))})",
            LiteralOperand literal => $"'{literal.Text}'",
            _ => operand.ToString()!,
        };
    }
}
