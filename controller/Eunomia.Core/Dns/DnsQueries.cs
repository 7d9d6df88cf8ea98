using Eunomia.Core.Events;

namespace Eunomia.Core.Dns;

/// <summary>
/// Queries that wait for their answers, so that an answer knows how long it took: found again by socket, id and question,
/// on the server's side by who asked too. Bounded: the oldest query makes room. Allocates nothing once it is made.
/// </summary>
internal sealed class DnsQueries
{
    internal const int Capacity = 4_096;
    private const ulong Seed = 0xcbf29ce484222325;
    private const ulong Prime = 0x100000001b3;
    private readonly Dictionary<Key, Pending> _pending = new(Capacity);
    private readonly Key[] _ring = new Key[Capacity];
    private int _next;

    /// <summary>How many wait.</summary>
    internal int Count => _pending.Count;

    /// <summary>A query; a later one with the same id and question on the same socket takes its place.</summary>
    internal void OnQuery(DnsRecord record, DnsMessage message, ulong timeNs)
    {
        Key key = KeyOf(record, message);
        if (_pending.TryGetValue(key, out Pending known))
        {
            _pending[key] = known with { TimeNs = timeNs };
            return;
        }

        if (_pending.TryGetValue(_ring[_next], out Pending oldest) && oldest.Slot == _next)
        {
            _pending.Remove(_ring[_next]);
        }

        _ring[_next] = key;
        _pending[key] = new Pending(timeNs, _next);
        _next = (_next + 1) % Capacity;
    }

    /// <summary>An answer. How long it took; 0 when its query was not seen.</summary>
    internal ulong OnAnswer(DnsRecord record, DnsMessage message, ulong timeNs) =>
        _pending.Remove(KeyOf(record, message), out Pending query) && timeNs > query.TimeNs ? timeNs - query.TimeNs : 0;

    private static Key KeyOf(DnsRecord record, DnsMessage message)
    {
        ref readonly DnsLayout dns = ref record.Fields;
        ulong hash = Seed;
        if (dns.Direction == TcpDirection.Inbound)
        {
            foreach (byte b in record.PeerAddress)
            {
                hash = (hash ^ b) * Prime;
            }

            hash = (hash ^ dns.PeerPort) * Prime;
        }

        hash = message.QuestionName.Hash(hash);
        hash = (hash ^ message.QuestionType) * Prime;
        hash = (hash ^ message.QuestionClass) * Prime;
        return new Key(dns.Socket, hash, message.Id, dns.Direction);
    }

    private readonly record struct Key(ulong Socket, ulong Question, ushort Id, TcpDirection Direction);

    private readonly record struct Pending(ulong TimeNs, int Slot);
}
