using System.Text;
using Eunomia.Core.Dns;
using Eunomia.Core.Output;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Dns;

public sealed class DnsMessageTests
{
    /// <summary>A for example.org, from a resolver, with EDNS: one question, one answer, one OPT record.</summary>
    private const string RealAnswer =
        "db42 8180 0001 0001 0000 0001 076578616d706c65036f726700 0001 0001 c00c 0001 0001 00000e10 0004 5db8d822 00 0029 04d0 00000000 0000";

    /// <summary>NXDOMAIN with the zone's SOA as authority.</summary>
    private const string RealFailure =
        "0007 8183 0001 0000 0001 0000 046e6f7065076578616d706c65036f726700 0001 0001 c011 0006 0001 00000384 0016 026e73c011 c02e 00000001 00000002 00000003";

    /// <summary>www.example.org is an alias of example.org: a compressed name in a record's data.</summary>
    private const string RealAlias =
        "1234 8180 0001 0002 0000 0000 03777777076578616d706c65036f726700 0001 0001 c00c 0005 0001 0000012c 0002 c010 c010 0001 0001 0000012c 0004 c0000201";

    [Fact]
    public void Answer_FromAResolver_IsRead()
    {
        var message = new DnsMessage(Bytes(RealAnswer), isCut: false);

        Assert.Equal((DnsFault.None, (ushort)0xdb42, 0, (ushort)1), (message.Fault, message.Id, message.ResponseCode, message.QuestionType));
        Assert.Equal("example.org", Name(message.QuestionName));
        Assert.Equal(["example.org 1 3600 93.184.216.34"], Answers(message));
    }

    [Fact]
    public void Answer_WithAnAlias_LeadsThroughCompressedNames() => Assert.Equal(
        ["www.example.org 5 300 example.org", "example.org 1 300 192.0.2.1"], Answers(new DnsMessage(Bytes(RealAlias), isCut: false)));

    [Fact]
    public void Failure_CutInItsAuthority_IsMalformedUnlessMoreFollows()
    {
        Assert.Equal(DnsFault.Authority, new DnsMessage(Bytes(RealFailure), isCut: false).Fault);
        var cut = new DnsMessage(Bytes(RealFailure), isCut: true);
        Assert.Equal((DnsFault.None, 3), (cut.Fault, cut.ResponseCode));
    }

    [Fact]
    public void ResponseCode_WithEdns_HasItsHighBits()
    {
        byte[] bytes = Bytes(RealAnswer);
        bytes[^6] = 1;

        Assert.Equal(16, new DnsMessage(bytes, isCut: false).ResponseCode);
    }

    [Theory]
    [InlineData("nothing", "", DnsFault.Header)]
    [InlineData("less than a header", "0001 0100 0001 0000 0000 00", DnsFault.Header)]
    [InlineData("no question where one is announced", "0001 0100 0001 0000 0000 0000", DnsFault.Question)]
    [InlineData("a label beyond the end", "0001 0100 0001 0000 0000 0000 0561", DnsFault.Question)]
    [InlineData("no type", "0001 0100 0001 0000 0000 0000 016100 00", DnsFault.Question)]
    [InlineData("a name that leads to itself", "0001 0100 0001 0000 0000 0000 c00c 0001 0001", DnsFault.Question)]
    [InlineData("a name that leads forward", "0001 0100 0001 0000 0000 0000 c00e 00 0001 0001", DnsFault.Question)]
    [InlineData("a name that leads into the header", "0001 0100 0001 0000 0000 0000 c000 0001 0001", DnsFault.Question)]
    [InlineData("a label type of the future", "0001 0100 0001 0000 0000 0000 4161 00 0001 0001", DnsFault.Question)]
    [InlineData("two names that lead to each other", "0001 8100 0000 0001 0000 0000 0161c00e 0001 0001 00000000 0000", DnsFault.Answer)]
    [InlineData("data beyond the end", "0001 8100 0000 0001 0000 0000 00 0001 0001 00000000 0004 7f0000", DnsFault.Answer)]
    [InlineData("an additional record is missing", "0001 8100 0000 0000 0000 0001", DnsFault.Additional)]
    [InlineData("bytes behind the last record", "0001 0100 0000 0000 0000 0000 00", DnsFault.Trailing)]
    [InlineData("nothing asked, nothing said", "0001 0100 0000 0000 0000 0000", DnsFault.None)]
    public void Fault_OfABadMessage_NamesItsPart(string name, string hex, DnsFault expected)
    {
        Assert.NotEmpty(name);
        Assert.Equal(expected, new DnsMessage(Bytes(hex), isCut: false).Fault);
    }

