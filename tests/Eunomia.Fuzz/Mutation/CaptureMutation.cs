using System.Buffers.Binary;
using Eunomia.Protocol;

namespace Eunomia.Fuzz.Mutation;

/// <summary>Changes captures: their bytes, their frames, what is in them.</summary>
internal static class CaptureMutation
{
    public static byte[] Mutate(Mutator mutator, byte[] file, byte[] other)
    {
        if (mutator.Once(8))
        {
            return mutator.Bytes(file);
        }
        List<byte[]> frames = Split(file);
        List<byte[]> others = Split(other);
        if (mutator.Once(2) && frames.Count > 2)
        {
            List<byte[]> behindHeader = frames[2..];
            Pieces.Shuffle(mutator, behindHeader, others);
            frames = [.. frames[..2], .. behindHeader];
        }
        for (int n = mutator.Random.Next(3); n > 0 && frames.Count > 2; n--)
        {
            int at = 2 + mutator.Random.Next(frames.Count - 2);
            frames[at] = Change(mutator, frames[at], mutator.Pick(frames));
        }
        if (mutator.Once(16) && frames.Count > 1)
        {
            frames[1] = Change(mutator, frames[1], frames[1]);
        }
        return Pieces.Join(frames);
    }

    /// <summary>The magic, then the frames with their heads; what is none is the last piece.</summary>
    public static List<byte[]> Split(ReadOnlySpan<byte> file)
    {
        int magic = Math.Min(file.Length, CaptureFrames.Magic.Length);
        List<byte[]> pieces = [file[..magic].ToArray()];
        file = file[magic..];
        while (!file.IsEmpty)
        {
            long length = file.Length < CaptureFrames.HeadSize ? file.Length : CaptureFrames.HeadSize + CaptureFrames.ReadHead(file).Length;
            int size = (int)Math.Min(length, file.Length);
            pieces.Add(file[..size].ToArray());
            file = file[size..];
        }
        return pieces;
    }

    private static byte[] Change(Mutator mutator, byte[] frame, byte[] other)
    {
        if (frame.Length < CaptureFrames.HeadSize || mutator.Once(6))
        {
            return mutator.Bytes(frame);
        }
        byte[] payload = frame[CaptureFrames.HeadSize..];
        CaptureFrameType type = CaptureFrames.ReadHead(frame).Type;
        if (mutator.Once(8))
        {
            type = (CaptureFrameType)mutator.Random.Next(9);
        }
        bool isBatch = type is CaptureFrameType.Begin or CaptureFrameType.Batch or CaptureFrameType.Snapshot;
        payload = isBatch
            ? BatchMutation.Mutate(mutator, payload, other[Math.Min(other.Length, CaptureFrames.HeadSize)..])
            : mutator.Bytes(payload);
        return Frame(payload, type);
    }

    private static byte[] Frame(byte[] payload, CaptureFrameType type)
    {
        byte[] frame = new byte[CaptureFrames.HeadSize + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), (uint)type);
        payload.CopyTo(frame.AsSpan(CaptureFrames.HeadSize));
        return frame;
    }
}
