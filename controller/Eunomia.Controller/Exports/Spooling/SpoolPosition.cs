using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Eunomia.Controller.Exports.Spooling;

/// <summary>
/// The file that says up to where all is done: segment, offset (64 bits each) and their CRC-32C. Written over in place, so
/// that it needs no room on a full disk. When it cannot be trusted, everything that is there is delivered again.
/// </summary>
internal sealed class SpoolPosition : IDisposable
{
    private const int Size = 20;
    private readonly SafeFileHandle _file;

    public SpoolPosition(string path)
    {
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> bytes = stackalloc byte[Size];
        if (RandomAccess.Read(_file, bytes, 0) == Size
            && SpoolRecord.Checksum(bytes[..16]) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]))
        {
            Segment = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            Offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        }
        else
        {
            Write(0, 0);
        }
    }

    public long Segment { get; private set; }

    public long Offset { get; private set; }

    public void Write(long segment, long offset)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, segment);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], SpoolRecord.Checksum(bytes[..16]));
        RandomAccess.Write(_file, bytes, 0);
        (Segment, Offset) = (segment, offset);
    }

    public void Dispose() => _file.Dispose();
}
