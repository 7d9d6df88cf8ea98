using System.IO.Pipes;
using System.Text.Json;
using Eunomia.Cli.Output;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;

namespace Eunomia.Cli.Tests.Commands;

/// <summary>The whole command against a fake collector.</summary>
public sealed class ContainersTests : IAsyncLifetime, IDisposable
{
    private const ulong V2 = 100;
    private static readonly string Web = TestHost.Id("abc1");
    private static readonly string Db = TestHost.Id("abc2");
    private static readonly ProcessSpec Init = new ProcessSpec(500, 60_000_000_000).In(V2) with { Vpid = 1 };
    private readonly RecordBuilder _records = new();
    private readonly TempFolder _folder = new();
    private readonly string _file;
    private FakeCollector? _collector;

    private FakeCollector Collector => _collector ?? throw new InvalidOperationException();

    public ContainersTests() => _file = _folder.File("stdout");

    public async Task InitializeAsync()
    {
        _collector = await FakeCollector.StartAsync();
        Collector.Containers[Web] = new InspectContainerResponse
        {
            Runtime = "docker",
            Name = "web",
            Image = "nginx:1",
            CreatedUnixNs = 1_700_000_050_000_000_000,
        };
        _records.Flags = RecordTraits.Snapshot;
        _records
            .Mkdir(V2, $"/docker/{Web}").Mkdir(V2 + 1, $"/docker/{Web}/docker/{Db}", V2).Mkdir(V2 + 2, "/lxc.payload.box")
            .Exec(Init.Child(501, 70_000_000_000)).Exec(Init)
            .Exec(new ProcessSpec(10, 10))
            .Exec(new ProcessSpec(600, 80_000_000_000).In(V2 + 2, 601, 602) with { Vpid = 1 });
        Collector.SnapshotRecords.Add(_records.Take());
        _records.Flags = RecordTraits.None;
    }

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Containers_Json_IsOneObjectPerContainer()
    {
        string[] lines = Run("--fmt", "json");

        Assert.Equal(
            [
                $$"""{"id":"box","name":"box","runtime":"lxc","started":"2023-11-14T22:14:40.000000000Z","state":"running","pids":[600]}""",
                $$"""{"id":"{{Web}}","name":"web","image":"nginx:1","runtime":"docker","image_repository":"nginx","image_tag":"1","created":"2023-11-14T22:14:10.000000000Z","started":"2023-11-14T22:14:20.000000000Z","state":"running","pids":[500,501]}""",
                $$"""{"id":"{{Db}}","runtime":"docker","parent":"{{Web}}","state":"created","pids":[]}""",
            ],
            lines);
    }

    [Fact]
    public void Containers_Text_IsATable()
    {
        string[] lines = Run();

        Assert.Equal(4, lines.Length);
        Assert.Matches("^CONTAINER ID  NAME  IMAGE    RUNTIME  CREATED +STARTED +STATE    PIDS$", lines[0]);
        Assert.Matches("^box           box   -        lxc      - +[0-9]+d[0-9]+h ago +running  600$", lines[1]);
        Assert.Matches("^abc100000000  web   nginx:1  docker   [0-9]+d[0-9]+h ago .* running  500 501$", lines[2]);
        Assert.Matches("^abc200000000  -     -        docker   - +- +created  -$", lines[3]);
    }

    [Fact]
    public void Containers_None_ShowsTheColumnsAndNoJson()
    {
        Collector.SnapshotRecords.Clear();

        Assert.StartsWith("CONTAINER ID", Assert.Single(Run()), StringComparison.Ordinal);
        Assert.Empty(Run("--fmt", "json"));
    }

    [Fact]
    public void Containers_OneShot_AttachesNothingAndAsksOncePerContainer()
    {
        Run();

        Assert.False(Collector.Subscribed.IsCompleted);
        Assert.Equal([Web, Db], Collector.Inspected.Order());
    }

