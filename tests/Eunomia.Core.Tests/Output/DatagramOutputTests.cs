using System.Text;
using System.Text.Json;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>UDP flows and DNS messages as JSON and as text.</summary>
public sealed class DatagramOutputTests
{
    private static readonly ProcessSpec Shell = new(42, 1_000) { Ppid = 7, Comm = "dig" };

    private static readonly UdpSpec Flow = new()
    {
        DurationNs = 1_500_000,
        DatagramsSent = 2,
        BytesSent = 1_024,
        DatagramsReceived = 1,
        BytesReceived = 5,
        Netns = 9,
    };

    [Theory]
    [InlineData(EventKind.UdpOpen, UdpEnd.Running, 0u, """{"transport":"udp","type":"ipv4","direction":"outbound","local":{"port":43210},"peer":{"address":"1.2.3.4","port":123},"netns":9}""")]
    [InlineData(EventKind.UdpClose, UdpEnd.Idle, 3u, """{"transport":"udp","type":"ipv4","direction":"outbound","local":{"port":43210},"peer":{"address":"1.2.3.4","port":123},"duration_ns":1500000,"datagrams_sent":2,"bytes_sent":1024,"datagrams_received":1,"bytes_received":5,"errors":3,"ended":true,"end_reason":"idle","netns":9}""")]
    [InlineData(EventKind.UdpClose, UdpEnd.Running, 0u, """{"transport":"udp","type":"ipv4","direction":"outbound","local":{"port":43210},"peer":{"address":"1.2.3.4","port":123},"duration_ns":1500000,"datagrams_sent":2,"bytes_sent":1024,"datagrams_received":1,"bytes_received":5,"ended":false,"netns":9}""")]
    public void Flow_AsJson_HasWhatIsKnown(EventKind kind, UdpEnd end, uint errors, string expected) =>
        Assert.Equal(expected, Json(r => r.Udp(kind, Shell, Flow with { End = end, Errors = errors })).GetProperty("network").GetRawText());

    [Theory]
    [InlineData("failed", EventKind.UdpOpen, -101, "ENETUNREACH", null)]
    [InlineData("went", EventKind.UdpOpen, 0, null, 0)]
    [InlineData("ended", EventKind.UdpClose, 0, null, null)]
    public void Flow_Outcome_IsThatOfItsFirstSend(string name, EventKind kind, int result, string? error, int? expected)
    {
        Assert.NotEmpty(name);
        JsonElement json = Json(r => r.Udp(kind, Shell, Flow with { Result = result }));

        Assert.Equal(error, json.TryGetProperty("error", out JsonElement e) ? e.GetString() : null);
        Assert.Equal(expected, json.TryGetProperty("result", out JsonElement r) ? r.GetInt32() : null);
    }

    [Fact]
    public void Message_AsJson_HasWhatItSays()
    {
        byte[] answer = DnsMessages.Answer("example.org", 1, 7, 0, (1, 300, [192, 0, 2, 1]));
        JsonElement json = Json(r => r
            .Dns(EventKind.DnsQuery, Shell, new DnsSpec { Message = DnsMessages.Query("example.org", 1, 7) }).After(TimeSpan.FromMicroseconds(11))
            .Dns(EventKind.DnsAnswer, Shell, new DnsSpec { Message = answer, Local = "10.0.0.5", Transport = RecordAbi.ProtocolTcp }));

        Assert.Equal(
            """{"transport":"tcp","type":"ipv4","direction":"outbound","local":{"address":"10.0.0.5","port":43210},"peer":{"address":"10.0.0.1","port":53}}""",
            json.GetProperty("network").GetRawText());
        Assert.Equal(
            """{"id":7,"flags":["QR","RD","RA"],"question":{"name":"example.org","type":"A"},"response_code":"NOERROR","answers":[{"name":"example.org","type":"A","ttl":300,"data":"192.0.2.1"}],"latency_us":12,"size":45}""",
            json.GetProperty("dns").GetRawText());
    }

    [Theory]
    [InlineData("nothing of it is there", 0, null, """{"size":0,"malformed":"header"}""")]
    [InlineData("only its beginning was kept", 14, 100u, """{"id":1,"flags":["RD"],"size":100}""")]
    [InlineData("it ends too early", 14, null, """{"id":1,"flags":["RD"],"size":14,"malformed":"question"}""")]
    public void Message_ThatIsNotWhole_SaysSo(string name, int length, uint? all, string expected)
    {
        Assert.NotEmpty(name);
        var dns = new DnsSpec { Message = DnsMessages.Query("a.test", 1, 1)[..length], Length = all };
        JsonElement json = Json(r => r.Dns(EventKind.DnsQuery, Shell, dns));

        Assert.Equal(expected, json.GetProperty("dns").GetRawText());
        Assert.Equal(all is not null, json.TryGetProperty("truncated", out JsonElement cut) && cut[0].GetString() == "message");
    }

