using Eunomia.Core.Containers;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Accounts;

/// <summary>Which processes have a container's files for a root.</summary>
public static class AccountResidents
{
    /// <summary>As many as are worth a try: one that is gone may have been the container's last.</summary>
    public const int Most = 3;

    /// <summary>
    /// The container's init and others that are in a mount namespace of their own: before that, what works there for the
    /// runtime still has the host's files.
    /// </summary>
    public static IReadOnlyList<ProcessKey> Find(Container container, ProcessTable processes, uint hostMountNamespace)
    {
        ArgumentNullException.ThrowIfNull(container);
        ArgumentNullException.ThrowIfNull(processes);
        List<ProcessKey> found = [];
        ref readonly ContainerLife life = ref container.Life;
        if (life.Init.Pid == 0)
        {
            return found;
        }

        if (!life.Exited)
        {
            found.Add(life.Init);
        }

        for (Process? process = processes.FirstLiving; process is not null && found.Count < Most; process = process.Next)
        {
            bool isInside = process.MountNamespace != 0 && process.MountNamespace != hostMountNamespace;
            if (isInside && ReferenceEquals(process.Container, container) && process.Key != life.Init)
            {
                found.Add(process.Key);
            }
        }

        return found;
    }
}
