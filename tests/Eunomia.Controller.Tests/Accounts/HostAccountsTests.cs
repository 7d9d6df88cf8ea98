using System.Text;
using Eunomia.Controller.Accounts;
using Eunomia.Core.Accounts;

namespace Eunomia.Controller.Tests.Accounts;

public sealed class HostAccountsTests
{
    [Fact]
    public void Parse_TakesTheFirstLineOfANumber()
    {
        AccountList list = Parse("root:x:0:0:r:/root:/bin/sh\ntoor:x:0:0::/:/x\nmüller:x:7:7", "wheel:x:0:a,b\n\n");

        Assert.Equal([(0u, "root", "/root", "/bin/sh"), (7u, "müller", "", "")], list.Users.Select(user =>
            (user.Key, Text(user.Value.Name), Text(user.Value.HomeDirectory), Text(user.Value.Shell))));
        Assert.Equal([(0u, "wheel")], list.Groups.Select(group => (group.Key, Text(group.Value.Name))));
    }

    [Theory]
    [InlineData(":x:0:0::/:/b")]
    [InlineData("a:x:-0:0::/")]
    [InlineData("a:x: 0:0")]
    [InlineData("a:x::0")]
    [InlineData("a:x")]
    [InlineData("a\u001b:x:0:0")]
    [InlineData("a:x:4294967295:0")]
    [InlineData("a:x:4294967296:0")]
    public void Parse_BadLine_IsPassedOver(string line) => Assert.Empty(Parse(line, "").Users);

    [Fact]
    public async Task Read_ThisHost_HasRoot()
    {
        AccountList list = await HostAccounts.ReadAsync(CancellationToken.None);

        Assert.Contains(list.Users, user => user.Key == 0 && Text(user.Value.Name) == "root");
        Assert.Contains(list.Groups, group => group.Key == 0);
    }

    private static AccountList Parse(string passwd, string group) =>
        HostAccounts.Parse(Encoding.UTF8.GetBytes(passwd), Encoding.UTF8.GetBytes(group));

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
