using System.Runtime.InteropServices;
using Eunomia.Cli.Native;

namespace Eunomia.Cli.Output;

/// <summary>
/// Writes to a descriptor, at once. Unlike the console's stream it says so when nobody is there to read any more, and while it
/// is stuck others can still write to stderr.
/// </summary>
internal sealed unsafe class DescriptorStream(int descriptor) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[WriteSome(buffer)..];
        }
    }

    private int WriteSome(ReadOnlySpan<byte> bytes)
    {
        nint written;
        fixed (byte* start = bytes)
        {
            written = Libc.Write(descriptor, start, (nuint)bytes.Length);
        }
        if (written >= 0)
        {
            return (int)written;
        }
        int error = Marshal.GetLastPInvokeError();
        if (error == Libc.EAGAIN) // somebody made our terminal or pipe non-blocking
        {
            var wanted = new Libc.PollDescriptor { Descriptor = descriptor, Wanted = Libc.PollOut };
            _ = Libc.Poll(ref wanted, 1, -1);
        }
        return error is Libc.EAGAIN or Libc.EINTR ? 0 : throw new IOException(Libc.Describe(error));
    }
}
