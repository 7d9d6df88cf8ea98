using System.Buffers.Binary;
using System.Net;
using System.Text;
using Eunomia.Core.Dns;

namespace Eunomia.Core.Tests.Dns;

public sealed class AddressNamesTests
{
    private readonly AddressNames _names = new();

    [Fact]
    public void Find_LearntAddress_GivesItsNewestName()
    {
        Learn("10.0.0.1", "first");
        Learn("10.0.0.2", "other");
        Learn("10.0.0.1", "second");

        Assert.Equal(("second", "other", "", 2), (Find("10.0.0.1"), Find("10.0.0.2"), Find("10.0.0.3"), _names.Count));
    }

    [Fact]
    public void Find_AddressOfAnotherFamily_IsAnotherOne()
    {
        Learn("::a00:1", "six");

        Assert.Equal(("", "six"), (Find("10.0.0.1"), Find("::a00:1")));
    }

    [Fact]
    public void Find_AfterItsTime_GivesNone()
    {
        Learn("10.0.0.1", "name", untilNs: 100);

        Assert.Equal(("name", ""), (Find("10.0.0.1", 100), Find("10.0.0.1", 101)));
    }

    [Fact]
    public void Learn_MoreThanFits_ForgetsWhatWasNotUsedForLongest()
    {
        for (uint i = 0; i < AddressNames.Capacity; i++)
        {
            Learn(Numbered(i), "name");
        }

        Assert.Equal("name", Find(Numbered(0)));
        Learn("10.0.0.1", "new");
        Learn("10.0.0.2", "new");

        Assert.Equal(AddressNames.Capacity, _names.Count);
        Assert.Equal(("name", "", "", "name", "new"), (Find(Numbered(0)), Find(Numbered(1)), Find(Numbered(2)), Find(Numbered(3)), Find("10.0.0.1")));
    }

    private void Learn(string address, string name, ulong untilNs = 1_000) => _names.Learn(IPAddress.Parse(address).GetAddressBytes(), Encoding.UTF8.GetBytes(name), untilNs);

    private string Find(string address, ulong nowNs = 1) => Encoding.UTF8.GetString(_names.Find(IPAddress.Parse(address).GetAddressBytes(), nowNs).Span);

    private static string Numbered(uint i)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, 0xc0000000 + i);
        return new IPAddress(bytes).ToString();
    }
}
