namespace Eunomia.Protocol;

/// <summary>
/// Reads protobuf's wire format from one span. It never throws: a message that ends early or breaks the format turns
/// <see cref="Failed"/> on, and every later read returns nothing.
/// </summary>
internal ref struct WireReader(ReadOnlySpan<byte> message)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Bytes = 2;
    public const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    public bool Failed { get; private set; }

    /// <summary>Moves to the next field; false at the end of the message or when it is broken.</summary>
    public bool NextField(out int number, out int wireType)
    {
        (number, wireType) = (0, 0);
        if (Failed || _position == _message.Length)
        {
            return false;
        }
        ulong tag = ReadVarint();
        (number, wireType) = ((int)(tag >> 3), (int)(tag & 7));
        if (number == 0 || tag > uint.MaxValue)
        {
            Fail();
        }
        return !Failed;
    }

    public ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && _position < _message.Length; shift += 7)
        {
            byte next = _message[_position++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
        Fail();
        return 0;
    }

    /// <summary>Reads a length and that many bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        if (Failed || length > (ulong)(_message.Length - _position))
        {
            Fail();
            return default;
        }
        ReadOnlySpan<byte> bytes = _message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>Passes over a field this build does not know.</summary>
    public void Skip(int wireType)
    {
        switch (wireType)
        {
            case Varint:
                ReadVarint();
                break;
            case Bytes:
                ReadBytes();
                break;
            case Fixed64:
                Advance(8);
                break;
            case Fixed32:
                Advance(4);
                break;
            default:
                Fail();
                break;
        }
    }

    private void Advance(int count)
    {
        if (count > _message.Length - _position)
        {
            Fail();
            return;
        }
        _position += count;
    }

    private void Fail()
    {
        Failed = true;
        _position = _message.Length;
    }
}
