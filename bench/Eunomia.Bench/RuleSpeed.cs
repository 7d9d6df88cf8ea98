using System.Diagnostics;
using System.Globalization;
using Eunomia.Controller.Rules;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Engine;

namespace Eunomia.Bench;

/// <summary>
/// How many events a second of captures the default rules take on one thread, reading and attributing them included, and
/// what events that make no rule fire allocate; a container's texts, which are made once for each, are left out of that. Rounds
/// without rules alternate with rounds with them; the fastest counts.
/// </summary>
internal sealed class RuleSpeed
{
    private const int Rounds = 30;
    private const string Texts = "[[rule]]\nname = \"texts\"\ncondition = \"container.name = nobody\"";
    private readonly CaptureWorkload _capture;
    private readonly CompiledRules _rules;

    /// <param name="arguments">Captures (.eun), and files and directories with more rules.</param>
    public RuleSpeed(string[] arguments)
    {
        _capture = new CaptureWorkload([.. arguments.Where(IsCapture)]);
        RuleLoader loader = arguments.Where(argument => !IsCapture(argument)).Aggregate(new RuleLoader().AddDefaults(), (all, path) => all.Add(path));
        _rules = RuleCompiler.Compile(loader.Load().Set);
    }

    public void Run()
    {
        Say($"{_rules.Rules.Count} rules; kinds {_rules.Kinds}; calls {string.Join(',', _rules.Syscalls)}; variables {string.Join(',', _rules.Variables)}");
        Say($"{CaptureWorkload.Events} events: {_capture.Mix}");
        var watched = new Watched(Engine(_rules), Engine(RuleCompiler.Compile(new RuleLoader().AddText("texts.toml", Texts).Load().Set)));
        EventPipeline counted = _capture.Create(watched);
        _capture.Apply(counted);
        watched.Reset();
        _capture.Apply(counted);
        Say($"{watched.Alerts} alerts; other events allocated {watched.Allocated} bytes");

        EventPipeline bare = _capture.Create(new Nothing());
        EventPipeline ruled = _capture.Create(Engine(_rules));
        (double without, double with) = (double.MaxValue, double.MaxValue);
        for (int i = 0; i < Rounds; i++)
        {
            without = Math.Min(without, Time(bare));
            with = Math.Min(with, Time(ruled));
        }

        Say($"{without:0} ns an event without rules, {with:0} ns with them: {1000 / with:0.00} million events/s; rules alone {1000 / (with - without):0.00} million");
    }

    private static RuleEngine Engine(CompiledRules rules) => new(rules, _ => { }, new RuleEngineOptions("box"));

    private static bool IsCapture(string argument) => argument.EndsWith(".eun", StringComparison.Ordinal);

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private double Time(EventPipeline pipeline)
    {
        long begin = Stopwatch.GetTimestamp();
        _capture.Apply(pipeline);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / CaptureWorkload.Events;
    }

    private sealed class Nothing : IEventSink
    {
        public void OnEvent(in EventView e)
        {
        }
    }

    /// <summary>Counts what is allocated while no rule fires.</summary>
    private sealed class Watched(RuleEngine engine, RuleEngine first) : IEventSink
    {
        private long _firedBefore;

        public long Allocated { get; private set; }

        public long Alerts => engine.Fired - _firedBefore;

        public void Reset() => (Allocated, _firedBefore) = (0, engine.Fired);

        public void OnEvent(in EventView e)
        {
            first.OnEvent(e);
            long fired = engine.Fired;
            long before = GC.GetAllocatedBytesForCurrentThread();
            engine.OnEvent(e);
            Allocated += engine.Fired == fired ? GC.GetAllocatedBytesForCurrentThread() - before : 0;
        }
    }
}
