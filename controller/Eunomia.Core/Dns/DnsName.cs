namespace Eunomia.Core.Dns;

/// <summary>A domain name in a message, which may go on at another place in front of it (RFC 1035, 4.1.4).</summary>
public readonly ref struct DnsName
{
    /// <summary>Most bytes of a name on the wire.</summary>
    private const int Longest = 255;
    private const int PointerBits = 0xc0;
    private readonly ReadOnlySpan<byte> _message;
    private readonly int _at;

    internal DnsName(ReadOnlySpan<byte> message, int at)
    {
        _message = message;
        _at = at;
    }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _at == 0;

    /// <summary>FNV-1a of its labels in lower case, with more put in front.</summary>
    public ulong Hash(ulong seed)
    {
        ulong hash = seed;
        foreach (ReadOnlySpan<byte> label in Labels)
        {
            hash = (hash ^ (byte)label.Length) * 0x100000001b3;
            foreach (byte b in label)
            {
                byte lower = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
                hash = (hash ^ lower) * 0x100000001b3;
            }
        }

        return hash;
    }

    /// <summary>Its labels, without the root.</summary>
    public DnsLabels Labels => new(_message, _at);

    /// <summary>
    /// Where what follows the name begins; -1 when it is no name: longer than 255 bytes, beyond the message, or led forward
    /// or to itself.
    /// </summary>
    internal static int End(ReadOnlySpan<byte> message, int at) => End(message, at, out _);

    /// <param name="message">All of it.</param>
    /// <param name="at">Where the name begins.</param>
    /// <param name="isShort">Whether the message ends before the name does.</param>
    internal static int End(ReadOnlySpan<byte> message, int at, out bool isShort)
    {
        int end = -1;
        int length = 1;
        int lowest = at;
        isShort = false;
        while (true)
        {
            if (at >= message.Length)
            {
                isShort = true;
                return -1;
            }

            int head = message[at];
            if (head == 0)
            {
                return end < 0 ? at + 1 : end;
            }

            if ((head & PointerBits) == PointerBits)
            {
                if (at + 1 >= message.Length)
                {
                    isShort = true;
                    return -1;
                }

                end = end < 0 ? at + 2 : end;
                int to = ((head & ~PointerBits) << 8) | message[at + 1];
                if (to >= lowest || to < DnsMessage.HeaderSize)
                {
                    return -1;
                }

                at = lowest = to;
                continue;
            }

            length += head + 1;
            if ((head & PointerBits) != 0 || length > Longest)
            {
                return -1;
            }

            at += head + 1;
        }
    }
}

/// <summary>Goes through the labels of a name that was found to be right.</summary>
public ref struct DnsLabels
{
    private readonly ReadOnlySpan<byte> _message;
    private int _at;

    internal DnsLabels(ReadOnlySpan<byte> message, int at)
    {
        _message = message;
        _at = at;
    }

    /// <summary>The label just reached.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly DnsLabels GetEnumerator() => this;

    /// <summary>Goes to the next label; false behind the last one.</summary>
    public bool MoveNext()
    {
        while (_at > 0 && _at < _message.Length)
        {
            int head = _message[_at];
            if (head >= 0xc0)
            {
                _at = ((head & 0x3f) << 8) | _message[_at + 1];
                continue;
            }

            if (head == 0)
            {
                return false;
            }

            Current = _message.Slice(_at + 1, head);
            _at += head + 1;
            return true;
        }

        return false;
    }
}
