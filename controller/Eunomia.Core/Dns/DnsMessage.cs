using System.Buffers.Binary;

namespace Eunomia.Core.Dns;

/// <summary>Which part of a message cannot be read.</summary>
public enum DnsFault
{
    /// <summary>None.</summary>
    None,

    /// <summary>There are no 12 bytes.</summary>
    Header,

    /// <summary>A question.</summary>
    Question,

    /// <summary>A record of the answers.</summary>
    Answer,

    /// <summary>A record of the authorities.</summary>
    Authority,

    /// <summary>A record of the additional ones.</summary>
    Additional,

    /// <summary>There is more behind the last record.</summary>
    Trailing,
}

/// <summary>
/// A DNS message as RFC 1035 has it, read in place and without a managed allocation. Every length is checked, and names
/// only lead backwards, so none goes round in circles. What stands in front of a fault can be read.
/// </summary>
public readonly ref struct DnsMessage
{
    /// <summary>Bytes in front of the questions.</summary>
    public const int HeaderSize = 12;

    private const int FixedSize = 10; // of a record: type, class, time to live, length
    private const ushort TypeOpt = 41;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _answersAt;
    private readonly int _answers;
    private readonly int _extendedCode;

    /// <summary>Reads a message from its id to its last record.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="isCut">Whether it goes on behind these bytes: then that they end too early is no fault.</param>
    public DnsMessage(ReadOnlySpan<byte> bytes, bool isCut)
    {
        _bytes = bytes;
        if (bytes.Length < HeaderSize)
        {
            Fault = isCut ? DnsFault.None : DnsFault.Header;
            return;
        }

        int at = HeaderSize;
        Fault = ReadQuestions(ref at, out int question, out bool isShort) ? DnsFault.None : DnsFault.Question;
        QuestionAt = question;
        _answersAt = at;
        if (Fault == DnsFault.None)
        {
            Fault = ReadSections(ref at, out _answers, out _extendedCode, out isShort);
        }

        if (Fault == DnsFault.None && at < bytes.Length)
        {
            Fault = DnsFault.Trailing;
        }
        else if (isCut && isShort)
        {
            Fault = DnsFault.None;
        }
    }

    /// <summary>What is wrong with it.</summary>
    public DnsFault Fault { get; }

    /// <summary>Whether there is a header.</summary>
    public bool HasHeader => _bytes.Length >= HeaderSize;

    /// <summary>What answers have in common with their query.</summary>
    public ushort Id => HasHeader ? Word(0) : (ushort)0;

    /// <summary>The bits behind the id: QR, opcode, AA, TC, RD, RA, Z, AD, CD, code.</summary>
    public ushort Flags => HasHeader ? Word(2) : (ushort)0;

    /// <summary>What is asked for: 0 is a query.</summary>
    public int Opcode => (Flags >> 11) & 15;

    /// <summary>How it went, with the high bits of an OPT record where there is one.</summary>
    public int ResponseCode => (Flags & 15) | _extendedCode;

    /// <summary>Where the first question's name stands; 0 without one.</summary>
    public int QuestionAt { get; }

    /// <summary>The first question's type.</summary>
    public ushort QuestionType => QuestionAt == 0 ? (ushort)0 : Word(NameEnd(QuestionAt));

    /// <summary>The first question's class.</summary>
    public ushort QuestionClass => QuestionAt == 0 ? (ushort)0 : Word(NameEnd(QuestionAt) + 2);

    /// <summary>The answers that can be read.</summary>
    public DnsRecords Answers => new(this, _answersAt, _answers);

    /// <summary>The first question's name.</summary>
    public DnsName QuestionName => NameAt(QuestionAt);

    /// <summary>The bytes of the whole message.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A name that was found to be right.</summary>
    public DnsName NameAt(int at) => new(_bytes, at);

    /// <summary>The record at that place, and what is behind it.</summary>
    /// <param name="at">Where it stands; where the next one does, if it is one.</param>
    /// <param name="record">The record.</param>
    /// <param name="isShort">Whether the message ends before the record does.</param>
    internal bool TryReadRecord(ref int at, out DnsResource record, out bool isShort)
    {
        record = default;
        int end = DnsName.End(_bytes, at, out isShort);
        if (end < 0)
        {
            return false;
        }

        int data = end + FixedSize;
        int length = data > _bytes.Length ? 0 : Word(data - 2);
        isShort = data + length > _bytes.Length;
        if (isShort)
        {
            return false;
        }

        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(_bytes[(end + 4)..]);
        record = new DnsResource(at, Word(end), Word(end + 2), ttl, data, length);
        at = data + length;
        return true;
    }

    /// <summary>Where what follows a name begins; -1 when it is not one.</summary>
    internal int NameEnd(int at) => DnsName.End(_bytes, at);

    private bool ReadQuestions(ref int at, out int first, out bool isShort)
    {
        (first, isShort) = (0, false);
        for (int n = Word(4); n > 0; n--)
        {
            int end = DnsName.End(_bytes, at, out isShort);
            isShort |= end >= 0 && end + 4 > _bytes.Length;
            if (end < 0 || isShort)
            {
                return false;
            }

            first = first == 0 ? at : first;
            at = end + 4;
        }

        return true;
    }

    private DnsFault ReadSections(ref int at, out int answers, out int extendedCode, out bool isShort)
    {
        (answers, extendedCode, isShort) = (0, 0, false);
        for (int section = 0; section < 3; section++)
        {
            for (int n = Word(6 + (2 * section)); n > 0; n--)
            {
                if (!TryReadRecord(ref at, out DnsResource record, out isShort))
                {
                    return DnsFault.Answer + section;
                }

                answers += section == 0 ? 1 : 0;
                if (section == 2 && record.Type == TypeOpt)
                {
                    extendedCode = (int)(record.Ttl >> 24) << 4;
                }
            }
        }

        return DnsFault.None;
    }

    private ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]);
}
