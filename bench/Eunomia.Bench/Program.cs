using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Eunomia.Bench;

// rules [FILE]...: over captures. Everything else is said to BenchmarkDotNet.
if (args is ["rules", .. string[] files])
{
    new RuleSpeed(files).Run();
    return;
}

// In this process: the default makes and restores a project of its own for each run.
IConfig config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromTypes([typeof(EventBenchmarks), typeof(RuleBenchmarks)]).Run(args.Length > 0 ? args : ["--filter", "*"], config);
