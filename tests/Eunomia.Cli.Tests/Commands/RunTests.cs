using System.IO.Pipes;
using System.Text.Json;
using Eunomia.Cli.Output;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests.Commands;

/// <summary>The whole command against a fake collector.</summary>
public sealed class RunTests : IAsyncLifetime, IDisposable
{
    private const uint Exec = (uint)EventKind.ProcessExec;
    private readonly RecordBuilder _records = new();
    private readonly TempFolder _folder = new();
    private readonly string _file;
    private FakeCollector? _collector;

    private FakeCollector Collector => _collector ?? throw new InvalidOperationException();

    public RunTests() => _file = _folder.File("events");

    public async Task InitializeAsync() => _collector = await FakeCollector.StartAsync();

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Json_WritesOneObjectPerLineAndTheLedger()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("--fmt", "json", "-o", _file));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10), Record(11));

        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await run);
        string[] lines = await File.ReadAllLinesAsync(_file);
        Assert.Equal([10, 11], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("process").GetProperty("pid").GetInt32()));
        Assert.Equal(["ready", "ledger process.exec offered=2 delivered=2 lost=0"], fixture.ErrorLines);
    }

    [Fact]
    public async Task Run_Text_BeginsWithTheNamesOfTheColumns()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("-o", _file));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        fixture.Stop();
        await run;

        string[] lines = await File.ReadAllLinesAsync(_file);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("TIME", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', lines[1]);
    }

    [Fact]
    public async Task Run_NothingHappens_ShowsTheColumnsAllTheSame()
    {
        using var fixture = new CommandFixture();
        await Eventually.Within(fixture.RunAsync(Arguments("-o", _file, "-T", "0.05")));

        Assert.StartsWith("TIME", Assert.Single(await File.ReadAllLinesAsync(_file)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CannotAttach_ShowsTheErrorOnly()
    {
        Collector.SubscribeFailure = new Grpc.Core.Status(Grpc.Core.StatusCode.ResourceExhausted, "another one is subscribed");
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, await Eventually.Within(fixture.RunAsync(Arguments("-o", _file))));
        Assert.Contains("another one is subscribed: end the other eunomiactl", fixture.Complaint(), StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(_file));
    }

    [Fact]
    public async Task Run_Events_ShowAtOnce()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("--fmt", "json", "-o", _file));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));

        await Eventually.TrueAsync(() => new FileInfo(_file).Length > 0, "the event stands in the file before the end");

        fixture.Stop();
        await run;
    }

    [Fact]
    public async Task Run_Time_EndsByItself()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(fixture.RunAsync(Arguments("-T", "0.05"))));
        Assert.True(Collector.Unsubscribed.IsCompleted);
    }

    [Fact]
    public async Task Run_StoppedBeforeAnythingIsAttached_EndsWithoutAnError()
    {
        Collector.Attaches = false;
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments());
        await Collector.Subscribed;

        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(run));
        Assert.Empty(fixture.Error);
    }

    [Fact]
    public async Task Run_FullDisk_FailsWithTheFileTheReasonAndTheLedger()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("--fmt", "json", "-o", "/dev/full"));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));

        Assert.Equal(ExitCodes.Failure, await Eventually.Within(run));
        Assert.Equal("eunomiactl: cannot write /dev/full: No space left on device", fixture.ErrorLines[^1]);
        Assert.Contains("ledger process.exec offered=1 delivered=1 lost=0", fixture.ErrorLines);
    }

    [Fact]
    public async Task Run_ReaderGone_EndsQuietly()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        int writeEnd = (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
        using var fixture = new CommandFixture { OpenStdout = () => OutputFile.OverDescriptor("stdout", writeEnd) };
        Task<int> run = fixture.RunAsync(Arguments());
        await fixture.SaidAsync("ready");
        pipe.SafePipeHandle.Dispose(); // as head does when it has seen enough

        Collector.Send(Exec, Record(10));

        Assert.Equal(ExitCodes.ReaderGone, await Eventually.Within(run));
        Assert.Equal(["ready"], fixture.ErrorLines);
    }

    [Fact]
    public void Run_FileCannotBeMade_SaysWhy()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run(Arguments("-o", "/not/there/events")));
        Assert.Equal("cannot write /not/there/events: No such file or directory", fixture.Complaint());
    }

    [Fact]
    public async Task Run_LosesTheCollectorForGood_FailsWithTheLedger()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("--fmt", "json", "-o", _file));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        await Eventually.TrueAsync(() => new FileInfo(_file).Length > 0, "the event arrived");
        await Collector.DieAsync();
        await using FakeCollector other = await FakeCollector.StartAsync(
            Collector.SocketPath, prepare: collector => collector.Status.AbiVersion = 9);

        Assert.Equal(ExitCodes.Failure, await Eventually.Within(run));
        Assert.StartsWith("eunomiactl: lost the collector (", fixture.ErrorLines[1], StringComparison.Ordinal);
        Assert.Contains("ledger process.exec offered=1 delivered=1 lost=0", fixture.ErrorLines);
        Assert.Contains(fixture.ErrorLines, line => line.StartsWith("gap from=2023-", StringComparison.Ordinal)
            && line.EndsWith(" to=unknown count=unknown", StringComparison.Ordinal));
        Assert.Contains("ABI 9", fixture.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FiltersAndVariables_ReachTheCollector()
    {
        using var fixture = new CommandFixture();
        fixture.Machine.Processes.Add(42);
        Task<int> run = fixture.RunAsync(Arguments("-c", "web", "-p", "42", "--env", "PATH,HOME", "--env", "PATH"));
        var request = await Eventually.Within(Collector.Subscribed);
        fixture.Stop();
        await run;

        Assert.Equal([42u], request.Filter.Pids);
        Assert.True(request.Filter.ByCgroup && request.Filter.ByPid);
        Assert.Equal(["PATH", "HOME"], request.EnvironmentNames);
    }

    [Fact]
    public async Task Run_EventsOption_ShowsOnlyThese()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments("--fmt", "json", "-o", _file, "--events", "process.exit"));
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        Collector.Send((uint)EventKind.ProcessExit, _records.Exit(new ProcessSpec(10, 10)).Take());
        fixture.Stop();
        await run;

        string line = Assert.Single(await File.ReadAllLinesAsync(_file));
        Assert.Contains("process.exit", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("process", new[] { Family.Process }, 0u, 0UL, false)]
    [InlineData("files", new[] { Family.Process, Family.File }, 10_000u, 0x2000000003ffc0UL, false)]
    [InlineData("tcpconnect files process", new[] { Family.Process, Family.File, Family.Net }, 10_000u, 0x200000003fffc0UL, false)]
    [InlineData("security", new[] { Family.Process, Family.Security }, 10_000u, 0xc7fffc00000000UL, false)]
    [InlineData("security --events security.mount", new[] { Family.Process, Family.Security }, 0u, 0x1000000000UL, false)]
    [InlineData("files --interval 2.5 --paths raw", new[] { Family.Process, Family.File }, 2_500u, 0x2000000003ffc0UL, true)]
    [InlineData("files --paths resolved --events file.open,container.start", new[] { Family.Process, Family.File }, 0u, 0x40UL, false)]
    [InlineData("ipc", new[] { Family.Process, Family.Ipc }, 10_000u, 0x7c000000UL, false)]
    [InlineData("ipc --interval 0.5", new[] { Family.Process, Family.Ipc }, 500u, 0x7c000000UL, false)]
    [InlineData("ipc --events ipc.signal", new[] { Family.Process, Family.Ipc }, 10_000u, 0x40000000UL, false)]
    [InlineData("ipc --events ipc.open,ipc.close", new[] { Family.Process, Family.Ipc }, 0u, 0x24000000UL, false)]
    [InlineData("files tcpconnect --events cgroup.mkdir,tcp.close", new[] { Family.Process, Family.Net }, 0u, 0x200000UL, false)]
    [InlineData("udp", new[] { Family.Process, Family.Net }, 1_000u, 0x100000000c00000UL, false)]
    [InlineData("dns tcpconnect", new[] { Family.Process, Family.Net }, 1_000u, 0x33c0000UL, false)]
    public async Task Run_Trackers_AskForWhatTheyNeed(string arguments, Family[] families, uint interval, ulong kinds, bool raw)
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(["run", "--collector", Collector.SocketPath, .. arguments.Split(' ')]);
        SubscribeRequest request = await Eventually.Within(Collector.Subscribed);
        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await run);
        Assert.Equal(families, request.Families);
        Assert.Equal((kinds, interval, raw), (request.Kinds, request.ReportIntervalMs.Max(), request.RawPaths));
    }

    [Theory]
    [InlineData("udp dns", 30_000u, new uint[0])]
    [InlineData("udp dns --udp-idle 2.5 --dns-port 5353,53,5353", 2_500u, new uint[] { 5353, 53 })]
    public async Task Run_Network_AsksAsItIsTold(string arguments, uint idle, uint[] ports)
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(["run", "--collector", Collector.SocketPath, .. arguments.Split(' ')]);
        SubscribeRequest request = await Eventually.Within(Collector.Subscribed);
        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await run);
        Assert.Equal(idle, request.UdpIdleMs);
        Assert.Equal(ports, request.DnsPorts);
    }

    [Theory]
    [InlineData("--fmt folded", "host;sh;f2;f1 1\nhost;sh;f2;f3_[k] 2\n")]
    [InlineData("--fmt svg", "data-name=\"f3_[k]\"")]
    [InlineData("--fmt text", "66.7   66.7        2 f3_[k] ")]
    [InlineData("", "\"perf\":{\"count\":2,\"cpu_time_ns\":20000000,\"frequency_hz\":100,"
        + "\"kernel_stack\":[{\"function\":\"f3\",\"module\":\"[kernel]\",\"offset\":1,\"address\":\"0x3\"}],"
        + "\"user_stack\":[{\"function\":\"f2\",\"module\":\"/bin/busy\",\"offset\":1,\"address\":\"0x2\"}]}}\n")]
    public async Task Run_Profile_IsSummedUpWithNames(string format, string shown)
    {
        Collector.NamesAnyAddress = true;
        using var fixture = new CommandFixture();
        string[] options = format.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Task<int> run = fixture.RunAsync(["run", "perf", "--freq", "100", "--collector", Collector.SocketPath, "-o", _file, .. options]);
        SubscribeRequest request = await Eventually.Within(Collector.Subscribed);
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        var inKernel = new PerfSampleSpec { WeightNs = 10_000_000, Kernel = [3], User = [2] };
        foreach (PerfSampleSpec sample in (PerfSampleSpec[])[inKernel, inKernel with { Kernel = [], User = [1, 3] }, inKernel])
        {
            Collector.Send((uint)EventKind.PerfSample, _records.PerfSample(new ProcessSpec(10, 10), sample).Take());
        }
        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await run);
        Assert.Equal(100u, request.PerfFrequencyHz);
        bool isPicture = format.EndsWith("folded", StringComparison.Ordinal) || format.EndsWith("svg", StringComparison.Ordinal);
        Assert.Equal(isPicture, (request.Kinds & (1UL << (int)EventKind.PerfCounters)) == 0);
        Assert.Contains(shown, await File.ReadAllTextAsync(_file), StringComparison.Ordinal);
        Assert.Contains("ledger perf.sample offered=3 delivered=3 lost=0", fixture.ErrorLines);
    }

    [Fact]
    public async Task Run_PerfWithinAnExec_KeepsTheNameOfTheOldProgram()
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(
            ["run", "perf", "--collector", Collector.SocketPath, "--fmt", "json", "-o", _file]);
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        var before = new ProcessSpec(10, 10) { Comm = "old" };
        Collector.Send((uint)EventKind.PerfSample, _records.PerfSample(before, new PerfSampleSpec { User = [1] }).Take());
        Collector.Send(
            (uint)EventKind.PerfSample, _records.PerfSample(before with { Comm = "new" }, new PerfSampleSpec { User = [2] }).Take());
        fixture.Stop();
        await run;

        Assert.Equal(["old", "old"], (await File.ReadAllLinesAsync(_file)).Select(
            line => JsonDocument.Parse(line).RootElement.GetProperty("process").GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("--paths resolved", "/srv/a", "lexical")]
    [InlineData("--paths raw", "../srv/a", "raw")]
    public async Task Run_Files_ShowsThemAsAsked(string option, string path, string source)
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(
            ["run", "files", "--collector", Collector.SocketPath, "--fmt", "json", "-o", _file, .. option.Split(' ')]);
        await fixture.SaidAsync("ready");
        Collector.Send(Exec, Record(10));
        var open = new FileOpenSpec { Raw = "../srv/a", Base = "/tmp", Result = -2 };
        Collector.Send((uint)EventKind.FileOpen, _records.FileOpen(new ProcessSpec(10, 10), open).Take());
        fixture.Stop();
        await run;

        JsonElement shown = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(_file))).RootElement;
        Assert.Equal(path, shown.GetProperty("file").GetProperty("path").GetString());
        Assert.Equal(source, shown.GetProperty("file").GetProperty("path_source").GetString());
        Assert.Equal("/bin/sh", shown.GetProperty("process").GetProperty("exe").GetString());
        Assert.Contains("ledger file.open offered=1 delivered=1 lost=0", fixture.ErrorLines);
    }

    [Theory]
    [InlineData("--paths resolved", "/srv/a")]
    [InlineData("--paths raw", "../srv/a")]
    public async Task Run_FilesAsText_ShowsThemAsAsked(string option, string path)
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(["run", "files", "--collector", Collector.SocketPath, "-o", _file, .. option.Split(' ')]);
        await fixture.SaidAsync("ready");
        var change = new FileChangeSpec { Raw = "../srv/a", Base = "/tmp" };
        Collector.Send((uint)EventKind.FileUnlink, _records.FileChange(EventKind.FileUnlink, new ProcessSpec(10, 10), change).Take());
        fixture.Stop();
        await run;

        Assert.EndsWith($" {path}", (await File.ReadAllLinesAsync(_file))[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, ExitCodes.Success)]
    [InlineData(true, ExitCodes.Failure)]
    public async Task Run_Loss_IsAFailureOnlyWhenStrict(bool strict, int expected)
    {
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(Arguments(strict ? ["--strict", "-o", _file] : ["-o", _file]));
        await fixture.SaidAsync("ready");
        Collector.Lose(Exec, 3);
        _records.Skip(3);
        Collector.Send(Exec, Record(10));
        fixture.Stop();

        Assert.Equal(expected, await run);
        Assert.Contains("ledger process.exec offered=4 delivered=1 lost=3", fixture.ErrorLines);
        Assert.Contains("lost process.exec ring=3", fixture.ErrorLines);
        Assert.Equal(strict, fixture.Error.Contains("--strict: something was missed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(FamilyState.Degraded, false, ExitCodes.Success)]
    [InlineData(FamilyState.Degraded, true, ExitCodes.Failure)]
    [InlineData(FamilyState.Off, false, ExitCodes.Success)]
    [InlineData(FamilyState.Off, true, ExitCodes.Failure)]
    public async Task Run_TrackerImpaired_NeighboursLoseNothingAndStrictFails(FamilyState state, bool strict, int expected)
    {
        FamilyStatus security = Collector.Status.Families.Single(family => family.Family == Family.Security);
        security.State = state;
        security.Reason = "no security.capability: tp_btf cap_capable missing, fexit cap_capable: Operation not permitted";
        using var fixture = new CommandFixture();
        Task<int> run = fixture.RunAsync(
            ["run", "security", "files", "--fmt", "json", "--collector", Collector.SocketPath, "-o", _file, .. strict ? ["--strict"] : Array.Empty<string>()]);
        await fixture.SaidAsync("ready");
        var change = new FileChangeSpec { Raw = "/srv/a" };
        Collector.Send((uint)EventKind.FileUnlink, _records.FileChange(EventKind.FileUnlink, new ProcessSpec(10, 10), change).Take());
        fixture.Stop();

        Assert.Equal(expected, await run);
        Assert.Contains($"the security tracker is {state.ToString().ToLowerInvariant()}: {security.Reason}", fixture.Error, StringComparison.Ordinal);
        Assert.Contains("ledger file.unlink offered=1 delivered=1 lost=0", fixture.ErrorLines);
        Assert.Contains("\"file.unlink\"", await File.ReadAllTextAsync(_file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StrictAndNothingMissed_Succeeds()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(fixture.RunAsync(Arguments("--strict", "-T", "0.05"))));
    }

    private byte[] Record(uint pid) => _records.Exec(new ProcessSpec(pid, pid)).Take();

    private string[] Arguments(params string[] more) => ["run", "process", "--collector", Collector.SocketPath, .. more];
}
