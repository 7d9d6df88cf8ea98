namespace Eunomia.Core.Dns;

/// <summary>A resource record: where its name and its data stand in the message.</summary>
/// <param name="NameAt">Where its owner's name stands.</param>
/// <param name="Type">Its type.</param>
/// <param name="Class">Its class.</param>
/// <param name="Ttl">How long it may be kept, in seconds.</param>
/// <param name="DataAt">Where its data stands.</param>
/// <param name="DataLength">How long that is.</param>
public readonly record struct DnsResource(int NameAt, ushort Type, ushort Class, uint Ttl, int DataAt, int DataLength);

/// <summary>Goes through the records of a section.</summary>
public ref struct DnsRecords
{
    private readonly DnsMessage _message;
    private int _at;
    private int _left;
    private DnsResource _current;

    internal DnsRecords(DnsMessage message, int at, int count)
    {
        _message = message;
        _at = at;
        _left = count;
    }

    /// <summary>The record just reached.</summary>
    public readonly DnsResource Current => _current;

    /// <summary>For foreach.</summary>
    public readonly DnsRecords GetEnumerator() => this;

    /// <summary>Goes to the next record; false at the end.</summary>
    public bool MoveNext() => _left-- > 0 && _message.TryReadRecord(ref _at, out _current, out _);
}
