using System.Buffers;
using Eunomia.Core.Events;
using Eunomia.Protocol;
using Eunomia.Protocol.Capture.V1;
using Google.Protobuf;

namespace Eunomia.Controller.Captures;

/// <summary>
/// Reads the frames of a capture, one at a time, into a buffer that is used again. A file that ends within a frame is
/// good up to there; whatever else is wrong is a <see cref="CaptureException"/>.
/// </summary>
public sealed class CaptureReader : IDisposable
{
    private const int SmallestBuffer = 64 * 1024;
    private readonly Stream _stream;
    private byte[] _buffer = new byte[SmallestBuffer];
    private int _length;

    private CaptureReader(Stream stream, string name) => (_stream, Name) = (stream, name);

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>What was captured, where and how.</summary>
    public CaptureHeader Header { get; private set; } = new();

    /// <summary>Whether the file ended within a frame.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The type of the frame read last.</summary>
    internal CaptureFrameType Type { get; private set; }

    /// <summary>The payload of the frame read last; dead with the next one.</summary>
    internal ReadOnlySequence<byte> Payload => new(_buffer, 0, _length);

    /// <summary>Reads a capture's header. The reader owns the stream from here on.</summary>
    /// <exception cref="CaptureException">It is no capture, or one of another version.</exception>
    public static CaptureReader Open(Stream stream, string name)
    {
        var reader = new CaptureReader(stream, name);
        try
        {
            reader.ReadHeader();
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Moves to the next frame; false at the end.</summary>
    /// <exception cref="CaptureException">What follows is no frame.</exception>
    internal bool TryRead()
    {
        Span<byte> head = stackalloc byte[CaptureFrames.HeadSize];
        int got = Fill(head);
        if (got < head.Length)
        {
            IsCut = got > 0;
            return false;
        }
        (uint length, Type) = CaptureFrames.ReadHead(head);
        if (length > CaptureFrames.LargestPayload)
        {
            throw Damaged($"a frame of {length} bytes");
        }
        _length = (int)length;
        if (_buffer.Length < _length)
        {
            _buffer = new byte[_length];
        }
        IsCut = Fill(_buffer.AsSpan(0, _length)) < _length;
        return !IsCut;
    }

    /// <summary>The payload as a message.</summary>
    /// <exception cref="CaptureException">It is none.</exception>
    internal T Parse<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(Payload);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw Damaged(error.Message, error);
        }
    }

    /// <summary>The payload as a batch, which the caller disposes.</summary>
    /// <exception cref="CaptureException">It is none.</exception>
    internal RecordBatch ParseBatch()
    {
        RecordBatch batch = RecordBatch.Read(Payload);
        if (!batch.IsMalformed)
        {
            return batch;
        }
        batch.Dispose();
        throw Damaged("a batch that does not follow the protocol");
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private void ReadHeader()
    {
        Span<byte> magic = stackalloc byte[CaptureFrames.Magic.Length];
        if (Fill(magic) < magic.Length || !magic.SequenceEqual(CaptureFrames.Magic))
        {
            throw new CaptureException($"{Name} is not a capture; one is made by 'eunomiactl record'");
        }
        if (!TryRead() || Type != CaptureFrameType.Header)
        {
            throw Damaged("no header");
        }
        Header = Parse(CaptureHeader.Parser);
        if (Header.Format != CaptureWriter.Format || Header.AbiVersion is < RecordAbi.OldestReadable or > RecordAbi.Version)
        {
            throw new CaptureException(
                $"{Name} was written by eunomiactl {Harmless(Header.Version)} (format {Header.Format}, record ABI {Header.AbiVersion}); "
                + $"this one reads format {CaptureWriter.Format} and record ABI {RecordAbi.OldestReadable} to {RecordAbi.Version}");
        }
    }

    private int Fill(Span<byte> target)
    {
        try
        {
            return _stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CaptureException($"cannot read {Name}: {error.Message}", error);
        }
    }

    // Whoever made the file chose it, and a terminal shows it.
    private static string Harmless(string version) =>
        string.Concat(version.Where(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '+').Take(32));

    private CaptureException Damaged(string what, Exception? inner = null) => new($"{Name} is damaged: {what}", inner);
}
