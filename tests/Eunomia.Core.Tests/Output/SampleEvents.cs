using Eunomia.Core.Containers;
using Eunomia.Core.Events;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Output;

/// <summary>One event of each kind with every member that it can have, and the same with none that can be left out.</summary>
internal static class SampleEvents
{
    private const ulong Key = 100;
    private static readonly string Web = TestHost.Id("3f5c");
    private static readonly ProcessSpec Parent = new(400, 500_000_000) { Ppid = 0, Comm = "shim" };

    private static readonly ProcessSpec Init =
        Parent.Child(500, 1_000_000_123).In(Key) with { Vpid = 1, Uid = 1000, Gid = 100, Tid = 501 };

    private static readonly ExecSpec Full = new()
    {
        Exe = "/bin/busybox",
        Filename = "/bin/sh",
        Cwd = "/srv",
        Args = ["sh", "-c", "exit 7"],
        Argc = 900,
        Env = ["LANG=C", "EMPTY="],
        Euid = 0,
        Egid = 5,
        Loginuid = 1000,
        AuditSession = 3,
        Sid = 500,
        Pgid = 500,
        Tty = 136 << 20,
        CapEffective = 0x1ffffffffff,
        CapPermitted = 0xa80425fb,
        ExeFlags = ExeTraits.Memfd | ExeTraits.UpperLayer | ExeTraits.Writable | ExeTraits.Unlinked,
        Truncated = Truncation.Args | Truncation.Env,
    };

    /// <summary>Every kind, with every member.</summary>
    public static IReadOnlyList<SeenEvent> All()
    {
        var fixture = new PipelineFixture(ancestors: true);
        fixture.Pipeline.Containers.ContainerSeen += container => fixture.Pipeline.Containers.SetMetadata(
            container.Id, new ContainerMetadata("docker", "web", "nginx:1.27", "web-0", "default"));
        fixture.Snapshot(r => r.Exec(new ProcessSpec(1, 1) { Ppid = 0 }));
        fixture.Snapshot(r => r.Exec(new ProcessSpec(900, 5) { Comm = "runc", CgroupKey = Key }, new ExecSpec { Exe = "/usr/bin/runc" }));
        fixture.Snapshot(r => r.Exec(Parent, new ExecSpec { Exe = "/usr/bin/shim", Loginuid = 1000 }));
        fixture.Apply(r => r
            .Mkdir(Key, $"/docker/{Web}").Fork(Init).Exec(Init, Full).Exit(Init, code: 7).Rmdir(Key, $"/docker/{Web}"));
        ProcessSpec second = Init.In(Key + 1) with { Pid = 600, StartNs = 2_000_000_000 };
        fixture.Apply(r => r
            .Mkdir(Key + 1, $"/docker/{TestHost.Id("99aa")}").Exec(second, Full).Exit(second, signal: 11, flags: ExitTraits.Core));
        return fixture.Sink.Events;
    }

    /// <summary>A host process of which nothing is known.</summary>
    public static IReadOnlyList<SeenEvent> Bare()
    {
        var fixture = new PipelineFixture();
        ProcessSpec process = new(42, 0) { Vpid = 0 };
        fixture.Apply(r => r.Fork(process).Exit(process));
        return fixture.Sink.Events;
    }
}
