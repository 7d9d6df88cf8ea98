using Eunomia.Core;
using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Fuzz.Mutation;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;
using Container = Eunomia.Core.Containers.Container;

namespace Eunomia.Fuzz.Targets;

/// <summary>The records of a batch, through the pipeline into every output, with and without a filter.</summary>
internal sealed class RecordsTarget : IFuzzTarget
{
    private const int Chunk = 12;
    private static readonly string Hash = TestHost.Id("abc");
    private static readonly EventKindSet AllKinds = EventKindSet.Of([.. EventKinds.All]);

    public string Name => "records";

    /// <summary>The areas of whole batches, short stretches of them, which run faster, and containers of every kind.</summary>
    public IEnumerable<byte[]> Seeds() => RecordedSeeds().Concat(ContainerSeeds()).Concat(MessageSeeds());

    private static IEnumerable<byte[]> RecordedSeeds()
    {
        foreach (EventBatch batch in CaptureSeeds.Batches())
        {
            byte[] area = batch.Records.ToByteArray();
            yield return area;
            List<byte[]> records = RecordMutation.Split(area);
            for (int at = 0; at < records.Count && records.Count > Chunk; at += Chunk / 2)
            {
                yield return Pieces.Join(records.Skip(at).Take(Chunk));
            }
        }
    }

    /// <summary>A container in each of the paths that are known, and the life of its first process.</summary>
    private static IEnumerable<byte[]> ContainerSeeds()
    {
        string paths = RepositoryFiles.Path("tests", "Eunomia.Core.Tests", "Containers", "cgroup-paths.txt");
        var records = new RecordBuilder();
        ulong key = 100;
        foreach (string line in File.ReadLines(paths).Where(line => line.StartsWith('/')))
        {
            string path = line.Split(' ')[0].Replace("H", Hash, StringComparison.Ordinal);
            ProcessSpec init = new ProcessSpec(50, ++key).In(key);
            records.Mkdir(key, path).Mkdir(key + 1_000, path + "/x", key).Exec(init).Fork(init.Child(51, key + 1).In(key + 1_000));
            records.Exit(init).Rmdir(key, path).After(TimeSpan.FromSeconds(key % 2 == 0 ? 1 : 100));
            yield return records.Mkdir(key + 2_000, "/other").Take();
        }
    }

    /// <summary>Flows and DNS messages, and connections that have to do with them.</summary>
    private static IEnumerable<byte[]> MessageSeeds()
    {
        var process = new ProcessSpec(60, 7);
        var dns = new DnsSpec { Message = DnsMessages.Answer("a.test", 1, 1, 0, (1, 5, [1, 2, 3, 4])), Transport = RecordAbi.ProtocolTcp };
        yield return new RecordBuilder().Dns(EventKind.DnsQuery, process, dns with { Message = DnsMessages.Query("a.test", 1, 1) })
            .Dns(EventKind.DnsAnswer, process, dns).Tcp(EventKind.TcpConnect, process, new TcpSpec())
            .Udp(EventKind.UdpOpen, process, new UdpSpec { Result = -1 }).Udp(EventKind.UdpClose, process, new UdpSpec { End = UdpEnd.Idle }).Bytes;
    }

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other) => RecordMutation.Mutate(mutator, input, other);

    public void Run(byte[] input, ShapeSet shapes)
    {
        Apply(input, shapes, new EventFilter(AllKinds));
        if (ContainerSelector.TryParse("web", out ContainerSelector? selector, out _))
        {
            Apply(input, shapes, new EventFilter(AllKinds, [selector], [FirstPid(input)]));
        }
    }

    private static void Apply(byte[] input, ShapeSet shapes, EventFilter filter)
    {
        var ledger = new Ledger();
        var output = new CheckedOutput(shapes, "box");
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(filter, output)], Ancestors: true), ledger);
        pipeline.Apply(input, 1_700_000_000_000_000_000);
        DecideNames(pipeline);
        pipeline.Complete();
        (ulong live, bool malformed) = RecordCount.Of(input);
        LedgerReport report = ledger.Close(final: false);
        RecordCount.Check(report, live, malformed ? 1u : 0u);
        shapes.Add(ShapeSet.Mix(ShapeSet.Empty, [malformed ? (byte)1 : (byte)0, (byte)Math.Min(output.Count, 3), (byte)report.Rows.Count]));
    }

    /// <summary>Every other container gets the name that was waited for.</summary>
    private static void DecideNames(EventPipeline pipeline)
    {
        foreach (Container container in pipeline.Containers.All.ToArray())
        {
            if (container.Id.Length % 2 == 0)
            {
                pipeline.Containers.SetMetadata(container.Id, new ContainerMetadata("docker", "web", "image"));
            }
            else
            {
                pipeline.Containers.SetMetadataFailed(container.Id);
            }
        }
    }

    private static uint FirstPid(byte[] input)
    {
        var reader = new RecordReader(input);
        return reader.TryRead(out Record record) ? record.Header.Tgid : 1;
    }
}
