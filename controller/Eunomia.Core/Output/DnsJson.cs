using Eunomia.Core.Dns;
using Eunomia.Core.Events;

namespace Eunomia.Core.Output;

/// <summary>The two JSON objects of a DNS message: how it went, and what it says.</summary>
internal sealed class DnsJson
{
    private static readonly (int Bit, string Name)[] Flags =
    [
        (0x8000, "QR"), (0x400, "AA"), (0x200, "TC"), (0x100, "RD"), (0x80, "RA"), (0x20, "AD"), (0x10, "CD"),
    ];

    private readonly Utf8Buffer _text = new();

    internal void Write(Utf8Buffer buffer, in EventView e)
    {
        DnsRecord record = e.Record.AsDns();
        ref readonly DnsLayout dns = ref record.Fields;
        buffer.Key("network"u8).Append((byte)'{');
        buffer.WordMember("syscall"u8, e.Record.Syscall?.Name);
        NetworkJson.WriteKind(buffer, Transport(dns.Transport), record.LocalAddress, dns.Direction);
        NetworkJson.WriteLocal(buffer, record.LocalAddress, dns.LocalPort);
        NetworkJson.WriteEnd(buffer, "peer"u8, record.PeerAddress, dns.PeerPort);
        buffer.MemberUnlessZero("netns"u8, dns.Netns);
        buffer.Append((byte)'}');
        buffer.Key("dns"u8).Append((byte)'{');
        WriteMessage(buffer, e, record);
        buffer.Append((byte)'}');
    }

    internal static string? FaultName(DnsFault fault) => fault switch
    {
        DnsFault.Header => "header",
        DnsFault.Question => "question",
        DnsFault.Answer => "answer",
        DnsFault.Authority => "authority",
        DnsFault.Additional => "additional",
        DnsFault.Trailing => "trailing",
        _ => null,
    };

    private static string? Transport(ushort protocol) => protocol switch
    {
        RecordAbi.ProtocolTcp => "tcp",
        RecordAbi.ProtocolUdp => "udp",
        _ => null,
    };

    private void WriteMessage(Utf8Buffer buffer, in EventView e, DnsRecord record)
    {
        var message = new DnsMessage(record.Message, record.IsCut);
        bool isAnswer = e.Kind == EventKind.DnsAnswer;
        if (message.HasHeader)
        {
            buffer.Member("id"u8, message.Id);
            WriteFlags(buffer, message.Flags);
            if (message.Opcode != 0)
            {
                _text.Clear();
                _text.AppendOpcode(message.Opcode);
                buffer.Member("opcode"u8, _text.Written);
            }

            WriteQuestion(buffer, message);
        }

        if (isAnswer && message.HasHeader)
        {
            _text.Clear();
            _text.AppendCode(message.ResponseCode);
            buffer.Member("response_code"u8, _text.Written);
            WriteAnswers(buffer, message);
        }

        if (isAnswer && e.LatencyNs != 0)
        {
            buffer.Member("latency_us"u8, e.LatencyNs / 1_000);
        }

        buffer.Member("size"u8, record.Fields.MessageLen);
        buffer.WordMember("malformed"u8, FaultName(message.Fault));
    }

    private static void WriteFlags(Utf8Buffer buffer, int flags)
    {
        int start = buffer.Length;
        buffer.Key("flags"u8).Append((byte)'[');
        int empty = buffer.Length;
        foreach ((int bit, string name) in Flags)
        {
            if ((flags & bit) != 0)
            {
                buffer.Separate();
                buffer.Word(name);
            }
        }

        if (buffer.Length == empty)
        {
            buffer.Truncate(start);
        }
        else
        {
            buffer.Append((byte)']');
        }
    }

    private void WriteQuestion(Utf8Buffer buffer, DnsMessage message)
    {
        if (message.QuestionAt == 0)
        {
            return;
        }

        buffer.Key("question"u8).Append((byte)'{');
        WriteNameAndType(buffer, message.QuestionName, message.QuestionType, message.QuestionClass);
        buffer.Append((byte)'}');
    }

    private void WriteNameAndType(Utf8Buffer buffer, DnsName name, ushort type, ushort number)
    {
        _text.Clear();
        _text.AppendName(name);
        buffer.Member("name"u8, _text.Written);
        _text.Clear();
        _text.AppendType(type);
        buffer.Member("type"u8, _text.Written);
        if (number != DnsNumbers.Internet)
        {
            _text.Clear();
            _text.AppendClass(number);
            buffer.Member("class"u8, _text.Written);
        }
    }

    private void WriteAnswers(Utf8Buffer buffer, DnsMessage message)
    {
        int start = buffer.Length;
        buffer.Key("answers"u8).Append((byte)'[');
        int empty = buffer.Length;
        foreach (DnsResource answer in message.Answers)
        {
            buffer.Separate();
            buffer.Append((byte)'{');
            WriteNameAndType(buffer, message.NameAt(answer.NameAt), answer.Type, answer.Class);
            buffer.Member("ttl"u8, answer.Ttl);
            _text.Clear();
            _text.AppendData(message, answer);
            buffer.Member("data"u8, _text.Written);
            buffer.Append((byte)'}');
        }

        if (buffer.Length == empty)
        {
            buffer.Truncate(start);
        }
        else
        {
            buffer.Append((byte)']');
        }
    }
}
