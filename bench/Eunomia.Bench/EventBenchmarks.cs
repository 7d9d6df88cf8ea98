using System.Buffers;
using BenchmarkDotNet.Attributes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Bench;

/// <summary>Time and allocation per event: read the records, attribute them, write them as JSON and as text.</summary>
[MemoryDiagnoser]
public class EventBenchmarks
{
    private const int Events = Workload.Events;
    private readonly byte[] _records = Workload.Records();
    private readonly Counter _counter = new();
    private readonly JsonSink _json = new();
    private readonly TextSink _text = new();
    private EventPipeline _toCounter = null!;
    private EventPipeline _toJson = null!;
    private EventPipeline _toText = null!;

    [GlobalSetup]
    public void SetUp()
    {
        (_toCounter, _toJson, _toText) = (Create(_counter), Create(_json), Create(_text));
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Decode()
    {
        int count = 0;
        var reader = new RecordReader(_records);
        while (reader.TryRead(out _))
        {
            count++;
        }
        return count;
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public long Attribute()
    {
        _toCounter.Apply(_records, 0);
        return _counter.Count;
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public void Json() => _toJson.Apply(_records, 0);

    [Benchmark(OperationsPerInvoke = Events)]
    public void Text() => _toText.Apply(_records, 0);

    private static EventPipeline Create(IEventSink sink)
    {
        EventKindSet kinds = EventKinds.ProcessTracker.Union(EventKinds.FilesTracker).Union(EventKinds.TcpConnectTracker);
        var pipeline = new EventPipeline(TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(kinds), sink)]), new Ledger());
        pipeline.Apply(Workload.Snapshot(), 0);
        return pipeline;
    }

    private sealed class Counter : IEventSink
    {
        public long Count { get; private set; }

        public void OnEvent(in EventView e) => Count++;
    }

    private sealed class JsonSink : IEventSink
    {
        private readonly JsonEventWriter _writer = new("box");
        private readonly ArrayBufferWriter<byte> _output = new(1 << 16);

        public void OnEvent(in EventView e)
        {
            _output.ResetWrittenCount();
            _writer.Write(e, _output);
        }
    }

    private sealed class TextSink : IEventSink
    {
        private readonly TextEventWriter _writer = new(new TextOptions());
        private readonly ArrayBufferWriter<byte> _output = new(1 << 16);

        public void OnEvent(in EventView e)
        {
            _output.ResetWrittenCount();
            _writer.Write(e, _output);
        }
    }
}
