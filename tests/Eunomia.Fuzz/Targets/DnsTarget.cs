using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Fuzz.Mutation;
using Eunomia.TestKit;

namespace Eunomia.Fuzz.Targets;

/// <summary>A DNS message, whole and cut, as query and answer, through the pipeline into every output.</summary>
internal sealed class DnsTarget : IFuzzTarget
{
    private static readonly ProcessSpec Process = new(5, 50);
    private static readonly EventFilter Filter = new(EventKindSet.Of([.. EventKinds.All]));

    /// <summary>Types whose data is taken apart, with data that is right.</summary>
    private static readonly (ushort Type, byte[] Data)[] Records =
    [
        (1, [192, 0, 2, 1]), (28, new byte[16]), (2, [0xc0, 12]), (5, [1, (byte)'a', 0xc0, 12]), (12, DnsMessages.Name("ptr.test")),
        (15, [0, 10, .. DnsMessages.Name("mail")]), (16, [1, (byte)'"', 0, 2, 1, 255]), (33, [0, 1, 0, 2, 0, 3, 0xc0, 12]),
        (6, [0, 0, .. new byte[20]]), (41, []), (65, [0, 1, 0, 0, 1, 0, 3, 2, 104, 50, 0, 4, 0, 4, 1, 2, 3, 4, 0, 3, 0, 2, 1, 187]),
        (64, [0, 0, 0xc0, 12]), (65280, [1, 2, 3]),
    ];

    public string Name => "dns";

    public IEnumerable<byte[]> Seeds()
    {
        yield return DnsMessages.Query("www.example.org");
        yield return DnsMessages.Answer("nope.example.org", 1, 1, 3);
        foreach ((ushort type, byte[] data) in Records)
        {
            yield return DnsMessages.Answer("a.b", type, 1, 0, (type, 60, data), (type, 0, data));
        }

        (ushort, uint, byte[])[] all = Array.ConvertAll(Records, record => (record.Type, 1u, record.Data));
        yield return DnsMessages.Answer(string.Join('.', Enumerable.Repeat("label", 40)), 255, 1, 0, all);
    }

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other)
    {
        byte[] bytes = mutator.Once(8) && input.Length > 12 && other.Length > 12 ? [.. input, .. other.AsSpan(12)] : input;
        bytes = mutator.Bytes(bytes);
        if (mutator.Once(2) && bytes.Length > 14)
        {
            int at = 12 + mutator.Random.Next(bytes.Length - 13); // a name that goes on anywhere
            bytes[at] = (byte)(0xc0 | (mutator.Once(4) ? mutator.Random.Next(64) : 0));
            bytes[at + 1] = (byte)mutator.Random.Next(bytes.Length);
        }

        return bytes.AsSpan(0, Math.Min(bytes.Length, RecordAbi.DnsMessageMax)).ToArray();
    }

    public void Run(byte[] input, ShapeSet shapes)
    {
        var records = new RecordBuilder();
        var dns = new DnsSpec { Message = input };
        records.Dns(EventKind.DnsQuery, Process, dns).Dns(EventKind.DnsAnswer, Process, dns)
            .Dns(EventKind.DnsAnswer, Process, dns with { Length = 5_000, Direction = TcpDirection.Inbound })
            .Udp(EventKind.UdpClose, Process, new UdpSpec { Peer = "192.0.2.1" })
            .Tcp(EventKind.TcpConnect, Process, new TcpSpec { Peer = "192.0.2.1" });
        var output = new CheckedOutput(shapes, "box");
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(Filter, output)]), new Ledger());
        pipeline.Apply(records.Bytes, 1);
        FindingException.Unless(output.Count == 5, "an event is missing");
    }
}