    [Fact]
    public void Message_WithNumbersThatHaveNoName_GivesTheNumbers()
    {
        byte[] message = DnsMessages.Answer("a.test", 65_280, 1, 12);
        (message[2], message[^1]) = (0x98, 5);

        Assert.Equal(
            """{"id":1,"flags":["QR","RA"],"opcode":"OPCODE3","question":{"name":"a.test","type":"TYPE65280","class":"CLASS5"},"response_code":"RCODE12","size":24}""",
            Json(r => r.Dns(EventKind.DnsAnswer, Shell, new DnsSpec { Message = message })).GetProperty("dns").GetRawText());
    }

    [Fact]
    public void Text_OfEachKind_SaysWhatHappened()
    {
        byte[] answer = DnsMessages.Answer("example.org", 1, 1, 0, (5, 300, DnsMessages.Name("real.test")), (1, 300, [93, 184, 216, 34]));
        (ushort, uint, byte[])[] many = [.. Enumerable.Range(0, 9).Select(i => ((ushort)1, 1u, new byte[] { 10, 0, 0, (byte)i }))];
        var query = new DnsSpec { Message = DnsMessages.Query("example.org", 1, 1) };
        string[] lines = Text(r => r
            .Udp(EventKind.UdpOpen, Shell, Flow)
            .Udp(EventKind.UdpOpen, Shell, Flow with { Result = -1, Local = "10.0.0.5" })
            .Udp(EventKind.UdpClose, Shell, Flow with { End = UdpEnd.Closed })
            .Udp(EventKind.UdpClose, Shell, Flow with { Peer = "0.0.0.0", PeerPort = 0, Direction = TcpDirection.Inbound, Errors = 4, LocalPort = 0 })
            .Udp(EventKind.UdpClose, Shell, Flow with { Peer = "fe80::1", Local = "::", End = UdpEnd.Idle })
            .Dns(EventKind.DnsQuery, Shell, query)
            .Dns(EventKind.DnsQuery, Shell, query with { Direction = TcpDirection.Inbound, Socket = 1 }).After(TimeSpan.FromMilliseconds(12.3))
            .Dns(EventKind.DnsAnswer, Shell, query with { Message = answer })
            .Dns(EventKind.DnsAnswer, Shell, query with { Message = DnsMessages.Answer("nope", 28, 1, 3) })
            .Dns(EventKind.DnsAnswer, Shell, query with { Message = DnsMessages.Answer("many", 1, 1, 0, many) })
            .Dns(EventKind.DnsAnswer, Shell, query with { Message = [1, 2] })
            .Tcp(EventKind.TcpConnect, Shell, new TcpSpec { Peer = "93.184.216.34" }));

        Assert.Equal(
            [
                "udp.open              42       7 *:43210 -> 1.2.3.4:123",
                "udp.open              42       7 10.0.0.5:43210 -> 1.2.3.4:123 = EPERM",
                "udp.close             42       7 *:43210 -> 1.2.3.4:123 sent 2 (1.0 KiB), received 1 (5 B), lasted 1.5ms",
                "udp.close             42       7 ? <- ? sent 2 (1.0 KiB), received 1 (5 B), errors 4, lasted 1.5ms, still open",
                "udp.close             42       7 *:43210 -> [fe80::1]:123 sent 2 (1.0 KiB), received 1 (5 B), lasted 1.5ms, idle",
                "dns.query             42       7 A example.org @10.0.0.1:53",
                "dns.query             42       7 A example.org from 10.0.0.1:53",
                "dns.answer            42       7 A example.org -> CNAME real.test, 93.184.216.34 (12.3ms)",
                "dns.answer            42       7 AAAA nope -> NXDOMAIN",
                "dns.answer            42       7 A many -> 10.0.0.0, 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, ...",
                "dns.answer            42       7 ? -> ? malformed header",
                "tcp.connect           42       7 10.0.0.5:43210 -> 93.184.216.34:443 (example.org) ok",
            ],
            lines.Select(line => line["00:16:40.000 -                    ".Length..]));
    }

    private static JsonElement Json(Action<RecordBuilder> build)
    {
        var fixture = new PipelineFixture();
        fixture.Apply(build);
        return fixture.Sink.Events[^1].Json;
    }

    private static string[] Text(Action<RecordBuilder> build)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var sink = new TextSink(new TextEventWriter(new TextOptions()), output);
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(PipelineFixture.Everything), sink)]), new Ledger());
        var records = new RecordBuilder();
        build(records);
        pipeline.Apply(records.Bytes, 0);
        return Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed class TextSink(TextEventWriter writer, System.Buffers.ArrayBufferWriter<byte> output) : IEventSink
    {
        public void OnEvent(in EventView e) => writer.Write(e, output);
    }
}
