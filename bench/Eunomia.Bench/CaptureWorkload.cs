using Eunomia.Controller.Captures;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.TestKit;

namespace Eunomia.Bench;

/// <summary>
/// What captures hold, over and over: those that are given, else the golden ones of processes, files, connections and a
/// container.
/// </summary>
internal sealed class CaptureWorkload
{
    public const int Events = 200_000;
    private static readonly string[] Golden = ["process.eun", "files.eun", "tcp.eun", "container.eun"];
    private readonly List<byte[]> _batches = [];
    private readonly List<byte[]> _before = [];
    private readonly SortedDictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private HostIdentity _host = TestHost.Identity;
    private long _bootToUnixNs;

    public CaptureWorkload(string[] captures)
    {
        foreach (string path in captures.Length > 0 ? captures : GoldenCaptures.Paths.Where(path => Golden.Contains(Path.GetFileName(path))))
        {
            Read(path);
        }

        Repeat();
    }

    /// <summary>Shares of the kinds: "file.open 61 %, ...".</summary>
    public string Mix => string.Join(", ", _kinds.OrderByDescending(kind => kind.Value).Take(8).Select(kind => $"{kind.Key} {100.0 * kind.Value / Events:0} %"));

    /// <summary>A pipeline that knows what ran before.</summary>
    public EventPipeline Create(IEventSink sink)
    {
        var filter = new EventFilter(EventKindSet.Of([.. EventKinds.All]));
        var pipeline = new EventPipeline(_host, new PipelineOptions([new EventRoute(filter, sink)]), new Ledger());
        _before.ForEach(batch => pipeline.Apply(batch, _bootToUnixNs));
        return pipeline;
    }

    public void Apply(EventPipeline pipeline)
    {
        foreach (byte[] batch in _batches)
        {
            pipeline.Apply(batch, _bootToUnixNs);
        }
    }

    private void Read(string path)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(path), path);
        _host = new HostIdentity(reader.Header.Hostname, reader.Header.HostPidns, reader.Header.HostMntns, reader.Header.SupervisorPid);
        while (reader.TryRead())
        {
            if (reader.Type is CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot)
            {
                using RecordBatch batch = reader.ParseBatch();
                _bootToUnixNs = batch.BootToUnixNs;
                (reader.Type == CaptureFrameType.Batch ? _batches : _before).Add(batch.Records.ToArray());
            }
        }
    }

    /// <summary>Makes it as many live records as there are to be.</summary>
    private void Repeat()
    {
        byte[][] once = [.. _batches];
        _batches.Clear();
        int left = Events;
        for (int i = 0; left > 0; i++)
        {
            byte[] batch = once[i % once.Length];
            int bytes = 0;
            var reader = new RecordReader(batch);
            while (left > 0 && reader.TryRead(out Record record))
            {
                bytes += record.Header.Size;
                left--;
                string kind = EventKinds.Name(record.Kind);
                _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            }

            _batches.Add(bytes == batch.Length ? batch : batch[..bytes]);
        }
    }
}
