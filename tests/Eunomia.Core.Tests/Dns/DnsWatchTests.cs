using System.Text.Json;
using Eunomia.Core.Containers;
using Eunomia.Core.Dns;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Dns;

/// <summary>Answers and their queries, addresses and their names, as they come out of the pipeline.</summary>
public sealed class DnsWatchTests
{
    private const ulong Key = 100;
    private static readonly ProcessSpec Host = new(5, 50);
    private static readonly ProcessSpec Inside = new ProcessSpec(6, 60).In(Key);
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public void Answer_ToAQuerySeen_KnowsHowLongItTook()
    {
        Query("a.test").After(TimeSpan.FromMilliseconds(3));
        Answer("A.TEST");

        Assert.Equal(3_001, Latency());
    }

    [Theory]
    [InlineData("another id", 8UL, "a.test", (ushort)1, (ushort)2)]
    [InlineData("another socket", 9UL, "a.test", (ushort)1, (ushort)1)]
    [InlineData("another name", 8UL, "b.test", (ushort)1, (ushort)1)]
    [InlineData("another type", 8UL, "a.test", (ushort)28, (ushort)1)]
    public void Answer_ToAnotherQuery_DoesNotKnow(string name, ulong socket, string question, ushort type, ushort id)
    {
        Assert.NotEmpty(name);
        _fixture.Records.Dns(EventKind.DnsQuery, Host, new DnsSpec { Socket = 8, Message = DnsMessages.Query("a.test", 1, 1) })
            .Dns(EventKind.DnsAnswer, Host, new DnsSpec { Socket = socket, Message = DnsMessages.Answer(question, type, id, 0) });

        Assert.Null(Latency());
    }

    [Fact]
    public void Answer_SentByAServer_GoesToWhoAsked()
    {
        var one = new DnsSpec { Direction = TcpDirection.Inbound, Peer = "10.0.0.8", PeerPort = 1_000, Message = DnsMessages.Query("a.test") };
        _fixture.Records.Dns(EventKind.DnsQuery, Host, one).After(TimeSpan.FromMilliseconds(1))
            .Dns(EventKind.DnsQuery, Host, one with { PeerPort = 1_001 }).After(TimeSpan.FromMilliseconds(1))
            .Dns(EventKind.DnsAnswer, Host, one with { Message = DnsMessages.Answer("a.test", 1, 0x1234, 0) });

        Assert.Equal(2_002, Latency());
    }

    [Fact]
    public void Answer_Twice_HasItsTimeOnce()
    {
        Query("a.test");
        Answer("a.test");
        Answer("a.test");

        Assert.Null(Latency());
    }

    [Fact]
    public void Queries_MoreThanCanWait_ForgetTheOldest()
    {
        for (int i = 0; i <= DnsQueries.Capacity; i++)
        {
            Query($"n{i}.test");
            _fixture.Apply();
        }

        Answer("n0.test");
        Assert.Null(Latency());
        Answer("n1.test");
        Assert.NotNull(Latency());
    }

    [Fact]
    public void Peer_OfAConnection_HasTheNameThatWasAskedFor()
    {
        Answer("named.test", 1, 2, 3, 4);
        _fixture.Records.Tcp(EventKind.TcpConnect, Host, new TcpSpec()).Tcp(EventKind.TcpAccept, Host, new TcpSpec())
            .Tcp(EventKind.TcpClose, Host, new TcpSpec()).Udp(EventKind.UdpOpen, Host, new UdpSpec()).Udp(EventKind.UdpClose, Host, new UdpSpec())
            .Tcp(EventKind.TcpConnect, Host, new TcpSpec { Peer = "1.2.3.5" });

        Assert.Equal(["named.test", "-", "named.test", "named.test", "named.test", "-"], PeerNames());
    }

    [Fact]
    public void Peer_NameOfAContainer_IsNotTheHosts()
    {
        _fixture.Apply(r => r.Mkdir(Key, $"/docker/{TestHost.Id("3f5c")}"));
        _fixture.Records.Dns(EventKind.DnsAnswer, Inside, Spec("inside.test", 1, 2, 3, 4));
        _fixture.Records.Tcp(EventKind.TcpConnect, Host, new TcpSpec()).Tcp(EventKind.TcpConnect, Inside, new TcpSpec());

        Assert.Equal(["-", "inside.test"], PeerNames());
    }

