using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.Core.Output;

namespace Eunomia.Core.Dns;

/// <summary>What other records know of an event.</summary>
/// <param name="PeerName">What the peer's address was called by the container, or the host, that asked for it.</param>
/// <param name="LatencyNs">Of a DNS answer: since its query; 0 = not known.</param>
internal readonly record struct NetworkFacts(ReadOnlyMemory<byte> PeerName, ulong LatencyNs);

/// <summary>Puts DNS answers to their queries, and names to addresses.</summary>
internal sealed class DnsWatch
{
    private const ulong ShortestNs = 60_000_000_000;
    private const ulong NsPerSecond = 1_000_000_000;
    private readonly DnsQueries _queries = new();
    private readonly AddressNames _host = new();
    private readonly Dictionary<Container, AddressNames> _containers = [];
    private readonly Utf8Buffer _name = new();

    /// <summary>Applies a record of a DNS kind, or looks up the peer of a TCP or UDP one.</summary>
    internal NetworkFacts Observe(Record record, Container? container) => record.Shape switch
    {
        RecordShape.Dns => new NetworkFacts(default, OnMessage(record, container)),
        RecordShape.Tcp when record.Kind is EventKind.TcpConnect or EventKind.TcpClose =>
            new NetworkFacts(Find(container, record.AsTcp().PeerAddress, record.Header.TsNs), 0),
        RecordShape.Udp => new NetworkFacts(Find(container, record.AsUdp().PeerAddress, record.Header.TsNs), 0),
        _ => default,
    };

    /// <summary>The container is gone, and what it knew.</summary>
    internal void Forget(Container container) => _containers.Remove(container);

    private ulong OnMessage(Record record, Container? container)
    {
        DnsRecord dns = record.AsDns();
        var message = new DnsMessage(dns.Message, dns.IsCut);
        ulong now = record.Header.TsNs;
        if (!message.HasHeader || message.QuestionAt == 0)
        {
            return 0;
        }

        if (record.Kind == EventKind.DnsQuery)
        {
            _queries.OnQuery(dns, message, now);
            return 0;
        }

        if (dns.Fields.Direction == TcpDirection.Outbound && message.ResponseCode == 0)
        {
            Learn(message, container, now);
        }

        return _queries.OnAnswer(dns, message, now);
    }

    private void Learn(DnsMessage message, Container? container, ulong now)
    {
        _name.Clear();
        foreach (DnsResource answer in message.Answers)
        {
            if (!IsAddress(answer))
            {
                continue;
            }

            if (_name.Length == 0)
            {
                _name.AppendName(message.QuestionName);
            }

            ulong until = now + Math.Max(answer.Ttl * NsPerSecond, ShortestNs);
            NamesOf(container).Learn(message.Bytes.Slice(answer.DataAt, answer.DataLength), _name.Written, until);
        }
    }

    private static bool IsAddress(DnsResource answer) => answer.Class == DnsNumbers.Internet && answer switch
    {
        { Type: DnsNumbers.A, DataLength: 4 } => true,
        { Type: DnsNumbers.Aaaa, DataLength: 16 } => true,
        _ => false,
    };

    private AddressNames NamesOf(Container? container)
    {
        if (container is null)
        {
            return _host;
        }

        if (!_containers.TryGetValue(container, out AddressNames? names))
        {
            _containers[container] = names = new AddressNames();
        }

        return names;
    }

    private ReadOnlyMemory<byte> Find(Container? container, ReadOnlySpan<byte> address, ulong now)
    {
        AddressNames? names = _host;
        if (address.IsEmpty || (container is not null && !_containers.TryGetValue(container, out names)))
        {
            return default;
        }

        return names!.Find(address, now);
    }
}
