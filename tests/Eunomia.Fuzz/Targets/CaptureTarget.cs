using System.Buffers;
using Eunomia.Controller.Captures;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Fuzz.Mutation;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;

namespace Eunomia.Fuzz.Targets;

/// <summary>A capture, replayed: to its end, to where it is cut, or to where it is said to be damaged in one line.</summary>
internal sealed class CaptureTarget : IFuzzTarget
{
    private const int Largest = 128 * 1024;

    public string Name => "capture";

    /// <summary>The files, and their first frames only, which run faster.</summary>
    public IEnumerable<byte[]> Seeds()
    {
        foreach (byte[] file in CaptureSeeds.Files())
        {
            yield return file;
            List<byte[]> frames = CaptureMutation.Split(file);
            yield return Pieces.Join(frames.Take(4));
            yield return Pieces.Join(frames.OrderBy(frame => frame.Length > 4096).Take(frames.Count - 1));
        }
    }

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other)
    {
        byte[] mutated = CaptureMutation.Mutate(mutator, input, other);
        return mutated.Length > Largest ? mutated[..Largest] : mutated;
    }

    public void Run(byte[] input, ShapeSet shapes)
    {
        byte outcome;
        try
        {
            using CaptureReader reader = CaptureReader.Open(new MemoryStream(input), "x.eun");
            SessionResult result = Replay(reader, shapes);
            (ulong live, ulong malformed) = Count(input);
            RecordCount.Check(result.Ledger, live, malformed);
            outcome = (byte)((reader.IsCut ? 1 : 0) + (result.IsPerfect ? 2 : 0));
        }
        catch (CaptureException error)
        {
            FindingException.Unless(!error.Message.AsSpan().ContainsAnyInRange('\0', '\x1f'), $"not one line: {error.Message}");
            outcome = 4;
        }
        shapes.Add(ShapeSet.Mix(ShapeSet.Empty, [outcome]));
    }

    private static SessionResult Replay(CaptureReader reader, ShapeSet shapes)
    {
        CaptureHeader header = reader.Header;
        IEnumerable<EventKind> kinds = header.Events.Select(name => EventKinds.TryGet(name, out EventKind kind) ? kind : EventKind.None);
        List<ContainerSelector> containers = [];
        foreach (string text in header.Containers)
        {
            if (ContainerSelector.TryParse(text, out ContainerSelector? selector, out _))
            {
                containers.Add(selector);
            }
        }
        var options = new SessionOptions
        {
            Filters = [new EventFilter(EventKindSet.Of([.. kinds.Where(kind => kind != EventKind.None)]), containers, [.. header.Pids])],
            Ancestors = true,
            Hostname = header.Hostname,
        };
        var output = new CheckedOutput(shapes, header.Hostname, header.RawPaths);
        Task<SessionResult> replay = new CaptureReplay(reader, options, output, null, TimeProvider.System).RunAsync(CancellationToken.None);
        return replay.GetAwaiter().GetResult();
    }

    /// <summary>What is in its streams, by a second reader.</summary>
    private static (ulong Live, ulong Malformed) Count(ReadOnlySpan<byte> file)
    {
        (ulong live, ulong malformed) = (0, 0);
        file = file[CaptureFrames.Magic.Length..];
        while (file.Length >= CaptureFrames.HeadSize)
        {
            (uint length, CaptureFrameType type) = CaptureFrames.ReadHead(file);
            file = file[CaptureFrames.HeadSize..];
            if (length > file.Length)
            {
                break;
            }
            if (type is CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot)
            {
                using RecordBatch batch = RecordBatch.Read(new ReadOnlySequence<byte>(file[..(int)length].ToArray()));
                (ulong inBatch, bool isMalformed) = RecordCount.Of(batch.Records);
                live += inBatch;
                malformed += isMalformed ? 1u : 0u;
            }
            file = file[(int)length..];
        }
        return (live, malformed);
    }
}
