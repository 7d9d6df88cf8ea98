using System.Text.Json;
using Eunomia.Cli.Launch;
using Eunomia.Cli.Output;
using Eunomia.Controller.Rules;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests.Commands;

public sealed class DaemonTests : IAsyncDisposable
{
    private const string NoFiles = "[alerts]\nspool = \"\"\n[alerts.file]\nenabled = false\n"; // nothing outside of the test's folder
    private readonly TempFolder _folder = new();
    private readonly CommandFixture _daemon = new();
    private readonly RecordBuilder _records = new();
    private FakeCollector? _collector;
    private Task<int> _running = Task.FromResult(ExitCodes.Success);

    private string Socket => _folder.File("api.sock");

    private FakeCollector Collector => _collector ?? throw new InvalidOperationException("not started");

    [Fact]
    public async Task Daemon_FromStartToEnd_SaysReadyAndTheAccount()
    {
        await StartAsync();
        Collector.Send((uint)EventKind.ProcessExec, Exec(1));
        await Eventually.TrueAsync(() => Ask("status", "--fmt", "json").Out.Contains("\"delivered\":1", StringComparison.Ordinal), "it came");

        _daemon.Stop();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(_running));
        Assert.Contains("ledger process.exec offered=1 delivered=1 lost=0", _daemon.ErrorLines);
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public async Task Run_ThroughTheDaemon_ShowsEventsAndItsAccount()
    {
        await StartAsync();
        string file = _folder.File("events");
        using var run = new CommandFixture { OpenStdout = () => OutputFile.Create(file) };
        Task<int> running = run.RunAsync("run", "process", "--fmt", "json", "--daemon", Socket);
        await run.SaidAsync("ready");
        Collector.Send((uint)EventKind.ProcessExec, Exec(1), Exec(2));
        await Eventually.TrueAsync(() => File.ReadAllLines(file).Length == 2, "two lines");
        run.Stop();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(running));
        Assert.All(File.ReadLines(file), line => Assert.Equal("process.exec", JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()));
        Assert.Contains("ledger process.exec offered=2 delivered=2 lost=0", run.ErrorLines);
        Assert.Contains("ledger process.exit offered=0 delivered=0 lost=0", run.ErrorLines);
    }

    [Fact]
    public async Task Run_AsText_HasTheColumns()
    {
        await StartAsync();
        string file = _folder.File("events");
        using var run = new CommandFixture { OpenStdout = () => OutputFile.Create(file) };
        Task<int> running = run.RunAsync("run", "process", "--daemon", Socket);
        await run.SaidAsync("ready");
        Collector.Send((uint)EventKind.ProcessExec, Exec(1));
        await Eventually.TrueAsync(() => File.ReadAllLines(file).Length == 2, "header and line");
        _daemon.Stop();

        Assert.Equal(ExitCodes.Failure, await Eventually.Within(running));
        Assert.StartsWith("TIME", File.ReadLines(file).First(), StringComparison.Ordinal);
        Assert.Contains($"eunomiactl: the daemon at {Socket} has ended", run.ErrorLines);
    }

    [Fact]
    public async Task Hangup_BadFile_ChangesNothing()
    {
        string config = _folder.File("d.toml");
        await File.WriteAllTextAsync(config, "[daemon]\nformat = \"json\"\n" + NoFiles);
        await StartAsync("--config", config);
        await File.WriteAllTextAsync(config, "[daemon]\nfromat = \"json\"\n" + NoFiles);

        _daemon.Hangup?.Invoke();
        Assert.Contains(_daemon.ErrorLines, line => line.StartsWith(
            $"eunomiactl: not reloaded: {config}:2:1: unknown key 'fromat' in [daemon], did you mean 'format'?", StringComparison.Ordinal));
        Assert.Contains("reload      failed: ", Ask("status").Out, StringComparison.Ordinal);

        await File.WriteAllTextAsync(config, "[daemon]\nformat = \"text\"\n" + NoFiles);
        _daemon.Hangup?.Invoke();
        RuleSet rules = new RuleLoader().AddDefaults().Load().Set;
        Assert.Contains($"eunomiactl: reloaded, {rules.Rules.Count + rules.Sequences.Count} rules", _daemon.ErrorLines);
        Assert.Contains("eunomiactl: format: a change needs a restart, until then it is as before", _daemon.ErrorLines);
        Assert.DoesNotContain("reload      failed", Ask("status").Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_AlertFile_ShowsAlertsOfBefore()
    {
        string rules = _folder.File("r.toml");
        await File.WriteAllTextAsync(rules, "[[rule]]\nname = \"Truth\"\ndescription = \"x\"\ncondition = \"evt.kind = process.exec and proc.exepath = /bin/true\"\noutput = \"true ran\"\npriority = \"critical\"\n");
        string config = _folder.File("d.toml");
        await File.WriteAllTextAsync(config, "[alerts]\nspool = \"\"\n[alerts.terminal]\nenabled = false\n[alerts.file]\npath = \"kept/alerts.jsonl\"\nrules = [\"*\"]\n");
        await StartAsync("--config", config, "--rules", rules);
        Collector.Send((uint)EventKind.ProcessExec, Exec(1));
        await Eventually.TrueAsync(() => Alerts().Contains("true ran", StringComparison.Ordinal), "it is told");
        _daemon.Hangup?.Invoke();
        Assert.DoesNotContain(_daemon.ErrorLines, line => line.Contains("needs a restart", StringComparison.Ordinal));
        _daemon.Stop();
        Assert.Equal(ExitCodes.Success, await Eventually.Within(_running));
        Assert.Contains("output file offered=1 delivered=1 lost=0 waiting=0", _daemon.ErrorLines);
        Assert.Single(await File.ReadAllLinesAsync(_folder.File("kept/alerts.jsonl")));

        using var second = new CommandFixture();
        Task<int> running = second.RunAsync("daemon", "--collector", Collector.SocketPath, "--socket", Socket, "--config", config, "--rules", rules);
        await second.SaidAsync("ready");

        Assert.EndsWith(" true ran\n", Alerts(), StringComparison.Ordinal);
        second.Stop();
        Assert.Equal(ExitCodes.Success, await Eventually.Within(running));
    }

    [Fact]
    public async Task SecondDaemon_AtTheSameSocket_IsRefused()
    {
        await StartAsync();
        using var second = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, second.Run("daemon", "--collector", Collector.SocketPath, "--socket", Socket, "--config", Empty()));
        Assert.Equal($"cannot listen on {Socket}: another daemon listens there; end it, or name another place with --socket", second.Complaint());
        Assert.Equal(ExitCodes.Success, Ask("status").Code);
    }

    [Fact]
    public async Task Daemon_WithSomethingElseInItsPlace_LeavesItAlone()
    {
        await File.WriteAllTextAsync(Socket, "precious");
        await using FakeCollector collector = await FakeCollector.StartAsync();
        using var daemon = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, daemon.Run("daemon", "--collector", collector.SocketPath, "--socket", Socket, "--config", Empty()));
        Assert.StartsWith($"cannot listen on {Socket}: ", daemon.Complaint(), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(Socket));
    }

    [Fact]
    public void Daemon_AsRoot_BecomesTheLauncherAndReadsNothing()
    {
        var machine = new TestMachine { UserId = 0, Files = { "/opt/eunomia/bin/eunomia-collector" } };
        using var fixture = new CommandFixture { Machine = machine };

        fixture.Run("daemon", "--config", "/does/not/exist");

        Assert.Equal("/opt/eunomia/bin/eunomia-collector", machine.Executed?[0]);
        Assert.Equal(["/run/eunomia", "/var/lib/eunomia", "/var/log/eunomia"], machine.Prepared);
    }

    [Theory]
    [InlineData("--rules", "say which")]
    [InlineData("--fmt yaml", "--fmt: 'yaml' is not a format; allowed: text, json")]
    [InlineData("-p x", "-p: 'x' is not a process id")]
    public void Daemon_WrongOption_IsAUsageError(string arguments, string message)
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run(["daemon", .. arguments.Split(' ')]));
        Assert.True(message == "say which" || fixture.Complaint().StartsWith(message, StringComparison.Ordinal), fixture.Error);
    }

    [Theory]
    [InlineData("--since 10", "--since: '10' is not a time like 30s, 10m, 2h or 7d")]
    [InlineData("--priority warnin", "--priority: 'warnin' is not a priority, did you mean 'warning'?")]
    public void Alerts_WrongOption_IsAUsageError(string arguments, string message)
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run(["alerts", .. arguments.Split(' ')]));
        Assert.StartsWith(message, fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void PriorityNames_AreThoseOfTheEnum() => Assert.Equal(
        Enum.GetNames<Core.Rules.RulePriority>().Select(name => name.ToLowerInvariant()), Cli.Commands.OptionParsers.PriorityNames);

    [Fact]
    public void Clients_WithoutADaemon_SaySo()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("alerts", "--daemon", Socket));
        Assert.Equal(
            $"no daemon listens on {Socket}: start it (systemctl start eunomia, or 'sudo eunomiactl daemon'), or name its socket with --daemon",
            fixture.Complaint());
    }

    [Theory]
    [InlineData("run perf", "the tracker perf")]
    [InlineData("run syscall --latency", "--latency")]
    [InlineData("containers --watch", "--watch")]
    public void Client_WhatOnlyACollectorCan_IsRefused(string arguments, string what)
    {
        var machine = new TestMachine { Variables = { [DaemonEndpoint.Variable] = Socket } };
        using var fixture = new CommandFixture { Machine = machine };

        Assert.Equal(ExitCodes.Failure, fixture.Run(arguments.Split(' ')));
        Assert.StartsWith($"{what}: not through the daemon at {Socket}; ", fixture.Complaint(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        _daemon.Stop();
        await Eventually.Within(Task.WhenAny(_running));
        if (_collector is not null)
        {
            await _collector.DisposeAsync();
        }
        _daemon.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync(params string[] options)
    {
        _collector = await FakeCollector.StartAsync();
        string[] config = options.Contains("--config") ? [] : ["--config", Empty()];
        _running = _daemon.RunAsync(["daemon", "--collector", _collector.SocketPath, "--socket", Socket, .. config, .. options]);
        await _daemon.SaidAsync("ready");
    }

    private (int Code, string Out) Ask(params string[] arguments)
    {
        using var client = new CommandFixture();
        int code = client.Run([.. arguments, "--daemon", Socket]);
        return (code, client.Out);
    }

    private string Alerts()
    {
        string file = _folder.File("alerts");
        using var client = new CommandFixture { OpenStdout = () => OutputFile.Create(file) };
        Assert.Equal(ExitCodes.Success, client.Run("alerts", "--daemon", Socket));
        return File.ReadAllText(file);
    }

    private string Empty()
    {
        string path = _folder.File("empty.toml");
        File.WriteAllText(path, NoFiles);
        return path;
    }

    private byte[] Exec(uint pid) => _records.Exec(new ProcessSpec(pid, pid * 1_000), new ExecSpec { Exe = "/bin/true" }).Take();
}
