using System.Text;
using Eunomia.Core.Accounts;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Protocol;

/// <summary>Users and groups, as the collector says them and in Core's terms.</summary>
public static class AccountMapping
{
    /// <summary>The accounts that a message has.</summary>
    public static AccountList ToAccounts(this IEnumerable<UserAccount> users, IEnumerable<GroupAccount> groups) => new(
        [.. users.Select(user => KeyValuePair.Create(user.Uid, new AccountUser(Utf8(user.Name), Utf8(user.Home), Utf8(user.Shell))))],
        [.. groups.Select(group => KeyValuePair.Create(group.Gid, new AccountGroup(Utf8(group.Name))))]);

    /// <summary>A user as a message.</summary>
    public static UserAccount ToMessage(this KeyValuePair<uint, AccountUser> user) => new()
    {
        Uid = user.Key,
        Name = Text(user.Value.Name),
        Home = Text(user.Value.HomeDirectory),
        Shell = Text(user.Value.Shell),
    };

    /// <summary>A group as a message.</summary>
    public static GroupAccount ToMessage(this KeyValuePair<uint, AccountGroup> group) => new()
    {
        Gid = group.Key,
        Name = Text(group.Value.Name),
    };

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
