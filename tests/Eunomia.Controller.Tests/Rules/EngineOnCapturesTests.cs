using Eunomia.Controller.Captures;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.Core.Rules.Fields;
using Eunomia.Protocol;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Rules;

/// <summary>
/// Rules that read every field in every way cost no managed memory on really recorded events, as long as none fires. What a
/// container's texts cost, once for each container, is not counted.
/// </summary>
[Collection(nameof(EngineOnCapturesTests))]
[CollectionDefinition(nameof(EngineOnCapturesTests), DisableParallelization = true)] // a collection that others cause empties shared pools
public sealed class EngineOnCapturesTests
{
    private const int Passes = 3;
    private const string Nothing = "nothing has this";

    public static TheoryData<string> Captures => [.. GoldenCaptures.Paths.Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Captures))]
    public void OnEvent_RulesThatDoNotFire_AllocateNothing(string capture)
    {
        long least = long.MaxValue;
        RuleEngine engine = Engine(Rules());
        RuleEngine first = Engine([Make("container", new FieldOperand("container.name", null, default), ComparisonOperator.Equal, Nothing)]);
        for (int pass = 0; pass < Passes; pass++)
        {
            var sink = new MeasuringSink(first, engine);
            Replay(GoldenCaptures.Paths.Single(path => Path.GetFileName(path) == capture), sink);
            Assert.True(sink.Events > 0);
            least = Math.Min(least, sink.Allocated);
        }

        Assert.Equal(0, least);
    }

    private static RuleEngine Engine(IEnumerable<Rule> rules)
    {
        CompiledRules compiled = RuleCompiler.Compile(new RuleSet([.. rules], []));
        Assert.DoesNotContain(compiled.Problems, problem => problem.IsError);
        return new RuleEngine(compiled, alert => Assert.Fail($"{alert.Rule} fired"), new RuleEngineOptions("box"));
    }

    private static void Replay(string path, IEventSink sink)
    {
        using FileStream file = File.OpenRead(path);
        using var reader = CaptureReader.Open(file, path);
        var host = new HostIdentity(reader.Header.Hostname, reader.Header.HostPidns, reader.Header.HostMntns);
        var filter = new EventFilter(EventKindSet.Of([.. EventKinds.All]));
        var pipeline = new EventPipeline(host, new PipelineOptions([new EventRoute(filter, sink)]), new Ledger());
        while (reader.TryRead())
        {
            if (reader.Type is CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot)
            {
                using RecordBatch batch = reader.ParseBatch();
                pipeline.Apply(batch.Records, batch.BootToUnixNs);
            }
        }
    }

    /// <summary>Each field with each operator that fits, and a value that nothing has.</summary>
    private static IEnumerable<Rule> Rules()
    {
        foreach (FieldInfo field in FieldCatalog.All)
        {
            string? argument = field.Argument is FieldArgument.Key ? "LD_PRELOAD" : field.Argument is FieldArgument.Index ? "1" : null;
            var operand = new FieldOperand(field.Name, argument, default);
            if (field.Type is FieldType.Text or FieldType.Path)
            {
                foreach (ComparisonOperator how in (ComparisonOperator[])[ComparisonOperator.Equal, ComparisonOperator.Contains, ComparisonOperator.IContains, ComparisonOperator.StartsWith, ComparisonOperator.EndsWith, ComparisonOperator.Glob, ComparisonOperator.PMatch, ComparisonOperator.In])
                {
                    yield return Make($"{field.Name} {how}", operand, how, Nothing);
                }

                yield return Make($"tolower {field.Name}", new TransformOperand("tolower", [operand], default), ComparisonOperator.Equal, Nothing);
                yield return Make($"basename {field.Name}", new TransformOperand("basename", [operand], default), ComparisonOperator.Equal, Nothing);
            }
            else if (field.Type is FieldType.Address or FieldType.Network)
            {
                yield return Make($"{field.Name} in", operand, ComparisonOperator.In, "203.0.113.0/24");
            }
            else if (field.Type != FieldType.Boolean)
            {
                yield return Make($"{field.Name} =", operand, ComparisonOperator.Equal, "-7777777777");
                yield return Make($"{field.Name} <", operand, ComparisonOperator.Less, "-9223372036854775807");
            }
        }

        yield return Make("regex", new FieldOperand("proc.cmdline", null, default), ComparisonOperator.Regex, "no(thing|body) [x-z]{3}");
    }

    private static Rule Make(string name, Operand left, ComparisonOperator how, string value) => new()
    {
        Name = name,
        Condition = new Comparison(left, how, [new LiteralOperand(value, default)], default),
        Output = "%proc.name",
    };

    private sealed class MeasuringSink(RuleEngine first, RuleEngine engine) : IEventSink
    {
        public long Allocated { get; private set; }

        public int Events { get; private set; }

        public void OnEvent(in EventView e)
        {
            first.OnEvent(e);
            long before = GC.GetAllocatedBytesForCurrentThread();
            engine.OnEvent(e);
            Allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Events++;
        }
    }
}
