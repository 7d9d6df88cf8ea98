namespace Eunomia.Core.Accounts;

/// <summary>The users and groups of one container, or of the host.</summary>
internal sealed class AccountTable
{
    internal Dictionary<uint, Entry<AccountUser>> Users { get; } = [];

    internal Dictionary<uint, Entry<AccountGroup>> Groups { get; } = [];

    internal int Count => Users.Count + Groups.Count;

    /// <summary>A number somebody wanted a name for.</summary>
    /// <param name="Account">The account, if it is known.</param>
    /// <param name="IsKnown">Whether it is.</param>
    /// <param name="AskedAt">When it was asked for last.</param>
    internal readonly record struct Entry<T>(T Account, bool IsKnown, long AskedAt);
}
