using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules;

/// <summary>A pipeline whose events go to an engine.</summary>
internal sealed class RuleFixture
{
    public static readonly ProcessSpec Init = new ProcessSpec(100, 1_000_000) { Comm = "init", Ppid = 1, Vpid = 1 }.In(Key);
    public static readonly ProcessSpec Shell = Init.Child(101, 2_000_000) with { Comm = "bash", Vpid = 7 };
    public static readonly ProcessSpec Tool = Shell.Child(102, 3_000_000) with { Comm = "cat", Vpid = 9 };
    public const ulong Key = 77;
    public static readonly string Web = TestHost.Id("3f5c");

    public RuleFixture(RuleSet rules, RuleEngineOptions? options = null)
    {
        Compiled = RuleCompiler.Compile(rules);
        Engine = new RuleEngine(Compiled, Alerts.Add, options ?? new RuleEngineOptions("box"));
        var filter = new EventFilter(EventKindSet.Of([.. EventKinds.All]));
        Pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(filter, Engine)]), new Ledger());
        Pipeline.Containers.ContainerSeen += container => Pipeline.Containers.SetMetadata(
            container.Id, new ContainerMetadata("docker", "web-1", "registry:5000/team/web:1.2@sha256:abc", "pod-1", "shop"));
    }

    public RuleFixture(Condition condition, string output = "fired")
        : this(Build.Set(Build.Rule(condition, output)))
    {
    }

    public CompiledRules Compiled { get; }

    public RuleEngine Engine { get; }

    public EventPipeline Pipeline { get; }

    public List<Alert> Alerts { get; } = [];

    public RecordBuilder Records { get; } = new();

    /// <summary>Three generations in a container: init, bash, cat.</summary>
    public RuleFixture Start()
    {
        Records.Flags = RecordTraits.Snapshot;
        Records.Mkdir(Key, $"/docker/{Web}")
            .Exec(Init, new ExecSpec { Exe = "/sbin/init", Args = ["/sbin/init"], Cwd = "/" })
            .Exec(Shell, new ExecSpec { Exe = "/bin/bash", Args = ["-bash", "--login"], Cwd = "/root", Tty = 0x8800000, Sid = 101, Pgid = 101, Loginuid = 1000 })
            .Exec(Tool, new ExecSpec
            {
                Exe = "/usr/bin/cat",
                Args = ["cat", "/etc/shadow", "-n"],
                Cwd = "/root",
                Tty = 0x8800000,
                Sid = 101,
                Pgid = 102,
                Env = ["LD_PRELOAD=/tmp/x.so", "EMPTY="],
                ExeFlags = ExeTraits.UpperLayer,
                CapEffective = 0x21,
                Loginuid = 1000,
            });
        Records.Flags = RecordTraits.None;
        return Apply(_ => { });
    }

    public RuleFixture Apply(Action<RecordBuilder> build)
    {
        build(Records);
        Pipeline.Apply(Records.Take(), PipelineFixture.BootToUnixNs);
        return this;
    }
}
