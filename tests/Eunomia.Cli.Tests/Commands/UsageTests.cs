namespace Eunomia.Cli.Tests.Commands;

/// <summary>Every wrong command line gives one line that says what would be right, and exit status 2.</summary>
public sealed class UsageTests
{
    private const string SeeRun = "; see 'eunomiactl run --help'";

    [Theory]
    [InlineData("--fmt xml", "--fmt: 'xml' is not a format; allowed: text, json, folded, svg")]
    [InlineData("-T soon", "-T: 'soon' is not a number of seconds from 0.001 to 4294967")]
    [InlineData("-T 0", "-T: '0' is not a number of seconds from 0.001 to 4294967")]
    [InlineData("--time -1", "--time: '-1' is not a number of seconds from 0.001 to 4294967")]
    [InlineData("-T 1e3", "-T: '1e3' is not a number of seconds from 0.001 to 4294967")]
    [InlineData("-T 4294968", "-T: '4294968' is not a number of seconds from 0.001 to 4294967")]
    [InlineData("-p x", "-p: 'x' is not a process id")]
    [InlineData("-p 0", "-p: '0' is not a process id")]
    [InlineData("--pid -5", "--pid: '-5' is not a process id")]
    [InlineData("-p 1 -p y", "-p: 'y' is not a process id")]
    [InlineData("--fields exe", "--fields: unknown field 'exe'; allowed: ancestors")]
    [InlineData("--env A=B", "--env: 'A=B' is not an environment variable's name of 1 to 31 bytes without '='")]
    [InlineData("--env A,,B", "--env: '' is not an environment variable's name of 1 to 31 bytes without '='")]
    [InlineData("--env ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF", "--env: 'ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF' is not an environment variable's name of 1 to 31 bytes without '='")]
    [InlineData("--env A,B,C,D,E,F,G,H,I,J,K,L,M,N,O,P,Q", "--env: 17 names given; at most 16 are possible")]
    [InlineData("--contaner x", "unknown option '--contaner', did you mean '--container'?")]
    [InlineData("--nonsense", "unknown option '--nonsense'")]
    [InlineData("surplus", "unknown tracker 'surplus'; allowed: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf")]
    [InlineData("files surplus tcpconnect", "unknown tracker 'surplus'; allowed: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf")]
    [InlineData("files --paths real", "--paths: 'real' is not a way to name files; allowed: raw, resolved")]
    [InlineData("files --interval 0", "--interval: '0' is not a number of seconds from 0.1 to 86400")]
    [InlineData("files --interval 86401", "--interval: '86401' is not a number of seconds from 0.1 to 86400")]
    [InlineData("--paths raw", "--paths: no files in 'run process'; say 'run process files'")]
    [InlineData("ipc --events ipc.use --interval 1", "--interval: nothing is shown that is only counted (file.io,syscall,ipc.traffic,ipc.signal,security.capability,security.io_uring_op,perf.counters)")]
    [InlineData("syscall --sort time", "--sort: there is no table to sort; it is for 'run syscall' alone, as text on a terminal")]
    [InlineData("ipc --interval 0", "--interval: '0' is not a number of seconds from 0.1 to 86400")]
    [InlineData("tcpconnect --paths resolved", "--paths: no files in 'run process tcpconnect'; say 'run process tcpconnect files'")]
    [InlineData("--interval 3", "--interval: nothing is shown that is only counted (file.io,syscall,ipc.traffic,ipc.signal,security.capability,security.io_uring_op,perf.counters)")]
    [InlineData("files --events file.open --interval 3", "--interval: nothing is shown that is only counted (file.io,syscall,ipc.traffic,ipc.signal,security.capability,security.io_uring_op,perf.counters)")]
    [InlineData("--events process.exec,file.open", "--events: file.open is not shown by 'run process'; say 'run process files'")]
    [InlineData("files --events tcp.close", "--events: tcp.close is not shown by 'run process files'; say 'run process files tcpconnect'")]
    [InlineData("--events file.io,tcp.close", "--events: file.io,tcp.close is not shown by 'run process'; say 'run process files tcpconnect'")]
    [InlineData("--udp-idle 3", "--udp-idle: no UDP flows in 'run process'; say 'run process udp'")]
    [InlineData("udp --udp-idle 0", "--udp-idle: '0' is not a number of seconds from 0.1 to 86400")]
    [InlineData("udp --dns-port 53", "--dns-port: no DNS messages in 'run process udp'; say 'run process udp dns'")]
    [InlineData("dns --dns-port 53,0", "--dns-port: '0' is not a port from 1 to 65535")]
    [InlineData("dns --dns-port 65536", "--dns-port: '65536' is not a port from 1 to 65535")]
    [InlineData("dns --dns-port 1,2,3,4,5,6,7,8,9", "--dns-port: 9 ports given; at most 8 are possible")]
    [InlineData("--freq 99", "--freq: no samples in 'run process'; say 'run process perf'")]
    [InlineData("perf --events perf.counters --freq 99", "--freq: --events leaves out the samples; add perf.sample")]
    [InlineData("perf --freq 0", "--freq: '0' is not a number of ticks per second from 1 to 1000")]
    [InlineData("perf --freq 1001", "--freq: '1001' is not a number of ticks per second from 1 to 1000")]
    [InlineData("perf --freq fast", "--freq: 'fast' is not a number of ticks per second from 1 to 1000")]
    [InlineData("--fmt svg", "--fmt svg: it shows samples of perf and nothing else; say 'run perf'")]
    [InlineData("perf --fmt folded", "--fmt folded: it shows samples of perf and nothing else; say 'run perf'")]
    [InlineData("-p", "required argument missing for option: '-p'")]
    public void RunProcess_WrongOption_SaysWhatIsRight(string arguments, string complaint)
    {
        using var fixture = new CommandFixture();

        int status = fixture.Run(["run", "process", .. arguments.Split(' ')]);

        Assert.Equal(complaint + SeeRun, fixture.Complaint());
        Assert.Equal(ExitCodes.Usage, status);
    }

