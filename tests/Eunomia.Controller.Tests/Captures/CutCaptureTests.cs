using System.Buffers;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Captures;

/// <summary>A machine goes down while a capture is written: whatever is in the file by then is read, and nothing worse happens.</summary>
public sealed class CutCaptureTests
{
    private const int Length = 64 * 1024;
    private const int Stride = 53; // a prime: over the stretch it meets every offset within what repeats
    private static readonly byte[] Capture = Join();

    [Fact]
    public void Reader_CutAtEveryByte_GivesTheFramesBefore()
    {
        int[] ends = [.. FrameEnds()];
        int whole = 0;
        for (int length = 0; length <= Length; length++)
        {
            whole += whole < ends.Length && ends[whole] == length ? 1 : 0;
            if (whole == 0)
            {
                Assert.Throws<CaptureException>(() => Open(length));
                continue;
            }
            using CaptureReader reader = Open(length);
            for (int frame = 1; frame < whole; frame++)
            {
                Assert.True(reader.TryRead());
            }
            Assert.False(reader.TryRead());
            Assert.Equal(length != ends[whole - 1], reader.IsCut);
        }
    }

    [Fact]
    public async Task Replay_CutAllAlong_IsTheBeginningOfTheWhole()
    {
        IReadOnlyList<string> whole = await ReplayAsync(Capture.Length);
        int most = 0;
        for (int length = FrameEnds().First(); length <= Length; length += Stride)
        {
            IReadOnlyList<string> lines = await ReplayAsync(length);

            Assert.Equal(whole.Take(lines.Count), lines);
            Assert.True(lines.Count >= most, $"{length} bytes show less than fewer bytes do");
            most = lines.Count;
        }
        Assert.True(most > 200, $"only {most} events in {Length} bytes");
    }

    private static CaptureReader Open(int length) => CaptureReader.Open(new MemoryStream(Capture, 0, length), "x.eun");

    private static async Task<IReadOnlyList<string>> ReplayAsync(int length)
    {
        using CaptureReader reader = Open(length);
        using var output = new TestOutput();
        EventKindSet kinds = EventKindSet.Of([.. EventKinds.All]);
        var options = new SessionOptions { Filters = [new EventFilter(kinds)], Hostname = reader.Header.Hostname };
        await new CaptureReplay(reader, options, output, null, TimeProvider.System).RunAsync(CancellationToken.None);
        return [.. output.Events.Select(e => e.Line)];
    }

    private static IEnumerable<int> FrameEnds()
    {
        int end = CaptureFrames.Magic.Length;
        while (end < Capture.Length)
        {
            end += CaptureFrames.HeadSize + BitConverter.ToInt32(Capture, end);
            yield return end;
        }
    }

    /// <summary>All captures as one: the streams of the others behind that of the first, until it is long enough.</summary>
    private static byte[] Join()
    {
        var joined = new ArrayBufferWriter<byte>();
        joined.Write(CaptureFrames.Magic);
        for (int n = 0; joined.WrittenCount < Length; n++)
        {
            byte[] one = File.ReadAllBytes(GoldenCaptures.Paths[n % GoldenCaptures.Paths.Length]);
            int header = CaptureFrames.HeadSize + BitConverter.ToInt32(one, CaptureFrames.Magic.Length);
            joined.Write(one.AsSpan(CaptureFrames.Magic.Length + (n == 0 ? 0 : header)));
        }
        return joined.WrittenSpan.ToArray();
    }
}
