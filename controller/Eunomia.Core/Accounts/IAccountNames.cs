using Eunomia.Core.Containers;

namespace Eunomia.Core.Accounts;

/// <summary>
/// Names of users and groups as those have them who use them: a container has accounts of its own. Answers come from memory
/// at once, on the pipeline's thread, and cost no allocation; what is not known yet is asked for meanwhile.
/// </summary>
public interface IAccountNames
{
    /// <summary>Finds a user.</summary>
    /// <param name="container">Whose user; null = the host's.</param>
    /// <param name="uid">The number, in the initial user namespace, as records have it.</param>
    /// <param name="user">The user, if known.</param>
    bool TryGetUser(Container? container, uint uid, out AccountUser user);

    /// <summary>Finds a group.</summary>
    /// <param name="container">Whose group; null = the host's.</param>
    /// <param name="gid">The number, in the initial user namespace.</param>
    /// <param name="group">The group, if known.</param>
    bool TryGetGroup(Container? container, uint gid, out AccountGroup group);
}
