using Eunomia.Core;
using Eunomia.Core.Syscalls;

namespace Eunomia.TestKit;

/// <summary>The host of the tests: namespaces, and a process each on the host and in a container to start from.</summary>
public static class TestHost
{
    public const uint PidNamespace = 4026531836;
    public const uint MountNamespace = 4026531841;

    /// <summary>Key of the root cgroup.</summary>
    public const ulong RootCgroup = 1;

    public static HostIdentity Identity { get; } = new("box", PidNamespace, MountNamespace);

    /// <summary>Id of 64 hex digits that starts with these.</summary>
    public static string Id(string start) => start + new string('0', 64 - start.Length);
}

/// <summary>A process as records describe it.</summary>
public sealed record ProcessSpec(uint Pid, ulong StartNs)
{
    public uint Tid { get; init; } = Pid;

    public uint Ppid { get; init; } = 1;

    public ulong ParentStartNs { get; init; }

    /// <summary>The thread that forked it; 0 = the parent itself.</summary>
    public uint ParentTid { get; init; }

    public ulong CgroupKey { get; init; } = TestHost.RootCgroup;

    public uint Pidns { get; init; } = TestHost.PidNamespace;

    public uint Mntns { get; init; } = TestHost.MountNamespace;

    public uint Vpid { get; init; } = Pid;

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    public string Comm { get; init; } = "sh";

    /// <summary>The call that it is in.</summary>
    public SyscallId? Syscall { get; init; }

    /// <summary>Of socketcall and ipc: which one.</summary>
    public byte SyscallPart { get; init; }

    /// <summary>The same process in a call of x86-64.</summary>
    public ProcessSpec Calling(string syscall) =>
        this with { Syscall = new SyscallId(SyscallAbi.Native, SyscallNames.Number(SyscallAbi.Native, syscall) ?? SyscallNames.Unknown) };

    /// <summary>A child of this process, in the same cgroup and namespaces.</summary>
    public ProcessSpec Child(uint pid, ulong startNs) => this with
    {
        Pid = pid,
        Tid = pid,
        Vpid = pid,
        StartNs = startNs,
        Ppid = Pid,
        ParentStartNs = StartNs,
    };

    /// <summary>This process in a container: a cgroup and namespaces of its own.</summary>
    public ProcessSpec In(ulong cgroupKey, uint pidns = 501, uint mntns = 502) =>
        this with { CgroupKey = cgroupKey, Pidns = pidns, Mntns = mntns };
}