    [Fact]
    public void Containers_WhileAnotherTakesASnapshot_WaitsForIt()
    {
        Collector.SnapshotsRefused = 2;

        Assert.Equal(4, Run().Length);
        Assert.Equal(3, Collector.Snapshots);
    }

    [Theory]
    [InlineData(500, "web")]
    [InlineData(501, "web")]
    [InlineData(600, "box")]
    public void Containers_Pid_ShowsTheContainerOfThatProcess(int pid, string name)
    {
        string line = Assert.Single(Run("--fmt", "json", "--pid", $"{pid}"));

        Assert.Equal(name, JsonDocument.Parse(line).RootElement.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("--pid", "10", "--pid: process 10 runs on the host, in no container")]
    [InlineData("--pid", "11", "--pid: there is no process 11")]
    [InlineData("--id", "nobody", "--id: there is no container 'nobody'")]
    [InlineData("--id", "abc", "--id: 'abc' may be any of 2: web (abc100000000), abc200000000")]
    public void Containers_NotOne_FailsWithOneLine(string option, string value, string expected)
    {
        using var fixture = Fixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run(Arguments(option, value)));
        Assert.Equal(expected, fixture.Complaint());
    }

    [Theory]
    [InlineData("web")]
    [InlineData("we")]
    [InlineData("abc1")]
    [InlineData("/web")]
    public void Containers_Id_ShowsThatContainer(string id)
    {
        string line = Assert.Single(Run("--fmt", "json", "--id", id));

        Assert.Equal(Web, JsonDocument.Parse(line).RootElement.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("--pid and --id do not go together", "--pid", "1", "--id", "web")]
    [InlineData("--watch and --pid do not go together", "--watch", "--pid", "1")]
    [InlineData("--time goes with --watch only", "-T", "1")]
    [InlineData("--pid: 'x' is not a process id", "--pid", "x")]
    [InlineData("--fmt: 'xml' is not a format", "--fmt", "xml")]
    public void Containers_WrongOptions_AreUsageErrors(string expected, params string[] arguments)
    {
        using var fixture = Fixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run(Arguments(arguments)));
        Assert.Contains(expected, fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_AsRoot_IsRefusedUnlessLaunched()
    {
        using var fixture = new CommandFixture { Machine = new TestMachine { UserId = 0 } };

        Assert.Equal(ExitCodes.Failure, fixture.Run(Arguments()));
        Assert.Contains("refusing to read events as root", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_CollectorWithAnotherAbi_SaysSo()
    {
        Collector.Status.AbiVersion = 99;
        using var fixture = Fixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run(Arguments()));
        Assert.Contains("ABI 99", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_FullDisk_SaysWhy()
    {
        using var fixture = new CommandFixture { OpenStdout = () => OutputFile.Create("/dev/full") };

        Assert.Equal(ExitCodes.Failure, fixture.Run(Arguments()));
        Assert.Equal("cannot write /dev/full: No space left on device", fixture.Complaint());
    }

    [Fact]
    public void Containers_ReaderGone_EndsQuietly()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In);
        int writeEnd = (int)pipe.ClientSafePipeHandle.DangerousGetHandle();
        using var fixture = new CommandFixture { OpenStdout = () => OutputFile.OverDescriptor("stdout", writeEnd) };
        pipe.SafePipeHandle.Dispose();

        Assert.Equal(ExitCodes.ReaderGone, fixture.Run(Arguments()));
        Assert.Empty(fixture.Error);
    }

    [Fact]
    public async Task Watch_Json_ListsThenTellsWhatChanges()
    {
        using var fixture = Fixture();
        string id = TestHost.Id("fff1");
        Collector.Containers[id] = new InspectContainerResponse { Runtime = "docker", Name = "short" };
        ProcessSpec init = new ProcessSpec(700, 90_000_000_000).In(V2 + 9, 701, 702);
        Task<int> run = fixture.RunAsync(Arguments("--watch", "--fmt", "json"));
        await fixture.SaidAsync("ready");
        await LinesAsync(3);

        Collector.Send((uint)EventKind.CgroupMkdir, _records.Mkdir(V2 + 9, $"/docker/{id}").Take());
        Collector.Send((uint)EventKind.ProcessExec, _records.Exec(init).Take());
        Collector.Send((uint)EventKind.ProcessExit, _records.Exit(init).Take());
        Collector.Send((uint)EventKind.CgroupRmdir, _records.Rmdir(V2 + 9, $"/docker/{id}").Take());
        await LinesAsync(7);
        fixture.Stop();

        Assert.Equal(ExitCodes.Success, await Eventually.Within(run));
        JsonElement[] lines = [.. (await File.ReadAllLinesAsync(_file)).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(
            ["listed", "listed", "listed", "created", "started", "exited", "removed"],
            lines.Select(line => line.GetProperty("event").GetString()));
        Assert.All(lines[3..], line => Assert.Equal("short", line.GetProperty("name").GetString()));
        Assert.All(lines, line => Assert.Equal(JsonValueKind.String, line.GetProperty("time").ValueKind));
        Assert.Equal(["created", "running", "exited", "exited"], lines[3..].Select(line => line.GetProperty("state").GetString()));
        Assert.Equal([0, 1, 0, 0], lines[3..].Select(line => line.GetProperty("pids").GetArrayLength()));
        Assert.Equal(["ready"], fixture.ErrorLines);
    }

    [Fact]
    public async Task Watch_ContainerThatNeverRan_ExitsAndIsRemovedOnce()
    {
        using var fixture = Fixture();
        Task<int> run = fixture.RunAsync(Arguments("--watch", "--fmt", "json"));
        await fixture.SaidAsync("ready");
        await LinesAsync(3);

        Collector.Send((uint)EventKind.CgroupMkdir, _records.Mkdir(V2 + 9, $"/docker/{TestHost.Id("fff2")}").Take());
        Collector.Send((uint)EventKind.CgroupRmdir, _records.Rmdir(V2 + 9, $"/docker/{TestHost.Id("fff2")}").Take());
        await LinesAsync(6);
        fixture.Stop();
        await Eventually.Within(run);

        Assert.Equal(
            ["created", "exited", "removed"],
            (await File.ReadAllLinesAsync(_file))[3..].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task Watch_Text_WaitsForNamesAndEndsByItself()
    {
        var gate = new TaskCompletionSource();
        Collector.InspectGate = gate.Task;
        using var fixture = Fixture();
        Task<int> run = fixture.RunAsync(Arguments("--watch", "-T", "1"));
        await fixture.SaidAsync("ready");
        Assert.Empty(await File.ReadAllTextAsync(_file));
        gate.SetResult();
        await LinesAsync(4);
        Collector.Send((uint)EventKind.ProcessExit, _records.Exit(Init).Take());

        Assert.Equal(ExitCodes.Success, await Eventually.Within(run));
        string[] lines = await File.ReadAllLinesAsync(_file);
        Assert.Contains("web", lines[2], StringComparison.Ordinal);
        Assert.Matches(@"^[0-9:.]+ exited   abc100000000 web                  docker nginx:1 pid 501$", Assert.Single(lines[4..]));
    }

    private CommandFixture Fixture() => new() { OpenStdout = () => OutputFile.Create(_file) };

    private string[] Arguments(params string[] more) => ["containers", "--collector", Collector.SocketPath, .. more];

    private string[] Run(params string[] more)
    {
        using var fixture = Fixture();
        Assert.Equal(ExitCodes.Success, fixture.Run(Arguments(more)));
        Assert.Empty(fixture.Error);
        return File.ReadAllLines(_file);
    }

    private Task LinesAsync(int count) =>
        Eventually.TrueAsync(() => File.ReadAllLines(_file).Length >= count, $"{count} lines stand in {File.ReadAllText(_file)}");
}
