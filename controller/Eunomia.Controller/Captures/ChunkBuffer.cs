using System.Buffers;

namespace Eunomia.Controller.Captures;

/// <summary>Bytes that are only added, and never moved: what has been written may be read while more is.</summary>
internal sealed class ChunkBuffer : IBufferWriter<byte>
{
    private const int Size = 256 * 1024;
    private readonly List<Chunk> _chunks = [];

    /// <summary>Bytes written.</summary>
    public long Length { get; private set; }

    public void Advance(int count)
    {
        _chunks[^1].Used += count;
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).Span;

    /// <summary>What was written from a position on, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> From(long position)
    {
        foreach (Chunk chunk in _chunks)
        {
            if (position < chunk.Used)
            {
                yield return chunk.Bytes.AsMemory((int)position..chunk.Used);
            }
            position = Math.Max(0, position - chunk.Used);
        }
    }

    private Memory<byte> Room(int least)
    {
        if (_chunks.Count == 0 || _chunks[^1].Bytes.Length - _chunks[^1].Used < Math.Max(1, least))
        {
            _chunks.Add(new Chunk(new byte[Math.Max(least, Size)]));
        }
        Chunk last = _chunks[^1];
        return last.Bytes.AsMemory(last.Used);
    }

    private sealed class Chunk(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public int Used { get; set; }
    }
}
