using System.Globalization;
using Eunomia.Cli.Native;
using Eunomia.Controller.Api;

namespace Eunomia.Cli.Launch;

/// <summary>
/// The folders of the API's socket, of alerts and of spools, for a daemon that root starts by hand: only root can make them,
/// and only the user whom the launcher will choose has to own them.
/// </summary>
internal static class ServiceFolder
{
    private const uint UnusedUid = 0x7ea00003; // EU_UID_CONTROLLER of the launcher
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    /// <summary>Makes it, or hands it over. What cannot be done shows when the daemon wants to use it.</summary>
    public static void Prepare(IMachine machine, string folder, bool isHandedOver)
    {
        if (!isHandedOver && Path.Exists(folder))
        {
            return; // what is kept in there is its owner's
        }
        (uint uid, uint gid) = ChooseUser(machine);
        try
        {
            DirectoryInfo made = Directory.CreateDirectory(folder);
            if (made.LinkTarget is null && Libc.ChangeOwner(folder, uid, UserNames.FindGroup(ApiAccess.ReadersName) ?? gid) == 0)
            {
                made.UnixFileMode = Mode;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    // As eu_controller_choose_user does (collector-native/src/process/controller.c).
    private static (uint Uid, uint Gid) ChooseUser(IMachine machine)
    {
        bool bySudo = IsId(machine.GetVariable("SUDO_UID"), out uint uid) && uid != 0;
        if ((bySudo ? UserNames.FindUser(uid) : UserNames.FindUser(ApiAccess.ReadersName)) is { Uid: not 0 } user)
        {
            return user;
        }
        return !bySudo ? (UnusedUid, UnusedUid)
            : (uid, IsId(machine.GetVariable("SUDO_GID"), out uint gid) && gid != 0 ? gid : uid);
    }

    private static bool IsId(string? text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