    [Fact]
    public void RunProcess_UnknownEvent_NamesEveryAllowedOne()
    {
        using var fixture = new CommandFixture();

        int status = fixture.Run("run", "process", "--events", "process.exec,process.exce");

        string complaint = fixture.Complaint();
        Assert.StartsWith("--events: unknown event 'process.exce'; allowed: ", complaint, StringComparison.Ordinal);
        Assert.All(Core.Events.EventKinds.All, kind =>
            Assert.Contains(Core.Events.EventKinds.Name(kind), complaint, StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Usage, status);
    }

    [Fact]
    public void RunProcess_EmptyContainer_SaysSo()
    {
        using var fixture = new CommandFixture();

        int status = fixture.Run("run", "process", "-c", "");

        Assert.StartsWith("-c: a container is an id", fixture.Complaint(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, status);
    }

    [Theory]
    [InlineData("run", "say which of these is wanted: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf; see 'eunomiactl run --help'")]
    [InlineData("run -T 3", "say which of these is wanted: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf; see 'eunomiactl run --help'")]
    [InlineData("run tcpconnect --events process.exec", "--events: process.exec is not shown by 'run tcpconnect'; say 'run tcpconnect process'; see 'eunomiactl run --help'")]
    [InlineData("", "say which of these is wanted: run, record, replay, containers, status, rules, daemon, alerts, config, completion; see 'eunomiactl --help'")]
    [InlineData("run proces", "unknown tracker 'proces'; allowed: process, files, tcpconnect, udp, dns, syscall, ipc, security, perf; see 'eunomiactl run --help'")]
    [InlineData("ru process", "unknown command 'ru', did you mean 'run'?; see 'eunomiactl --help'")]
    [InlineData("stat", "unknown command 'stat'; see 'eunomiactl --help'")]
    public void Command_MissingOrUnknown_SaysWhichThereAre(string arguments, string complaint)
    {
        using var fixture = new CommandFixture();

        int status = fixture.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(complaint, fixture.Complaint());
        Assert.Equal(ExitCodes.Usage, status);
    }

    [Fact]
    public void RunProcess_NoSuchProcess_FailsBeforeAnythingStarts()
    {
        using var fixture = new CommandFixture { Machine = new TestMachine { UserId = 0 } };

        int status = fixture.Run("run", "process", "-p", "4242");

        Assert.Equal("--pid: there is no process 4242", fixture.Complaint());
        Assert.Equal(ExitCodes.Failure, status);
        Assert.Null(fixture.Machine.Executed);
    }

    [Fact]
    public void Arguments_BeginningWithAt_AreNotReadAsAFile()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Usage, fixture.Run("run", "process", "@/etc/hostname"));
        Assert.Contains("@/etc/hostname", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "run", "status", "--version")]
    [InlineData("run --help", "process", "files", "tcpconnect", "udp", "dns", "syscall", "ipc", "security", "perf", "--freq", "--paths", "--interval", "--udp-idle", "--dns-port", "--config")]
    [InlineData("run process --help", "--container", "--pid", "--time", "--fmt", "--output", "--events", "--fields", "--env", "--strict", "--collector")]
    [InlineData("status -h", "--fmt", "--strict", "--collector")]
    public void Help_OfEachCommand_NamesEverything(string arguments, params string[] names)
    {
        using var fixture = new CommandFixture();

        int status = fixture.Run(arguments.Split(' '));

        Assert.Equal(ExitCodes.Success, status);
        Assert.All(names, name => Assert.Contains(name, fixture.Out, StringComparison.Ordinal));
        Assert.Empty(fixture.Error);
    }

    [Fact]
    public void Help_OfRun_HasALineForEachTracker()
    {
        using var fixture = new CommandFixture();
        fixture.Run("run", "--help");

        string[] lines = [.. fixture.Out.Split('\n').Select(line => line.Trim())];
        Assert.All(Core.Events.Tracker.All, tracker => Assert.Contains($"{tracker.Name,-10}  {tracker.Summary}", lines));
    }

    [Fact]
    public void Version_IsTheProducts()
    {
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Success, fixture.Run("--version"));
        Assert.Matches(@"^\d+\.\d+\.\d+\s*$", fixture.Out);
    }
}
