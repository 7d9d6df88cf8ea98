using System.Net.Sockets;
using System.Text.Json;
using Eunomia.Cli.Launch;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Events;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Cli.Tests.Commands;

public sealed class StatusTests
{
    [Fact]
    public async Task Status_Text_TellsEverything()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        collector.Status.Ledger.Add(new KindLedger { Kind = 2, Offered = 9, LostRing = 1, LostCollector = 2 });
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Success, fixture.Run("status", "--collector", collector.SocketPath));
        Assert.Equal(
            $"""
            collector   0.1.0 at {collector.SocketPath}
            kernel      6.1.0-fake, boot 00000000-0000-0000-0000-000000000001, cgroups v2
            record ABI  {RecordAbi.Version}; this eunomiactl reads {RecordAbi.Version}
            rings       16384 KiB in all, 2 CPUs
            subscribed  no
            tracker     cgroup full through tp_btf
            tracker     process full through tp_btf
            tracker     files full through tp_btf
            tracker     tcpconnect full through tp_btf
            tracker     udp full through tp_btf
            tracker     dns full through tp_btf
            tracker     syscall full through tp_btf
            tracker     ipc full through tp_btf
            tracker     security full through tp_btf
            tracker     perf full through tp_btf, perf_event
            ledger      process.exec offered=9 lost=3 ring=1 collector=2

            """,
            fixture.Out);
    }

    [Fact]
    public async Task Status_Json_IsOneObject()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        collector.Status.Ledger.Add(new KindLedger { Kind = 2, Offered = ulong.MaxValue });
        collector.Status.CgroupLosses.Add(new CgroupLoss { CgroupKey = 0x8000000000000001, LostRing = 4 });
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Success, fixture.Run("status", "--fmt", "json", "--collector", collector.SocketPath));
        JsonElement status = JsonDocument.Parse(fixture.Out).RootElement;
        Assert.Equal("0.1.0", status.GetProperty("version").GetString());
        Assert.Equal(["cgroup", "process", "files", "tcpconnect", "udp", "dns", "syscall", "ipc", "security", "perf"], status.GetProperty("trackers").EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        Assert.Equal(ulong.MaxValue, status.GetProperty("ledger")[0].GetProperty("offered").GetUInt64());
        Assert.Equal("8000000000000001", status.GetProperty("cgroup_losses")[0].GetProperty("cgroup_key").GetString());
    }

    [Theory]
    [InlineData(FamilyState.Idle, false, ExitCodes.Success)]
    [InlineData(FamilyState.Off, false, ExitCodes.Success)]
    [InlineData(FamilyState.Full, true, ExitCodes.Success)]
    [InlineData(FamilyState.Idle, true, ExitCodes.Success)]
    [InlineData(FamilyState.Degraded, true, ExitCodes.Failure)]
    [InlineData(FamilyState.Off, true, ExitCodes.Failure)]
    public async Task Status_TrackerImpaired_IsAFailureOnlyWhenStrict(FamilyState state, bool strict, int expected)
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        collector.Status.Families[1].State = state;
        collector.Status.Families[1].Reason = "why";
        using var fixture = new CommandFixture();

        int status = fixture.Run(["status", "--collector", collector.SocketPath, .. strict ? ["--strict"] : Array.Empty<string>()]);

        Assert.Equal(expected, status);
        Assert.Contains(": why", fixture.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_TrackerDegraded_SaysHookAndReasonOfItAlone()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        FamilyStatus security = collector.Status.Families.Single(family => family.Family == Family.Security);
        security.State = FamilyState.Degraded;
        security.Hook = "tp_btf, fexit cap_capable";
        security.Reason = "no security.io_uring_op: tp_btf io_uring_submit_req missing";
        using var text = new CommandFixture();
        using var json = new CommandFixture();

        text.Run("status", "--collector", collector.SocketPath);
        json.Run("status", "--fmt", "json", "--collector", collector.SocketPath);

        Assert.Contains($"tracker     security degraded through {security.Hook}: {security.Reason}", text.Out, StringComparison.Ordinal);
        JsonElement[] trackers = [.. JsonDocument.Parse(json.Out).RootElement.GetProperty("trackers").EnumerateArray()];
        JsonElement found = trackers.Single(tracker => tracker.GetProperty("name").GetString() == "security");
        Assert.Equal(
            ("degraded", security.Hook, security.Reason),
            (found.GetProperty("state").GetString(), found.GetProperty("hook").GetString(), found.GetProperty("reason").GetString()));
        Assert.Equal(trackers.Length - 1, trackers.Count(tracker => tracker.GetProperty("state").GetString() == "full"));
    }

    [Fact]
    public async Task Status_OtherAbi_ShowsWhatThereIsAndFails()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        collector.Status.AbiVersion = 1;
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("status", "--collector", collector.SocketPath));
        Assert.Contains($"record ABI  1; this eunomiactl reads {RecordAbi.Version}", fixture.Out, StringComparison.Ordinal);
        Assert.Equal(
            $"the collector at {collector.SocketPath} (version 0.1.0) writes records of ABI 1, and this eunomiactl reads ABI {RecordAbi.Version}: "
            + "install eunomiactl and eunomia-collector of the same version",
            fixture.Complaint());
    }

    [Fact]
    public void Status_NoSocket_SaysWhatToDo()
    {
        using var folder = new TempFolder();
        string path = folder.File("collector.sock");
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("status", "--collector", path));
        Assert.Equal(
            $"there is no socket {path}: start a collector with that socket, or name another with --collector",
            fixture.Complaint());
    }

    [Fact]
    public void Status_StaleSocket_SaysWhatToDo()
    {
        using var folder = new TempFolder();
        string path = folder.File("collector.sock");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("status", "--collector", path));
        Assert.StartsWith($"nobody listens on {path}: its collector has ended and left the socket behind; ", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_PeerRefused_NamesTheUser()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync(refusesPeers: true);
        using var fixture = new CommandFixture();

        Assert.Equal(ExitCodes.Failure, fixture.Run("status", "--collector", collector.SocketPath));
        Assert.Contains("closed the connection: it does not accept uid ", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_PrivateCollectorGone_PointsToItsOwnLines()
    {
        using var folder = new TempFolder();
        using var fixture = new CommandFixture
        {
            Machine = new TestMachine { Variables = { [CollectorEndpoint.Variable] = folder.File("collector.sock") } },
        };

        Assert.Equal(ExitCodes.Failure, fixture.Run("status"));
        Assert.EndsWith(": the private collector has ended; its own lines above say why", fixture.Complaint(), StringComparison.Ordinal);
    }

    [Fact]
    public void Status_LeftWithCapabilitiesByTheLauncher_IsRefused()
    {
        using var fixture = new CommandFixture
        {
            Machine = new TestMachine { Capabilities = 1, Variables = { [CollectorEndpoint.Variable] = "/x.sock" } },
        };

        Assert.Equal(ExitCodes.Failure, fixture.Run("status"));
        Assert.StartsWith("refusing ", fixture.Complaint(), StringComparison.Ordinal);
    }
}
