namespace Eunomia.Controller.Api;

/// <summary>Who may do what (decisions 7): group eunomia reads; what changes something is for root and group eunomia-admin.</summary>
/// <param name="OwnUid">The user that the daemon runs as, who may do everything.</param>
/// <param name="Readers">Group eunomia; null where there is none.</param>
/// <param name="Administrators">Group eunomia-admin; null where there is none.</param>
public sealed record ApiAccess(uint OwnUid, uint? Readers, uint? Administrators)
{
    /// <summary>The group whose members may read.</summary>
    public const string ReadersName = "eunomia";

    /// <summary>The group whose members may change things.</summary>
    public const string AdministratorsName = "eunomia-admin";

    /// <summary>Whether somebody may see events, alerts, containers and rules.</summary>
    public bool MayRead(PeerCredentials peer) => MayAdminister(peer) || IsIn(peer, Readers);

    /// <summary>Whether somebody may change things.</summary>
    public bool MayAdminister(PeerCredentials peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return peer.Uid == 0 || peer.Uid == OwnUid || IsIn(peer, Administrators);
    }

    private static bool IsIn(PeerCredentials peer, uint? group) => group is { } gid && peer.Groups.Contains(gid);
}
