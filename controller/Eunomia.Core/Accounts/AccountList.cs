namespace Eunomia.Core.Accounts;

/// <summary>Users and groups that became known.</summary>
/// <param name="Users">By number, in the initial user namespace.</param>
/// <param name="Groups">By number.</param>
public sealed record AccountList(
    IReadOnlyList<KeyValuePair<uint, AccountUser>> Users, IReadOnlyList<KeyValuePair<uint, AccountGroup>> Groups)
{
    /// <summary>Nobody.</summary>
    public static AccountList Empty { get; } = new([], []);
}