    [Fact]
    public void Peer_NameAfterItsTime_IsNotSaid()
    {
        Answer("short.test", 1, 2, 3, 4);
        _fixture.Records.After(TimeSpan.FromSeconds(59)).Tcp(EventKind.TcpConnect, Host, new TcpSpec())
            .After(TimeSpan.FromSeconds(2)).Tcp(EventKind.TcpConnect, Host, new TcpSpec());

        Assert.Equal(["short.test", "-"], PeerNames());
    }

    [Theory]
    [InlineData("an answer that a server sends", TcpDirection.Inbound, 0)]
    [InlineData("a failure", TcpDirection.Outbound, 3)]
    public void Peer_OfOtherMessages_IsNotLearnt(string name, TcpDirection direction, int code)
    {
        Assert.NotEmpty(name);
        byte[] message = DnsMessages.Answer("other.test", 1, 1, code, (1, 60, [1, 2, 3, 4]));
        _fixture.Records.Dns(EventKind.DnsAnswer, Host, new DnsSpec { Message = message, Direction = direction })
            .Tcp(EventKind.TcpConnect, Host, new TcpSpec());

        Assert.Equal(["-"], PeerNames());
    }

    [Fact]
    public void Held_UntilTheContainersNameIsKnown_KeepWhatIsKnownOfThem()
    {
        var filter = new EventFilter(PipelineFixture.Everything, [PipelineFixture.Selector("web")], []);
        var fixture = new PipelineFixture(filter);
        fixture.Apply(r => r.Mkdir(Key, $"/docker/{TestHost.Id("3f5c")}")
            .Dns(EventKind.DnsQuery, Inside, new DnsSpec { Message = DnsMessages.Query("held.test", 1, 1) })
            .Dns(EventKind.DnsAnswer, Inside, Spec("held.test", 1, 2, 3, 4)).Tcp(EventKind.TcpConnect, Inside, new TcpSpec()));
        Assert.DoesNotContain(fixture.Sink.Events, e => e.Kind == EventKind.TcpConnect);
        fixture.Pipeline.Containers.SetMetadata(TestHost.Id("3f5c"), new ContainerMetadata(Name: "web"));

        Assert.Equal("held.test", PeerName(fixture.Sink.Events.Single(e => e.Kind == EventKind.TcpConnect).Json));
        Assert.True(fixture.Sink.Events.Single(e => e.Kind == EventKind.DnsAnswer).Json.GetProperty("dns").TryGetProperty("latency_us", out _));
    }

    private RecordBuilder Query(string name) =>
        _fixture.Records.Dns(EventKind.DnsQuery, Host, new DnsSpec { Message = DnsMessages.Query(name, 1, 1) });

    private void Answer(string name, params byte[] address) => _fixture.Records.Dns(EventKind.DnsAnswer, Host, Spec(name, address));

    private static DnsSpec Spec(string name, params byte[] address) => new()
    {
        Message = DnsMessages.Answer(name, 1, 1, 0, address.Length == 0 ? [] : [(1, 1, address)]),
    };

    /// <summary>Of the last answer, in microseconds.</summary>
    private int? Latency()
    {
        _fixture.Apply();
        JsonElement dns = _fixture.Sink.Events.Last(e => e.Kind == EventKind.DnsAnswer).Json.GetProperty("dns");
        return dns.TryGetProperty("latency_us", out JsonElement latency) ? latency.GetInt32() : null;
    }

    private string[] PeerNames()
    {
        _fixture.Apply();
        return [.. _fixture.Sink.Events.Where(e => e.Kind is >= EventKind.TcpConnect and <= EventKind.UdpClose).Select(e => PeerName(e.Json) ?? "-")];
    }

    private static string? PeerName(JsonElement json) =>
        json.GetProperty("network").GetProperty("peer").TryGetProperty("name", out JsonElement name) ? name.GetString() : null;
}