    [Fact]
    public void Fault_WhereverAMessageIsCut_IsNoneIfMoreFollows()
    {
        byte[] whole = Bytes(RealAlias);
        for (int length = 0; length <= whole.Length; length++)
        {
            Assert.Equal(DnsFault.None, new DnsMessage(whole.AsSpan(0, length), isCut: true).Fault);
            Assert.Equal(length == whole.Length, new DnsMessage(whole.AsSpan(0, length), isCut: false).Fault == DnsFault.None);
        }
    }

    [Theory]
    [InlineData(254, DnsFault.Question)]
    [InlineData(253, DnsFault.None)]
    public void Name_LongerThan255Bytes_IsNone(int characters, DnsFault expected)
    {
        string name = string.Join('.', Enumerable.Repeat(new string('a', 49), 5))[..249];
        name += characters == 254 ? ".bbbb" : ".bbb";

        Assert.Equal(expected, new DnsMessage(DnsMessages.Query(name), isCut: false).Fault);
    }

    [Theory]
    [InlineData("the root", "00", ".")]
    [InlineData("a dot in a label", "03612e6200", @"a\.b")]
    [InlineData("a backslash", "03615c6200", @"a\\b")]
    [InlineData("a blank, a control character, a byte", "03200aff00", @"\032\010\255")]
    [InlineData("case", "0341624300", "AbC")]
    public void Name_WithOddBytes_IsEscaped(string name, string hex, string expected)
    {
        Assert.NotEmpty(name);
        var message = new DnsMessage(Bytes($"0001 0100 0001 0000 0000 0000 {hex} 0001 0001"), isCut: false);
        Assert.Equal(expected, Name(message.QuestionName));
    }

    [Theory]
    [InlineData("A", 1, "c0000201", "192.0.2.1")]
    [InlineData("A of a wrong length", 1, "c00002", @"\# 3 c00002")]
    [InlineData("AAAA", 28, "20010db8000000000000000000000001", "2001:db8::1")]
    [InlineData("NS", 2, "026e7300", "ns")]
    [InlineData("PTR with something behind", 12, "026e730001", @"\# 5 026e730001")]
    [InlineData("MX", 15, "000a 046d61696c c00c", "10 mail.q")]
    [InlineData("MX without a name", 15, "000a", @"\# 2 000a")]
    [InlineData("TXT", 16, "0361225c 00 0461206200", "\"a\\\"\\\\\" \"\" \"a b\\000\"")]
    [InlineData("TXT whose text is not there", 16, "0561", @"\# 2 0561")]
    [InlineData("SRV", 33, "0001 0002 01bb 0173 00", "1 2 443 s")]
    [InlineData("SOA", 6, "016e00 017200 00000001 00000002 00000003 00000004 ffffffff", "n r 1 2 3 4 4294967295")]
    [InlineData("SOA that is short", 6, "016e00 017200 00000001", @"\# 10 016e0001720000000001")]
    [InlineData("HTTPS", 65, "0001 00 0001 0006 026832026833 0003 0002 01bb 0004 0004 c0000201 0006 0010 20010db8000000000000000000000001 0005 0002 abcd 0002 0000", "1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1 key5=abcd no-default-alpn")]
    [InlineData("SVCB alias", 64, "0000 0161 00", "0 a")]
    [InlineData("SVCB whose value is short", 64, "0001 00 0001 0009 02", @"\# 8 0001000001000902")]
    [InlineData("a type nobody knows", 65280, "", @"\# 0")]
    public void Data_OfEachType_IsText(string name, int type, string hex, string expected)
    {
        Assert.NotEmpty(name);
        byte[] bytes = DnsMessages.Answer("q", (ushort)type, 1, 0, ((ushort)type, 60, Bytes(hex)));
        Assert.Equal([$"q {type} 60 {expected}"], Answers(new DnsMessage(bytes, isCut: false)));
    }

    [Fact]
    public void Hash_OfANameInAnotherCase_IsTheSame()
    {
        ulong lower = new DnsMessage(DnsMessages.Query("www.example.org"), false).QuestionName.Hash(1);

        Assert.Equal(lower, new DnsMessage(DnsMessages.Query("WWW.Example.ORG"), false).QuestionName.Hash(1));
        Assert.NotEqual(lower, new DnsMessage(DnsMessages.Query("wwwe.xample.org"), false).QuestionName.Hash(1));
        Assert.NotEqual(lower, new DnsMessage(DnsMessages.Query("www.example.org"), false).QuestionName.Hash(2));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Name(DnsName name)
    {
        var buffer = new Utf8Buffer();
        buffer.AppendName(name);
        return Encoding.UTF8.GetString(buffer.Written);
    }

    private static List<string> Answers(DnsMessage message)
    {
        List<string> answers = [];
        foreach (DnsResource answer in message.Answers)
        {
            var buffer = new Utf8Buffer();
            buffer.AppendData(message, answer);
            answers.Add($"{Name(message.NameAt(answer.NameAt))} {answer.Type} {answer.Ttl} {Encoding.UTF8.GetString(buffer.Written)}");
        }

        return answers;
    }
}
