using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Engine;
using Eunomia.TestKit;
using static Eunomia.Core.Tests.Rules.Build;
using static Eunomia.Core.Tests.Rules.RuleFixture;

namespace Eunomia.Core.Tests.Rules;

public sealed class SequenceTests
{
    private static readonly TimeSpan TenSeconds = TimeSpan.FromSeconds(10);
    private static readonly Condition Written = All(Eq("evt.kind", "file.open"), Eq("evt.is_open_write", "true"));
    private static readonly Condition MadeExecutable = Eq("evt.kind", "file.chmod");
    private static readonly Condition Run = Eq("evt.kind", "process.exec");

    [Theory]
    [InlineData(SequenceJoin.Process)]
    [InlineData(SequenceJoin.ProcessTree)]
    [InlineData(SequenceJoin.Container)]
    public void Steps_InOrderByOneProcess_FireWithTheLast(SequenceJoin by)
    {
        RuleFixture fixture = Make(by, "fs.path.name");
        fixture.Apply(r => Run3(r, Shell, Shell, Shell, "/tmp/x"));

        Assert.Equal("process.exec", Assert.Single(fixture.Alerts).Event);
        Assert.Equal(0, fixture.Engine.SequencesOpen);
    }

    [Fact]
    public void Steps_OutOfOrder_DoNotFire()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileChange(EventKind.FileChmod, Shell, new FileChangeSpec { Raw = "/tmp/x" })
            .FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 })
            .Exec(Shell, new ExecSpec { Exe = "/tmp/x" }));

        Assert.Empty(fixture.Alerts);
        Assert.Equal(1, fixture.Engine.SequencesOpen);
    }

    [Fact]
    public void Steps_TooLate_DoNotFire()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 }).FileChange(EventKind.FileChmod, Shell, new FileChangeSpec { Raw = "/tmp/x" })
            .After(TenSeconds).Exec(Shell, new ExecSpec { Exe = "/tmp/x" }));

        Assert.Empty(fixture.Alerts);
    }

    [Fact]
    public void Steps_BegunAgainInTime_Fire()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 }).After(TenSeconds));
        fixture.Apply(r => Run3(r, Shell, Shell, Shell, "/tmp/x"));

        Assert.Single(fixture.Alerts);
    }

    [Fact]
    public void Steps_OfOtherValues_DoNotFire()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 }).FileChange(EventKind.FileChmod, Shell, new FileChangeSpec { Raw = "/tmp/y" })
            .Exec(Shell, new ExecSpec { Exe = "/tmp/x" }));

        Assert.Empty(fixture.Alerts);
    }

    [Fact]
    public void Steps_ByDescendants_FireForTheTreeOnly()
    {
        ProcessSpec child = Shell.Child(200, 9_000_000);
        ProcessSpec grandchild = child.Child(201, 9_500_000);
        RuleFixture tree = Make(SequenceJoin.ProcessTree, "fs.path.name").Apply(r => r.Fork(child).Fork(grandchild));
        tree.Apply(r => Run3(r, Shell, grandchild, child, "/tmp/x"));
        RuleFixture process = Make(SequenceJoin.Process, "fs.path.name").Apply(r => r.Fork(child).Fork(grandchild));
        process.Apply(r => Run3(r, Shell, grandchild, child, "/tmp/x"));
        RuleFixture upward = Make(SequenceJoin.ProcessTree, "fs.path.name").Apply(r => r.Fork(child));
        upward.Apply(r => Run3(r, child, Shell, Shell, "/tmp/x"));

        Assert.Equal((1, 0, 0), (tree.Alerts.Count, process.Alerts.Count, upward.Alerts.Count));
    }

    [Fact]
    public void Steps_ByAPidThatCameAgain_DoNotFire()
    {
        ProcessSpec later = Shell with { StartNs = 99_000_000 };
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 }).Exit(Shell)
            .FileChange(EventKind.FileChmod, later, new FileChangeSpec { Raw = "/tmp/x" }).Exec(later, new ExecSpec { Exe = "/tmp/x" }));

        Assert.Empty(fixture.Alerts);
    }

    [Fact]
    public void Steps_BySeveralInOneContainer_FireForTheContainerOnly()
    {
        var host = new ProcessSpec(5, 50);
        RuleFixture fixture = Make(SequenceJoin.Container, "fs.path.name");
        fixture.Apply(r => Run3(r, Shell, Tool, Init, "/tmp/x"));
        fixture.Apply(r => Run3(r, Shell, host, Init, "/tmp/y"));

        Assert.Single(fixture.Alerts);
    }

    [Fact]
    public void Steps_OneEventThatFitsTwo_TakesOne()
    {
        RuleFixture fixture = new RuleFixture(Set(Sequence(TenSeconds, SequenceJoin.Process, [], Written, Written))).Start();
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/a", Flags = 1 }));
        Assert.Empty(fixture.Alerts);
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/b", Flags = 1 }));
        Assert.Single(fixture.Alerts);
    }

    [Fact]
    public void Begun_TooMany_TheOldestGoes()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r =>
        {
            for (int i = 0; i < SequenceTracker.MaxOpen + 3; i++)
            {
                r.FileOpen(Shell, new FileOpenSpec { Path = $"/tmp/{i}", Flags = 1 });
            }
        });
        Assert.Equal((SequenceTracker.MaxOpen, 3), (fixture.Engine.SequencesOpen, fixture.Engine.SequencesEvicted));
        fixture.Apply(r => Run2(r, "/tmp/2"));
        Assert.Empty(fixture.Alerts);
        fixture.Apply(r => Run2(r, "/tmp/3"));
        Assert.Single(fixture.Alerts);
    }

    [Fact]
    public void Reload_Begun_BeginsAnew()
    {
        RuleFixture fixture = Make(SequenceJoin.Process, "fs.path.name");
        fixture.Apply(r => r.FileOpen(Shell, new FileOpenSpec { Path = "/tmp/x", Flags = 1 }));
        fixture.Engine.Rules = RuleCompiler.Compile(Set(Sequence(TenSeconds, SequenceJoin.Process, ["fs.path.name"], Written, MadeExecutable, Run)));
        fixture.Apply(r => Run2(r, "/tmp/x"));

        Assert.Empty(fixture.Alerts);
    }

    private static RuleFixture Make(SequenceJoin by, params string[] same) =>
        new RuleFixture(Set(Sequence(TenSeconds, by, same, Written, MadeExecutable, Run))).Start();

    private static RecordBuilder Run3(RecordBuilder r, ProcessSpec first, ProcessSpec second, ProcessSpec third, string path) => r
        .FileOpen(first, new FileOpenSpec { Path = path, Flags = 1 })
        .FileChange(EventKind.FileChmod, second, new FileChangeSpec { Raw = path })
        .Exec(third, new ExecSpec { Exe = path });

    private static RecordBuilder Run2(RecordBuilder r, string path) => r
        .FileChange(EventKind.FileChmod, Shell, new FileChangeSpec { Raw = path })
        .Exec(Shell, new ExecSpec { Exe = path });
}
