using Eunomia.Cli.Launch;

namespace Eunomia.Cli.Tests.Launch;

public sealed class LaunchTests
{
    private const string Beside = "/opt/eunomia/bin/eunomia-collector";
    private const string Libexec = "/opt/eunomia/libexec/eunomia/eunomia-collector";

    [Fact]
    public void Run_AsRoot_BecomesTheLauncherWithItsOwnArguments()
    {
        using CommandFixture fixture = Root(Beside);

        fixture.Run("run", "process", "-T", "5", "--strict");

        Assert.Equal(
            [Beside, Beside, "--supervise", "--", "/opt/eunomia/bin/eunomiactl", "run", "process", "-T", "5", "--strict"],
            fixture.Machine.Executed);
    }

    [Fact]
    public void Daemon_AsRoot_HasTheCollectorAllowedAndPinned()
    {
        using CommandFixture fixture = Root(Beside);

        fixture.Run("daemon", "--enforce", "dry-run", "--pin", "/sys/fs/bpf/x");

        Assert.Equal(
            [Beside, Beside, "--supervise", "--allow", "signal,deny", "--pin", "/sys/fs/bpf/x", "--", "/opt/eunomia/bin/eunomiactl", "daemon", "--enforce", "dry-run", "--pin", "/sys/fs/bpf/x"],
            fixture.Machine.Executed);
    }

    [Fact]
    public void Daemon_PinWithoutEnforce_StillReachesTheCollector()
    {
        using CommandFixture fixture = Root(Beside);

        fixture.Run("daemon", "--pin", "/sys/fs/bpf/x");

        Assert.Equal(["--supervise", "--pin", "/sys/fs/bpf/x", "--"], fixture.Machine.Executed?.Skip(2).Take(4));
    }

    [Fact]
    public void Run_LauncherCannotBeExecuted_SaysWhy()
    {
        using CommandFixture fixture = Root(Beside);

        Assert.Equal(ExitCodes.Failure, fixture.Run("run", "process"));
        Assert.Equal($"cannot execute {Beside}: No such file or directory", fixture.Complaint());
    }

    [Fact]
    public void Run_AsRootWithTheServiceThere_StillStartsAPrivateCollector()
    {
        using CommandFixture fixture = Root(Beside, CollectorEndpoint.ServiceSocket);

        fixture.Run("run", "process");

        Assert.NotNull(fixture.Machine.Executed);
    }

    [Fact]
    public void Status_AsRootWithoutAService_BecomesTheLauncher()
    {
        using CommandFixture fixture = Root(Beside);

        fixture.Run("status");

        Assert.Equal(Beside, fixture.Machine.Executed?[0]);
    }

    [Fact]
    public void Status_AsRootWithTheServiceThere_AsksIt()
    {
        CollectorEndpoint? endpoint = CollectorEndpoint.Choose(
            new TestMachine { UserId = 0, Files = { CollectorEndpoint.ServiceSocket } }, null, serviceAsRoot: true);

        Assert.Equal(new CollectorEndpoint(CollectorEndpoint.ServiceSocket, CollectorOrigin.Service), endpoint);
    }

    [Theory]
    [InlineData("/x.sock", "/y.sock", "/x.sock", 0)]
    [InlineData(null, "/y.sock", "/y.sock", 1)]
    [InlineData(null, null, CollectorEndpoint.ServiceSocket, 2)]
    public void Choose_OptionThenLauncherThenService(string? option, string? launched, string expected, int origin)
    {
        var machine = new TestMachine();
        if (launched is not null)
        {
            machine.Variables[CollectorEndpoint.Variable] = launched;
        }

        Assert.Equal(
            new CollectorEndpoint(expected, (CollectorOrigin)origin),
            CollectorEndpoint.Choose(machine, option, serviceAsRoot: false));
    }

    [Fact]
    public void Find_LooksBesideThenInLibexecThenInPath()
    {
        var machine = new TestMachine { Variables = { ["PATH"] = "relative:/usr/bin:/usr/sbin" } };
        machine.Files.Add("relative/eunomia-collector");
        machine.Files.Add("/usr/sbin/eunomia-collector");
        Assert.Equal("/usr/sbin/eunomia-collector", CollectorBinary.Find(machine));
        machine.Files.Add(Libexec);
        Assert.Equal(Libexec, CollectorBinary.Find(machine));
        machine.Files.Add(Beside);
        Assert.Equal(Beside, CollectorBinary.Find(machine));
        machine.Files.Add("/elsewhere");
        machine.Variables[CollectorBinary.Variable] = "/elsewhere";
        Assert.Equal("/elsewhere", CollectorBinary.Find(machine));
    }

    [Fact]
    public void Run_NoCollectorAnywhere_SaysWhereItWasLookedFor()
    {
        using CommandFixture fixture = Root();

        Assert.Equal(ExitCodes.Failure, fixture.Run("run", "process"));
        Assert.Equal(
            "cannot find eunomia-collector in /opt/eunomia/bin, /opt/eunomia/libexec/eunomia or PATH: install it there, "
            + "or name it in EUNOMIA_COLLECTOR",
            fixture.Complaint());
    }

    [Fact]
    public void Run_VariableNamesNothing_SaysSo()
    {
        using CommandFixture fixture = Root(Beside);
        fixture.Machine.Variables[CollectorBinary.Variable] = "/not/there";

        Assert.Equal(ExitCodes.Failure, fixture.Run("run", "process"));
        Assert.Equal("EUNOMIA_COLLECTOR names /not/there, and there is no such file", fixture.Complaint());
    }

    [Fact]
    public void Run_AsRootWithACollectorNamed_IsRefused()
    {
        using CommandFixture fixture = Root();

        Assert.Equal(ExitCodes.Failure, fixture.Run("run", "process", "--collector", "/x.sock"));
        Assert.StartsWith("refusing to read events as root: ", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0u, 0ul, "refusing to read events as root: ")]
    [InlineData(1000u, 0x1000ul, "refusing to read events with capabilities (mask 0000000000001000): ")]
    public void Run_PrivilegeLeftByTheLauncher_IsRefused(uint user, ulong capabilities, string complaint)
    {
        using var fixture = new CommandFixture
        {
            Machine = new TestMachine
            {
                UserId = user,
                Capabilities = capabilities,
                Variables = { [CollectorEndpoint.Variable] = "/x.sock" },
            },
        };

        Assert.Equal(ExitCodes.Failure, fixture.Run("run", "process"));
        Assert.StartsWith(complaint, fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Union_TakesEverySetButTheBoundingOne()
    {
        const string Status = """
            Name:	eunomiactl
            CapInh:	0000000000000001
            CapPrm:	0000000000000002
            CapEff:	0000000000000004
            CapBnd:	000001ffffffffff
            CapAmb:	0000000000000008
            NoNewPrivs:	1
            """;

        Assert.Equal(0xful, CapabilitySets.Union(Status));
    }

    [Fact]
    public void ProcessExists_TellsOurselvesFromAPidNobodyHas()
    {
        var machine = new Machine();

        Assert.True(machine.ProcessExists(Environment.ProcessId));
        Assert.True(machine.ProcessExists(1)); // not ours, perhaps, but there
        Assert.False(machine.ProcessExists(int.MaxValue));
    }

    private static CommandFixture Root(params string[] files)
    {
        var machine = new TestMachine { UserId = 0 };
        machine.Files.UnionWith(files);
        return new CommandFixture { Machine = machine };
    }
}
