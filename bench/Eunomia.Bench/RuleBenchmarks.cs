using BenchmarkDotNet.Attributes;
using Eunomia.Controller.Rules;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Engine;
using Eunomia.TestKit;

namespace Eunomia.Bench;

/// <summary>
/// Time and allocation per event with rules: those of the files and directories that EUNOMIA_BENCH_RULES names, separated by
/// colons, filled up to 150 with rules of our own making. Reading and attributing the records is part of it.
/// </summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private const int Rules = 150;
    private const int Events = Workload.Events;
    private readonly byte[] _records = Workload.Records();
    private EventPipeline _pipeline = null!;
    private EventPipeline _bare = null!;
    private RuleEngine _engine = null!;

    [GlobalSetup]
    public void SetUp()
    {
        CompiledRules rules = RuleCompiler.Compile(Load());
        foreach (RuleProblem problem in rules.Problems)
        {
            Console.WriteLine($"{(problem.IsError ? "error" : "note")}: {problem.Rule}: {problem.Message}");
        }

        Console.WriteLine($"{rules.Rules.Count} rules, kinds {rules.Kinds}, calls {string.Join(',', rules.Syscalls)}");
        _engine = new RuleEngine(rules, _ => { }, new RuleEngineOptions("box"));
        (_pipeline, _bare) = (Create(_engine), Create(new NoSink()));
    }

    [GlobalCleanup]
    public void Report() => Console.WriteLine($"{_engine.Events} events, {_engine.Fired} alerts");

    [Benchmark(OperationsPerInvoke = Events, Baseline = true)]
    public void WithoutRules() => _bare.Apply(_records, 0);

    [Benchmark(OperationsPerInvoke = Events)]
    public void WithRules() => _pipeline.Apply(_records, 0);

    private static RuleSet Load()
    {
        var loader = new RuleLoader();
        foreach (string path in (Environment.GetEnvironmentVariable("EUNOMIA_BENCH_RULES") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            loader.Add(path);
        }

        RuleSet files = loader.Load().Set;
        var own = new RuleLoader().AddText("own.toml", string.Join('\n', Enumerable.Range(0, Math.Max(0, Rules - files.Rules.Count)).Select(Own))).Load();
        foreach (RuleDiagnostic diagnostic in own.Diagnostics)
        {
            Console.WriteLine(diagnostic);
        }

        return new RuleSet([.. files.Rules, .. own.Set.Rules], [.. files.Sequences, .. own.Set.Sequences]);
    }

    /// <summary>Shaped like real ones: a kind of event, a path or a peer, some names that are all right.</summary>
    private static string Own(int i)
    {
        string condition = (i % 5) switch
        {
            0 => $"evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = 'f' and fd.num >= 0 and fd.name startswith /etc/own{i} and not proc.pname in (dpkg, apt{i})",
            1 => $"evt.type in (open, openat, openat2) and evt.is_open_read = true and (fd.name in (/etc/shadow{i}, /etc/sudoers{i}) or fd.directory in (/etc/pam.d{i}, /root/.ssh{i})) and not proc.name in (sshd, login, own{i})",
            2 => $"evt.type in (execve, execveat) and container.id != host and (proc.name in (nc, ncat, own{i}) or proc.cmdline contains 'own{i}') and proc.aname[2] != init",
            3 => $"evt.type = connect and fd.l4proto = tcp and fd.snet in ('10.{i}.0.0/16', '192.168.{i}.0/24') and not proc.aname in (own{i}, curl)",
            _ => $"evt.kind in (file.close, tcp.close) and fd.name glob '/own{i}/*/secret*' and user.uid != 0",
        };
        return $"[[rule]]\nname = \"own {i}\"\ncondition = \"\"\"{condition}\"\"\"\noutput = \"%proc.name\"\npriority = \"notice\"\n";
    }

    private static EventPipeline Create(IEventSink sink)
    {
        EventKindSet kinds = EventKinds.ProcessTracker.Union(EventKinds.FilesTracker).Union(EventKinds.TcpConnectTracker);
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(kinds), sink)]), new Ledger());
        pipeline.Apply(Workload.Snapshot(), 0);
        return pipeline;
    }

    private sealed class NoSink : IEventSink
    {
        public void OnEvent(in EventView e)
        {
        }
    }
}
