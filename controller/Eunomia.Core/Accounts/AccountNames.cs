using Eunomia.Core.Containers;

namespace Eunomia.Core.Accounts;

/// <summary>
/// The names that are known, and what is asked for: a number once per container, and again a minute later at the earliest
/// while it has no name. A name that is known stays. Bounded: what finds no room has no name. Not for several threads.
/// </summary>
/// <param name="time">The clock, or null for the machine's.</param>
public sealed class AccountNames(TimeProvider? time = null) : IAccountNames
{
    /// <summary>Numbers of users, and of groups, that a container may have here.</summary>
    public const int MostPerContainer = 256;

    /// <summary>Numbers of users, and of groups, that the host may have here.</summary>
    public const int MostOfHost = 4_096;

    /// <summary>Numbers of all containers together.</summary>
    public const int Most = 65_536;

    /// <summary>How long a number without a name is not asked for again.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly AccountTable _host = new();
    private int _count;

    /// <summary>
    /// Somebody wants a user's name (true) or a group's (false) that is not known. Answer with <see cref="Add"/>. Without a
    /// subscriber nothing is remembered of such wishes.
    /// </summary>
    public event Action<Container?, bool, uint>? Missing;

    /// <inheritdoc/>
    public bool TryGetUser(Container? container, uint uid, out AccountUser user)
    {
        AccountTable? table = TableOf(container);
        bool isKnown = table is not null && table.Users.TryGetValue(uid, out AccountTable.Entry<AccountUser> entry)
            ? Use(entry, out user, out bool isDue)
            : Use(default, out user, out isDue);
        if (isDue && Missing is not null && Mark((table ?? Create(container)).Users, container, uid))
        {
            Missing(container, true, uid);
        }

        return isKnown;
    }

    /// <inheritdoc/>
    public bool TryGetGroup(Container? container, uint gid, out AccountGroup group)
    {
        AccountTable? table = TableOf(container);
        bool isKnown = table is not null && table.Groups.TryGetValue(gid, out AccountTable.Entry<AccountGroup> entry)
            ? Use(entry, out group, out bool isDue)
            : Use(default, out group, out isDue);
        if (isDue && Missing is not null && Mark((table ?? Create(container)).Groups, container, gid))
        {
            Missing(container, false, gid);
        }

        return isKnown;
    }

    /// <summary>Makes sure that names are asked for before somebody wants them.</summary>
    public void Expect(Container? container, uint uid, uint gid)
    {
        if (Missing is not null)
        {
            TryGetUser(container, uid, out _);
            TryGetGroup(container, gid, out _);
        }
    }

    /// <summary>Names became known.</summary>
    public void Add(Container? container, AccountList accounts)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        AccountTable table = TableOf(container) ?? Create(container);
        foreach ((uint uid, AccountUser user) in accounts.Users)
        {
            if (TryReserve(table.Users, container, uid))
            {
                table.Users[uid] = new AccountTable.Entry<AccountUser>(user, true, 0);
            }
        }

        foreach ((uint gid, AccountGroup group) in accounts.Groups)
        {
            if (TryReserve(table.Groups, container, gid))
            {
                table.Groups[gid] = new AccountTable.Entry<AccountGroup>(group, true, 0);
            }
        }
    }

    /// <summary>What is known of a container, or (null) of the host.</summary>
    public AccountList List(Container? container) => TableOf(container) is { } table
        ? new AccountList(Known(table.Users), Known(table.Groups))
        : AccountList.Empty;

    /// <summary>A container is gone.</summary>
    internal void Forget(Container container)
    {
        _count -= container.Accounts?.Count ?? 0;
        container.Accounts = null;
    }

    private static List<KeyValuePair<uint, T>> Known<T>(Dictionary<uint, AccountTable.Entry<T>> entries) =>
        [.. entries.Where(entry => entry.Value.IsKnown).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Account))];

    private AccountTable? TableOf(Container? container) => container is null ? _host : container.Accounts;

    private bool Use<T>(in AccountTable.Entry<T> entry, out T account, out bool isDue)
    {
        account = entry.Account;
        isDue = !entry.IsKnown && (entry.AskedAt == 0 || _time.GetElapsedTime(entry.AskedAt) >= Pause);
        return entry.IsKnown;
    }

    private bool Mark<T>(Dictionary<uint, AccountTable.Entry<T>> entries, Container? container, uint number)
    {
        if (!TryReserve(entries, container, number))
        {
            return false;
        }

        entries[number] = new AccountTable.Entry<T>(default!, false, Math.Max(1, _time.GetTimestamp()));
        return true;
    }

    private bool TryReserve<T>(Dictionary<uint, AccountTable.Entry<T>> entries, Container? container, uint number)
    {
        if (entries.ContainsKey(number))
        {
            return true;
        }

        if (container is null)
        {
            return entries.Count < MostOfHost;
        }

        bool hasRoom = entries.Count < MostPerContainer && _count < Most && container.References > 0;
        _count += hasRoom ? 1 : 0;
        return hasRoom;
    }

    private static AccountTable Create(Container? container) => container!.Accounts ??= new AccountTable();
}
