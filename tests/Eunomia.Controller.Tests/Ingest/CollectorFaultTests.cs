using System.Net.Sockets;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Grpc.Core;

namespace Eunomia.Controller.Tests.Ingest;

/// <summary>What .NET says misleadingly, told as it is.</summary>
public sealed class CollectorFaultTests
{
    [Fact]
    public async Task GetStatus_NoSocket_SaysSo()
    {
        using var folder = new TempFolder();
        string path = folder.File("collector.sock");

        CollectorException error = await FailureAsync(path);

        Assert.Equal(CollectorFault.SocketMissing, error.Fault);
        Assert.Equal($"there is no socket {path}", error.Message);
    }

    [Fact]
    public async Task GetStatus_StaleSocket_SaysThatNobodyListens()
    {
        using var folder = new TempFolder();
        string path = folder.File("collector.sock");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path)); // and never listens
            CollectorException error = await FailureAsync(path);

            Assert.Equal(CollectorFault.NobodyListens, error.Fault);
            Assert.Equal($"nobody listens on {path}", error.Message);
        }
    }

    [Fact]
    public async Task GetStatus_PeerRefused_SaysThatItClosed()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync(refusesPeers: true);

        CollectorException error = await FailureAsync(collector.SocketPath);

        Assert.Equal(CollectorFault.PeerRefused, error.Fault);
        Assert.Contains("closed the connection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Client_PathTooLong_SaysHowLongItMayBe()
    {
        CollectorException error = Assert.Throws<CollectorException>(() => new CollectorClient("/" + new string('x', 200)));

        Assert.Contains("107 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetStatus_Cancelled_IsACancellation()
    {
        await using FakeCollector collector = await FakeCollector.StartAsync();
        using var client = new CollectorClient(collector.SocketPath);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStatusAsync(new CancellationToken(canceled: true)));
    }

    [Fact]
    public void FromConnect_NoPermission_SaysSo()
    {
        CollectorException error = CollectorFaults.FromConnect(new SocketException((int)SocketError.AccessDenied), "/run/x.sock");

        Assert.Equal(CollectorFault.PermissionDenied, error.Fault);
        Assert.Equal("permission denied on /run/x.sock", error.Message);
    }

    [Theory]
    [InlineData(StatusCode.ResourceExhausted, CollectorFault.Busy, true)]
    [InlineData(StatusCode.DeadlineExceeded, CollectorFault.Silent, true)]
    [InlineData(StatusCode.Unavailable, CollectorFault.ConnectionLost, true)]
    [InlineData(StatusCode.FailedPrecondition, CollectorFault.NotPossible, false)]
    [InlineData(StatusCode.Unimplemented, CollectorFault.AbiMismatch, false)]
    [InlineData(StatusCode.Internal, CollectorFault.Other, false)]
    [InlineData(StatusCode.Aborted, CollectorFault.Other, false)]
    [InlineData(StatusCode.InvalidArgument, CollectorFault.Other, false)]
    public void FromCall_StatusOfTheCollector_DecidesWhetherToTryAgain(StatusCode code, CollectorFault fault, bool transient)
    {
        CollectorException error = CollectorFaults.FromCall(new RpcException(new Status(code, "words")), "/x", hasAnswered: true);

        Assert.Equal(fault, error.Fault);
        Assert.Equal(transient, error.IsTransient);
    }

    [Fact]
    public void FromCall_InternalMadeHere_IsABrokenConnection()
    {
        var keepalive = new RpcException(new Status(StatusCode.Internal, "ping", new HttpRequestException("timeout")));

        Assert.Equal(CollectorFault.ConnectionLost, CollectorFaults.FromCall(keepalive, "/x", hasAnswered: true).Fault);
    }

    [Fact]
    public void FromCall_DetailOfSeveralLines_BecomesOne()
    {
        CollectorException error = CollectorFaults.FromCall(
            new RpcException(new Status(StatusCode.Aborted, "one\ntwo\r\nthree")), "/x", hasAnswered: true);

        Assert.Contains("one two three", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_Busy_IsTold()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector =>
            collector.SubscribeFailure = new Status(StatusCode.ResourceExhausted, "another controller is subscribed (pid 5)"));
        fixture.Start();

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.Busy, error.Fault);
        Assert.Contains("pid 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_NoFamilyCanBeAttached_IsATrackerThatIsOff()
    {
        await using SessionFixture fixture = await SessionFixture.CreateAsync(collector =>
            collector.SubscribeFailure = new Status(StatusCode.FailedPrecondition, "no family could be attached: no BTF"));
        fixture.Start();

        CollectorException error = await Assert.ThrowsAsync<CollectorException>(() => Eventually.Within(fixture.Session));

        Assert.Equal(CollectorFault.TrackerOff, error.Fault);
    }

    private static async Task<CollectorException> FailureAsync(string path)
    {
        using var client = new CollectorClient(path);
        return await Assert.ThrowsAsync<CollectorException>(() => client.GetStatusAsync(CancellationToken.None));
    }
}
