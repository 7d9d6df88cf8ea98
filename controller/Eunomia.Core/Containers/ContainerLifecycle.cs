using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Containers;

/// <summary>
/// When a container starts and ends. It starts with the first program that runs in a mount namespace of its own and is
/// not the runtime's (runc's own work happens inside the container's cgroup, but in the host's mount namespace); that
/// process is its init, whatever its pid inside.
/// </summary>
internal sealed class ContainerLifecycle(uint hostMountNamespace)
{
    /// <summary>A program runs in a container. True when that starts it.</summary>
    internal bool OnExec(Container container, in ExecRecord exec)
    {
        ref readonly RecordHeader header = ref exec.Header;
        if (header.Mntns == 0 || header.Mntns == hostMountNamespace || IsRuntimeInit(exec))
        {
            return false;
        }

        ref ContainerLife life = ref container.Life;
        var key = new ProcessKey(header.Tgid, header.StartNs);
        bool isPidOne = exec.Fields.Vpid == 1;
        if ((header.Flags & RecordTraits.Snapshot) != 0 || !life.Created)
        {
            GuessInit(ref life, key, isPidOne);
            return false;
        }

        if (life.Started)
        {
            return false;
        }

        (life.Started, life.Init, life.InitIsPidOne) = (true, key, isPidOne);
        return true;
    }

    /// <summary>A process ended. True when the container ended with it.</summary>
    internal static bool OnExit(Container container, in RecordHeader header)
    {
        ref ContainerLife life = ref container.Life;
        if (life.Exited || life.Init != new ProcessKey(header.Tgid, header.StartNs))
        {
            return false;
        }

        life.Exited = true;
        return true;
    }

    /// <summary>The last cgroup went. True when nothing told of the container's end before.</summary>
    internal static bool OnRemoved(Container container)
    {
        ref ContainerLife life = ref container.Life;
        bool isContainer = container.PathRuntime != CgroupPath.UnknownRuntime || life.Started || life.WasRunning;
        if (life.Exited || !isContainer)
        {
            return false;
        }

        life.Exited = true;
        return true;
    }

    /// <summary>The container ran before we looked: its init is pid 1 inside, else the process that started first.</summary>
    private static void GuessInit(ref ContainerLife life, ProcessKey key, bool isPidOne)
    {
        bool isBetter = life.Init.Pid == 0
            || (isPidOne && !life.InitIsPidOne)
            || (isPidOne == life.InitIsPidOne && key.StartNs < life.Init.StartNs);
        if (life.Started || !isBetter)
        {
            return;
        }

        (life.WasRunning, life.Init, life.InitIsPidOne) = (true, key, isPidOne);
    }

    /// <summary>
    /// The runtime's own program: "runc init", under rootless engines, where no namespace is the host's; crun, which forks
    /// into the container without running a program, while it waits to be started.
    /// </summary>
    private static bool IsRuntimeInit(in ExecRecord exec)
    {
        var args = new NulList(exec.Args);
        if (!args.MoveNext())
        {
            return false;
        }

        ReadOnlySpan<byte> name = args.Current[(args.Current.LastIndexOf((byte)'/') + 1)..];
        if (name.SequenceEqual("crun"u8))
        {
            return true;
        }

        return (name.SequenceEqual("runc"u8) || name.SequenceEqual("docker-runc"u8))
            && args.MoveNext()
            && args.Current.SequenceEqual("init"u8);
    }
}
