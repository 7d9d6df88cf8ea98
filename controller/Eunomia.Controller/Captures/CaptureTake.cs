namespace Eunomia.Controller.Captures;

/// <summary>A part of a session: what was remembered when it was taken, and what has come since.</summary>
internal sealed class CaptureTake
{
    private readonly Lock _lock;
    private readonly CaptureSegment _first;
    private readonly Queue<CaptureSegment> _segments = new();
    private readonly ChunkBuffer _header;
    private long _position;

    /// <param name="windowLock">Whoever holds it may read segments.</param>
    /// <param name="header">How a file of this session begins.</param>
    /// <param name="earlier">The older segment, if there is one.</param>
    /// <param name="current">The newer one.</param>
    public CaptureTake(Lock windowLock, ChunkBuffer header, CaptureSegment? earlier, CaptureSegment current)
    {
        (_lock, _header, _first) = (windowLock, header, earlier ?? current);
        foreach (CaptureSegment segment in earlier is null ? [current] : new[] { earlier, current })
        {
            _segments.Enqueue(segment);
        }
    }

    /// <summary>Completes when it is known what ran at its beginning.</summary>
    public Task Ready => _first.Listed;

    /// <summary>The session goes on in another segment. Only with the lock.</summary>
    public void Add(CaptureSegment next) => _segments.Enqueue(next);

    /// <summary>Writes how it begins: once, and first.</summary>
    public void WriteBase(Stream output)
    {
        Write(output, _header.From(0));
        List<ReadOnlyMemory<byte>> known;
        lock (_lock)
        {
            known = [.. _first.Base.From(0)];
        }
        Write(output, known);
    }

    /// <summary>Writes what has come since the last call.</summary>
    public void WriteNext(Stream output)
    {
        List<ReadOnlyMemory<byte>> parts = [];
        lock (_lock)
        {
            while (true)
            {
                ChunkBuffer stream = _segments.Peek().Stream;
                parts.AddRange(stream.From(_position));
                _position = stream.Length;
                if (_segments.Count == 1)
                {
                    break;
                }
                _segments.Dequeue();
                _position = 0;
            }
        }
        Write(output, parts);
    }

    private static void Write(Stream output, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        foreach (ReadOnlyMemory<byte> part in parts)
        {
            output.Write(part.Span);
        }
    }
}
