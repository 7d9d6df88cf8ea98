using System.Net;
using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

public sealed class NetworkJsonTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 7, Uid = 1000, Gid = 100, Comm = "curl" };

    private static readonly TcpSpec Full = new()
    {
        LatencyNs = 1_234_567,
        DurationNs = 99,
        BytesSent = 1,
        BytesReceived = 0,
        Retransmits = 0,
        Backlog = 128,
        Netns = 4026531840,
    };

    [Theory]
    [InlineData(EventKind.TcpConnect, TcpDirection.Outbound, """{"transport":"tcp","type":"ipv4","direction":"outbound","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"1.2.3.4","port":443},"latency_us":1234,"netns":4026531840}""")]
    [InlineData(EventKind.TcpAccept, TcpDirection.Inbound, """{"transport":"tcp","type":"ipv4","direction":"inbound","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"1.2.3.4","port":443},"netns":4026531840}""")]
    [InlineData(EventKind.TcpListen, TcpDirection.Listening, """{"transport":"tcp","type":"ipv4","direction":"listen","local":{"address":"10.0.0.5","port":43210},"backlog":128,"netns":4026531840}""")]
    [InlineData(EventKind.TcpClose, TcpDirection.Unknown, """{"transport":"tcp","type":"ipv4","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"1.2.3.4","port":443},"duration_ns":99,"bytes_sent":1,"bytes_received":0,"retransmits":0,"netns":4026531840}""")]
    [InlineData(EventKind.TcpClose, TcpDirection.Listening, """{"transport":"tcp","type":"ipv4","direction":"listen","local":{"address":"10.0.0.5","port":43210},"duration_ns":99,"netns":4026531840}""")]
    [InlineData(EventKind.TcpClose, (TcpDirection)9, """{"transport":"tcp","type":"ipv4","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"1.2.3.4","port":443},"duration_ns":99,"bytes_sent":1,"bytes_received":0,"retransmits":0,"netns":4026531840}""")]
    public void Network_OfEachKind_HasWhatIsKnown(EventKind kind, TcpDirection direction, string expected) =>
        Assert.Equal(expected, Json(kind, Full with { Direction = direction }).GetProperty("network").GetRawText());

    [Theory]
    [InlineData("latency and duration", "10.0.0.5", 1, "1.2.3.4", 2, """{"transport":"tcp","type":"ipv4","direction":"outbound","local":{"address":"10.0.0.5","port":1},"peer":{"address":"1.2.3.4","port":2}}""")]
    [InlineData("not bound yet", "0.0.0.0", 0, "1.2.3.4", 2, """{"transport":"tcp","type":"ipv4","direction":"outbound","peer":{"address":"1.2.3.4","port":2}}""")]
    [InlineData("no port", "127.0.0.1", 0, "1.2.3.4", 0, """{"transport":"tcp","type":"ipv4","direction":"outbound","local":{"address":"127.0.0.1"},"peer":{"address":"1.2.3.4"}}""")]
    [InlineData("any address", "::", 80, "fe80::1", 2, """{"transport":"tcp","type":"ipv6","direction":"outbound","local":{"address":"::","port":80},"peer":{"address":"fe80::1","port":2}}""")]
    public void Network_NotKnown_IsLeftOut(string name, string local, ushort localPort, string peer, ushort peerPort, string expected)
    {
        Assert.NotEmpty(name);
        var tcp = new TcpSpec { Local = local, LocalPort = localPort, Peer = peer, PeerPort = peerPort };
        Assert.Equal(expected, Json(EventKind.TcpConnect, tcp).GetProperty("network").GetRawText());
    }

    [Fact]
    public void Network_OfAFamilyNobodyKnows_HasNoEnds() => Assert.Equal(
        """{"transport":"tcp","direction":"outbound"}""", Json(EventKind.TcpConnect, new TcpSpec { Family = 1 }).GetProperty("network").GetRawText());

    [Theory]
    [InlineData(EventKind.TcpConnect, 0, "0", null)]
    [InlineData(EventKind.TcpConnect, -111, null, "ECONNREFUSED")]
    [InlineData(EventKind.TcpAccept, 7, "7", null)]
    [InlineData(EventKind.TcpAccept, -24, null, "EMFILE")]
    [InlineData(EventKind.TcpClose, 0, "0", null)]
    public void Outcome_IsAResultOrAnError(EventKind kind, int outcome, string? result, string? error)
    {
        JsonElement json = Json(kind, new TcpSpec { Result = outcome });

        Assert.Equal(result, json.TryGetProperty("result", out JsonElement number) ? number.GetRawText() : null);
        Assert.Equal(error, json.TryGetProperty("error", out JsonElement name) ? name.GetString() : null);
    }

    [Fact]
    public void Process_IsTheActor()
    {
        JsonElement process = Json(EventKind.TcpConnect, new TcpSpec()).GetProperty("process");

        Assert.Equal(
            """{"pid":42,"tid":42,"ppid":7,"vpid":42,"name":"curl","uid":1000,"gid":100,"start_time":"2026-01-01T00:00:00.000001000Z"}""",
            process.GetRawText());
    }

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("255.254.10.1", "255.254.10.1")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("2001:0db8:0:0:0:0:2:1", "2001:db8::2:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("0:0:1:2:3:4:0:0", "::1:2:3:4:0:0")]
    [InlineData("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0")]
    [InlineData("2001:DB8::ABCD", "2001:db8::abcd")]
    [InlineData("::ffff:1.2.3.4", "::ffff:1.2.3.4")]
    public void Address_IsWrittenAsRfc5952Wants(string address, string expected) => Assert.Equal(expected, Text(IPAddress.Parse(address).GetAddressBytes()));

    /// <summary>Where the library writes no IPv4 inside, it writes what we write.</summary>
    [Fact]
    public void Address_AnyIpv6_IsWhatTheLibraryWrites()
    {
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] address = new byte[16];
            for (int group = 0; group < 8; group++)
            {
                address[2 * group] = (byte)(random.Next(2) * random.Next(3) * random.Next(256));
                address[(2 * group) + 1] = (byte)(random.Next(2) * random.Next(256));
            }

            string expected = new IPAddress(address).ToString();
            if (!expected.Contains('.', StringComparison.Ordinal))
            {
                Assert.Equal(expected, Text(address));
            }
        }
    }

    private static string Text(byte[] address)
    {
        var buffer = new Utf8Buffer();
        buffer.AppendAddress(address);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static JsonElement Json(EventKind kind, TcpSpec tcp)
    {
        var fixture = new PipelineFixture();
        fixture.Apply(r => r.Tcp(kind, Shell, tcp));
        return Assert.Single(fixture.Sink.Events).Json;
    }
}
