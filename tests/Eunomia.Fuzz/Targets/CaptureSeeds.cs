using Eunomia.Fuzz.Mutation;
using Eunomia.Protocol;
using Eunomia.Protocol.Collector.V1;
using Eunomia.TestKit;

namespace Eunomia.Fuzz.Targets;

/// <summary>What the captures in <c>tests/captures</c> hold.</summary>
internal static class CaptureSeeds
{
    public static IEnumerable<byte[]> Files() => GoldenCaptures.Paths.Select(File.ReadAllBytes);

    public static IEnumerable<byte[]> Messages() =>
        from file in Files()
        from frame in CaptureMutation.Split(file).Skip(1)
        where CaptureFrames.ReadHead(frame).Type is CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot
        select frame[CaptureFrames.HeadSize..];

    public static IEnumerable<EventBatch> Batches() => Messages().Select(EventBatch.Parser.ParseFrom);
}
