using System.Net.Sockets;
using System.Text;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.Core.Syscalls;
using Eunomia.Protocol.V1;
using Collector = Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Tests.Hosting;

public sealed class DaemonTests
{
    [Fact]
    public async Task Reload_Good_SwapsTheRulesAndWhatTheyNeed()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        fixture.Collector.BeginNextStream();
        fixture.Detection.Demand = new Demand(EventKindSet.Of(EventKind.TcpConnect), SyscallSelection.Everything);

        ReloadResponse answer = await fixture.Client.ReloadAsync(default);

        Assert.True(answer.Reloaded);
        Assert.Equal(["rules.toml"], fixture.Detection.Paths);
        Assert.Equal(["second"], (await fixture.Client.ListRulesAsync(default)).Rules.Select(rule => rule.Name));
        await Eventually.TrueAsync(
            () => fixture.Collector.Subscriptions.Last().Kinds == EventKindSet.Of(EventKind.TcpConnect, EventKind.EnforceDecision).RecordMask,
            "the kernel is asked for what the new rules need");
    }

    [Fact]
    public async Task Reload_Bad_ChangesNothingAndSaysWhy()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        string[] errors = ["rules.toml:3:1: unknown field 'proc.nmae', did you mean 'proc.name'?", "rules.toml:9:1: x"];
        fixture.Detection.Next = ([FakeDetection.Rule("broken")], new ReloadResult(errors, []));
        Demand before = fixture.Detection.Demand;

        ReloadResponse answer = await fixture.Client.ReloadAsync(default);
        GetStatusResponse status = await fixture.Client.GetStatusAsync(default);

        Assert.False(answer.Reloaded);
        Assert.Equal(errors, answer.Errors);
        Assert.Equal(["first"], (await fixture.Client.ListRulesAsync(default)).Rules.Select(rule => rule.Name));
        Assert.Equal(before, fixture.Detection.Demand);
        Assert.Equal(errors[0], status.Rules.ReloadError);
        Assert.Single(fixture.Collector.Subscriptions);
        Assert.Contains($"not reloaded: {errors[0]}", fixture.Log, StringComparison.Ordinal);

        fixture.Detection.Next = ([FakeDetection.Rule("third")], ReloadResult.Success);
        Assert.True((await fixture.Client.ReloadAsync(default)).Reloaded);
        Assert.Equal("", (await fixture.Client.GetStatusAsync(default)).Rules.ReloadError);
    }

    [Fact]
    public async Task Run_CollectorDies_IsLookedForAndTheGapIsTold()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower follower = await fixture.FollowAsync(new StreamEventsRequest { Kinds = { "process.exec" } });
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(1));
        await follower.CountAsync(1);

        await fixture.Collector.DieAsync();
        await Eventually.TrueAsync(() => fixture.Daemon.State == CollectorPresence.Lost, "it is missed");
        Assert.Equal(CollectorState.Lost, (await fixture.Client.GetStatusAsync(default)).CollectorState);
        await using FakeCollector second = await FakeCollector.StartAsync(fixture.Collector.SocketPath);
        await second.Subscribed;
        fixture.Records.NowNs += 1_000_000_000;
        second.Send(DaemonFixture.Exec, fixture.ExecRecord(2));
        await follower.CountAsync(2);
        await Eventually.TrueAsync(() => !follower.Gaps.IsEmpty, "the gap is told");

        Gap gap = Assert.Single(follower.Gaps);
        Assert.True(gap.FromUnixNs < gap.ToUnixNs);
        GetStatusResponse status = await fixture.Client.GetStatusAsync(default);
        Assert.Equal(CollectorState.Attached, status.CollectorState);
        Assert.Single(status.Gaps);
        SessionResult? result = await fixture.StopAsync();
        Assert.Equal(2ul, result?.Ledger.Rows.Single(row => row.Kind == EventKind.ProcessExec).Delivered);
    }

    [Fact]
    public async Task Status_TellsWhatThereIs()
    {
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        await using EventFollower follower = await fixture.FollowAsync(new StreamEventsRequest { Kinds = { "process.exec" } });
        fixture.Collector.Send(DaemonFixture.Exec, fixture.ExecRecord(1), fixture.ExecRecord(2));
        await follower.CountAsync(2);

        GetStatusResponse status = await fixture.Client.GetStatusAsync(default);

        Assert.Equal(("9.9.9", "0.1.0", 1u, 2ul), (status.Version, status.CollectorVersion, status.Rules.Loaded, status.Rules.Alerts));
        StreamStatus stream = Assert.Single(status.Streams);
        Assert.Equal(("events", 2ul, 2ul, 0ul), (stream.What, stream.Offered, stream.Delivered, stream.Lost));
        KindLedger row = status.Ledger.Single(ledger => ledger.Kind == "process.exec");
        Assert.Equal((2ul, 2ul), (row.Offered, row.Delivered));
        Assert.All(status.Trackers, tracker => Assert.Equal(TrackerState.Full, tracker.State));
        Assert.Equal(["process.fork", "process.exec", "process.exit"], status.Events.Take(3));
    }

    [Fact]
    public void TrackerStates_HaveTheNumbersOfTheCollectors()
    {
        foreach (Collector.FamilyState state in Enum.GetValues<Collector.FamilyState>())
        {
            Assert.Equal(state.ToString(), ((TrackerState)(int)state).ToString());
        }
    }

    [Fact]
    public async Task Containers_AreListed()
    {
        string id = TestKit.TestHost.Id("3f5c");
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync();
        fixture.Collector.Containers[id] = new Collector.InspectContainerResponse { Name = "web", Image = "nginx", Runtime = "docker" };
        fixture.Collector.Send(
            (uint)EventKind.CgroupMkdir, fixture.Records.Mkdir(77, $"/system.slice/docker-{id}.scope").Take());
        fixture.Collector.Send(DaemonFixture.Exec, fixture.Records.Exec(new TestKit.ProcessSpec(5, 5).In(77)).Take());

        ListContainersResponse answer = new();
        await Eventually.TrueAsync(
            () =>
            {
                answer = fixture.Client.ListContainersAsync(default).GetAwaiter().GetResult();
                return answer.Containers is [{ Container.Name: "web", Pids.Count: 1 }];
            },
            "the container is listed with its name and process");

        ListedContainer listed = Assert.Single(answer.Containers);
        Assert.Equal((id, "nginx", "docker", 5u), (listed.Container.Id, listed.Container.Image, listed.Container.Runtime, listed.Pids[0]));
        Assert.True(answer.Complete);
    }

    [Fact]
    public async Task Notify_TellsSystemdOfEachStep()
    {
        using var folder = new TempFolder();
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string path = folder.File("notify");
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        await using DaemonFixture fixture = await DaemonFixture.StartedAsync(notifySocket: path);
        await ReceiveUntilAsync(systemd, message => message.StartsWith("READY=1\nSTATUS=watching, 1 rules", StringComparison.Ordinal));
        await ReceiveUntilAsync(systemd, message => message == "WATCHDOG=1");

        fixture.Daemon.Reload();
        string reloading = await ReceiveUntilAsync(systemd, message => message.StartsWith("RELOADING=1\nMONOTONIC_USEC=", StringComparison.Ordinal));
        await ReceiveUntilAsync(systemd, message => message.StartsWith("READY=1", StringComparison.Ordinal));
        await fixture.StopAsync();
        await ReceiveUntilAsync(systemd, message => message == "STOPPING=1");

        long microseconds = long.Parse(reloading.Split('=')[^1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(microseconds, 1, System.Diagnostics.Stopwatch.GetTimestamp() / 1_000);
    }

    [Fact]
    public async Task Notify_AbstractSocket_IsReached()
    {
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        string name = $"eunomia-test-{Guid.NewGuid()}";
        systemd.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using var notifier = new ServiceNotifier("@" + name, null, null, TimeProvider.System);

        notifier.Status("a\nb");

        Assert.Equal("STATUS=a b", await ReceiveUntilAsync(systemd, _ => true));
        Assert.Null(notifier.WatchdogInterval);
    }

    [Fact]
    public void Notify_WatchdogOfAnotherProcess_IsNotOurs()
    {
        using var others = new ServiceNotifier("/run/x", "1000000", "1", TimeProvider.System);
        using var ours = new ServiceNotifier("/run/x", "1000000", $"{Environment.ProcessId}", TimeProvider.System);

        Assert.Null(others.WatchdogInterval);
        Assert.Equal(TimeSpan.FromSeconds(0.5), ours.WatchdogInterval);
    }

    [Theory]
    [InlineData(true, "<4>two lines\n")]
    [InlineData(false, "eunomiactl: two lines\n")]
    public void Log_IsALineEach(bool journal, string wanted)
    {
        using var output = new StringWriter();

        new ServiceLog(output, "eunomiactl", journal).Write(LogPriority.Warning, "two\nlines");

        Assert.Equal(wanted, output.ToString());
    }

    private static async Task<string> ReceiveUntilAsync(Socket socket, Func<string, bool> isWanted)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await Eventually.Within(socket.ReceiveAsync(buffer.AsMemory()).AsTask());
            string message = Encoding.UTF8.GetString(buffer.AsSpan(0, length));
            if (isWanted(message))
            {
                return message;
            }
        }
    }
}
