using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>One event of each security kind with every member that it can have, and one that failed.</summary>
internal static class SecuritySamples
{
    private const Truncation EveryString = Truncation.Raw | Truncation.Base | Truncation.Source | Truncation.Name | Truncation.Data;

    private static readonly (EventKind Kind, SecuritySpec Spec)[] All =
    [
        (EventKind.SecurityPtrace, new() { Call = SecurityCall.Ptrace, Args = [4, 400, 1, 2], TargetVpid = 1 }),
        (EventKind.SecurityPtrace, new() { Call = SecurityCall.Ptrace, Args = [4, 400, 1, 2], TargetVpid = 99 }),
        (EventKind.SecurityNamespace, new() { Call = SecurityCall.Setns, Args = [3], Flags = 0x40000000, Value = 9, Name = "net" }),
        (EventKind.SecurityNamespace, new() { Call = SecurityCall.Clone, Flags = 0x40000011, TargetVpid = 1, Result = 1 }),
        (EventKind.SecurityMount, new()
        {
            Call = SecurityCall.Mount,
            Flags = 0x1000,
            Raw = "mnt",
            Base = "/srv",
            Source = "/dev/sda1",
            Name = "ext4",
            Data = "ro",
            Truncated = EveryString,
        }),
        (EventKind.SecurityMount, new() { Call = SecurityCall.Fsconfig, Args = [3, 1], Name = "size", Data = "1m", Path = "/" }),
        (EventKind.SecurityMount, new()
        {
            Call = SecurityCall.MountSetattr,
            Args = [0, 0, 0, 2],
            Flags = 0x8000,
            Value = 0x11,
            Detail = 1 << 18,
            Raw = "/mnt",
        }),
        (EventKind.SecurityModule, new() { Call = SecurityCall.FinitModule, Args = [3], Flags = 1, Path = "/m.ko", Data = "a=1" }),
        (EventKind.SecurityModule, new() { Call = SecurityCall.DeleteModule, Flags = 0x800, Name = "m" }),
        (EventKind.SecurityBpf, new() { Call = SecurityCall.Bpf, Args = [5], Detail = 2, Name = "prog" }),
        (EventKind.SecurityBpf, new() { Call = SecurityCall.Bpf, Args = [7], Raw = "/sys/fs/bpf/x" }),
        (EventKind.SecurityCredentials, new()
        {
            Call = SecurityCall.Setresuid,
            Args = [1, 2, 3],
            Traits = SecurityTraits.Before | SecurityTraits.Compat,
        }),
        (EventKind.SecurityCredentials, new() { Call = SecurityCall.Setresgid, Args = [1, 2, 3] }),
        (EventKind.SecurityCredentials, new() { Call = SecurityCall.Setfsuid, Args = [1] }),
        (EventKind.SecurityCredentials, new() { Call = SecurityCall.Setfsgid, Args = [1] }),
        (EventKind.SecurityCredentials, new() { Call = SecurityCall.Setgroups, Args = [1] }),
        (EventKind.SecurityCredentials, new() { Call = SecurityCall.Capset, Args = [0, 0, 0, 1, 2, 3] }),
        (EventKind.SecurityCapability, new() { Detail = 21, Value = 9, Count = 5 }),
        (EventKind.SecurityMemfd, new() { Call = SecurityCall.MemfdCreate, Flags = 1, Name = "m" }),
        (EventKind.SecurityUserfaultfd, new() { Call = SecurityCall.Userfaultfd, Flags = 1 }),
        (EventKind.SecurityKey, new() { Call = SecurityCall.AddKey, Name = "user", Data = "x" }),
        (EventKind.SecurityKey, new() { Call = SecurityCall.Keyctl, Args = [11, 0xfffffffe] }),
        (EventKind.SecurityIoUring, new() { Call = SecurityCall.IoUringSetup, Args = [8], Flags = 2 }),
        (EventKind.SecurityIoUring, new() { Call = SecurityCall.IoUringRegister, Args = [3, 2] }),
        (EventKind.SecurityIoUringOp, new() { Detail = 37, Count = 2 }),
        (EventKind.SecurityProcessVm, new() { Call = SecurityCall.PidfdGetfd, Args = [3, 1], TargetPid = 500, Path = "/x" }),
        (EventKind.SecurityProcessVm, new() { Call = SecurityCall.ProcessMadvise, Args = [3, 0, 0, 20], TargetPid = 500 }),
        (EventKind.SecurityPrctl, new() { Call = SecurityCall.Prctl, Args = [24, 21] }),
        (EventKind.SecurityPrctl, new() { Call = SecurityCall.Prctl, Args = [0x59616d61, 1], TargetVpid = 1 }),
        (EventKind.SecurityPrctl, new() { Call = SecurityCall.Seccomp, Args = [1], Flags = 1 }),
        (EventKind.SecurityRedirect, new() { Call = SecurityCall.Dup3, Args = [3], Flags = 0x80000, Socket = new() { Netns = 7 } }),
        (EventKind.SecurityRedirect, new() { Call = SecurityCall.Fcntl, Args = [3, 0], Raw = "/run/x", Socket = new() { Family = 1 } }),
        (EventKind.SecurityOom, new() { Detail = unchecked((uint)-5) }),
        (EventKind.SecurityChroot, new() { Call = SecurityCall.Chroot, Raw = "../x", Base = "/srv" }),
        (EventKind.SecuritySocket, new() { Call = SecurityCall.Socket, Args = [17, 0x80003, 0x300] }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.Swapon, Raw = "swap", Base = "/srv", Flags = 0x8005 }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.Reboot, Args = [0, 0, 0x1234567] }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.Quotactl, Args = [0x80000200], Source = "/dev/sda1" }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.Sethostname, Name = "box" }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.Ioperm, Args = [0x70, 2, 1] }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.PerfEventOpen, Detail = 1, Flags = 8, TargetPid = 500 }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.PerfEventOpen, Detail = 1, TargetVpid = 99 }),
        (EventKind.SecuritySystem, new() { Call = SecurityCall.KexecFileLoad, Args = [3], Path = "/vmlinuz", Data = "quiet" }),
    ];

    internal static void Add(RecordBuilder records, ProcessSpec process)
    {
        foreach ((EventKind kind, SecuritySpec spec) in All)
        {
            SecurityTraits compat = spec.Call == SecurityCall.None ? spec.Traits : spec.Traits | SecurityTraits.Compat;
            records.Security(kind, process, spec).Security(kind, process, spec with { Result = -1, Traits = compat });
        }
    }
}
