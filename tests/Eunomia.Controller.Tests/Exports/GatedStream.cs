using System.Text;

namespace Eunomia.Controller.Tests.Exports;

/// <summary>A stdout that takes nothing while its gate is shut, as a pipe that nobody reads.</summary>
internal sealed class GatedStream : Stream
{
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private readonly MemoryStream _taken = new();
    private readonly Queue<int> _failures = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public string[] Lines
    {
        get
        {
            lock (_taken)
            {
                return Encoding.UTF8.GetString(_taken.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            }
        }
    }

    public void Shut() => _gate.Reset();

    public void Open() => _gate.Set();

    /// <summary>The next write takes so many bytes and fails then.</summary>
    public void FailAfter(int bytes) => _failures.Enqueue(bytes);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _gate.Wait();
        lock (_taken)
        {
            bool fails = _failures.TryDequeue(out int most);
            _taken.Write(fails ? buffer[..most] : buffer);
            if (fails)
            {
                throw new IOException("disk full");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
