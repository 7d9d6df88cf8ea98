using System.Text;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;
using Eunomia.TestKit;
using Record = Eunomia.Core.Events.Record;

namespace Eunomia.Core.Tests.Processes;

public sealed class ProcessTableTests
{
    private static readonly ProcessSpec Init = new(1, 10) { Ppid = 0 };
    private static readonly ProcessSpec Shell = Init.Child(42, 1_000);
    private readonly RecordBuilder _records = new();

    [Fact]
    public void Fork_OfAKnownProcess_InheritsItsImage()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell, Program("/bin/a")).Fork(Shell.Child(43, 2_000)));

        Assert.True(table.TryGet(new ProcessKey(43, 2_000), out Process? child));
        Assert.Equal(new ProcessKey(42, 1_000), child.Parent);
        Assert.Equal("/bin/a", Exe(child));
    }

    [Fact]
    public void Exec_OfTheParent_LeavesTheChildAsItForked()
    {
        ProcessTable table = Apply(
            new ProcessTable(),
            r => r.Exec(Shell, Program("/bin/a")).Fork(Shell.Child(43, 2_000)).Exec(Shell, Program("/bin/b")));

        Assert.Equal("/bin/a", ExeOf(table, 43));
        Assert.Equal("/bin/b", ExeOf(table, 42));
    }

    [Fact]
    public void Fork_WithCloneParent_InheritsFromTheForkerAndBelongsToTheParent()
    {
        ProcessSpec sibling = new(50, 3_000) { Ppid = 1, ParentStartNs = Shell.StartNs, ParentTid = Shell.Pid };
        ProcessTable table = Apply(
            new ProcessTable(), r => r.Exec(Init, Program("/sbin/init")).Exec(Shell, Program("/usr/bin/runc")).Fork(sibling));

        Assert.Equal("/usr/bin/runc", ExeOf(table, 50));
        Assert.Equal(["/sbin/init"], Ancestors(table, 50));
    }

    [Fact]
    public void Ancestors_OfAGrandchild_AreNearestFirst()
    {
        ProcessSpec child = Shell.Child(43, 2_000);
        ProcessTable table = Apply(new ProcessTable(), r => r
            .Exec(Init, Program("/sbin/init")).Fork(Shell).Exec(Shell, Program("/bin/sh")).Fork(child).Exec(child, Program("/bin/ls")));

        Assert.Equal(["/bin/sh", "/sbin/init"], Ancestors(table, 43));
    }

    [Fact]
    public void Exit_WithinTheGrace_LeavesTheProcessToLateEvents()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell).Exit(Shell));

        table.Advance(_records.NowNs + 1_900_000_000);
        Assert.True(table.TryGet(new ProcessKey(42, 1_000), out Process? ended));
        Assert.True(ended.HasExited);

        table.Advance(_records.NowNs + 2_100_000_000);
        Assert.False(table.TryGet(new ProcessKey(42, 1_000), out _));
        Assert.Equal(0, table.Count);
    }

    /// <summary>Or the time that each record takes would grow with them.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Fork_OfOnePidAgainAndAgain_KeepsTheNewest(int step)
    {
        ulong StartOf(int n) => (ulong)(1_000_000 + (step * n));

        ProcessTable table = Apply(new ProcessTable(), r =>
        {
            for (int n = 0; n < 1_000; n++)
            {
                r.Fork(Shell with { StartNs = StartOf(n) });
            }
        });

        Assert.Equal(ProcessTable.MaxOfOnePid, table.Count);
        Assert.Equal(1_000 - (ulong)ProcessTable.MaxOfOnePid, table.Evicted);
        Assert.True(table.TryGetLatest(Shell.Pid, out Process? latest));
        Assert.Equal(Math.Max(StartOf(0), StartOf(999)), latest.Key.StartNs);
        Assert.True(table.TryGet(new ProcessKey(Shell.Pid, StartOf(999)), out _));
    }

    [Fact]
    public void Fork_OfAReusedPid_IsAnotherProcess()
    {
        ProcessSpec second = Shell with { StartNs = 5_000 };
        ProcessTable table = Apply(new ProcessTable(), r => r
            .Exec(Shell, Program("/bin/a")).Exit(Shell).Exec(second, Program("/bin/b")));

        Assert.True(table.TryGet(new ProcessKey(42, 1_000), out Process? first));
        Assert.Equal("/bin/a", Exe(first));
        Assert.Equal("/bin/b", ExeOf(table, 42));

        table.Advance(_records.NowNs + 3_000_000_000);
        Assert.False(table.TryGet(new ProcessKey(42, 1_000), out _));
        Assert.Equal("/bin/b", ExeOf(table, 42));
    }

    [Fact]
    public void Fork_OfAPidWhoseExitWasLost_EndsTheOlderProcess()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell).Exec(Shell with { StartNs = 5_000 }));

        Assert.True(table.TryGet(new ProcessKey(42, 1_000), out Process? first));
        Assert.True(first.HasExited);
    }

    [Fact]
    public void Exec_LateForAnOlderProcessWithThePid_DoesNotReplaceTheNewer()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r
            .Exec(Shell with { StartNs = 5_000 }, Program("/bin/new")).Exec(Shell, Program("/bin/old")));

        Assert.Equal("/bin/new", ExeOf(table, 42));
        Assert.True(table.TryGet(new ProcessKey(42, 1_000), out Process? old));
        Assert.True(old.HasExited);
    }

    [Fact]
    public void Snapshot_AfterALiveExec_DoesNotOverwriteIt()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell, Program("/bin/live")));
        _records.Flags = RecordTraits.Snapshot;
        Apply(table, r => r.Exec(Shell, Program("/bin/stale")));

        Assert.Equal("/bin/live", ExeOf(table, 42));
    }

    [Fact]
    public void Snapshot_AfterTheExit_DoesNotRaiseTheDead()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell).Exit(Shell));
        _records.Flags = RecordTraits.Snapshot;
        Apply(table, r => r.Exec(Shell, Program("/bin/stale")));

        Assert.True(table.TryGetLatest(42, out Process? process));
        Assert.True(process.HasExited);
    }

    [Fact]
    public void Snapshot_OfAProcessKnownByItsForkOnly_FillsInWhatItRuns()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Fork(Shell));
        Assert.True(table.TryGetLatest(42, out Process? process));
        Assert.Null(process.Image);
        _records.Flags = RecordTraits.Snapshot;
        Apply(table, r => r.Exec(Shell, Program("/bin/a")));

        Assert.Equal("/bin/a", ExeOf(table, 42));
    }

    [Fact]
    public void Snapshot_ParentKnownByPidOnly_IsNotAYoungerProcessWithThatPid()
    {
        _records.Flags = RecordTraits.Snapshot;
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell with { Ppid = 7 }, Program("/bin/a")));
        _records.Flags = RecordTraits.None;
        Apply(table, r => r.Exec(new ProcessSpec(7, 9_000), Program("/bin/later")));

        Assert.Empty(Ancestors(table, 42));
    }

    [Fact]
    public void Table_Full_ForgetsEndedProcessesFirstAndThenTheOldest()
    {
        var table = new ProcessTable(capacity: 3);
        Apply(table, r => r.Exec(Spec(1)).Exec(Spec(2)).Exec(Spec(3)).Exit(Spec(2)).Exec(Spec(4)).Exec(Spec(5)));

        Assert.Equal(3, table.Count);
        Assert.Equal(2UL, table.Evicted);
        Assert.Equal([3u, 4u, 5u], Enumerable.Range(1, 5).Select(pid => (uint)pid).Where(pid => table.TryGetLatest(pid, out _)));
    }

    [Fact]
    public void Table_ForksWithoutExits_StaysBounded()
    {
        var table = new ProcessTable(capacity: 100);
        for (uint pid = 1; pid <= 10_000; pid++)
        {
            Apply(table, r => r.Exec(Spec(pid)));
        }

        Assert.Equal(100, table.Count);
        Assert.Equal(9_900UL, table.Evicted);
        Assert.True(table.Images.StoredBytes < 100 * 1024);
    }

    [Fact]
    public void Image_LongArguments_AreCutAndSaySo()
    {
        ProcessTable table = Apply(new ProcessTable(), r => r.Exec(Shell, new ExecSpec { Args = [new string('x', 10_000)] }));

        Assert.True(table.TryGetLatest(42, out Process? process));
        Assert.Equal(4096, process.Image?.Args.Length);
        Assert.Equal(Truncation.Args, process.Image?.Truncated);
    }

    [Fact]
    public void Images_BeyondTheBudget_KeepLittleAndSaySo()
    {
        var pool = new ProcessImagePool(budget: 10_000);
        byte[] bytes = _records.Exec(Shell, new ExecSpec { Args = [new string('x', 3_000)] }).Bytes;
        var reader = new RecordReader(bytes);
        Assert.True(reader.TryRead(out Record record));
        ExecRecord exec = record.AsExec();
        List<ProcessImage> images = [];
        for (int i = 0; i < 100; i++)
        {
            images.Add(pool.Create(exec));
        }

        Assert.Equal(128, images[^1].Args.Length);
        Assert.Equal(Truncation.Args, images[^1].Truncated);
        Assert.True(pool.StoredBytes < 10_000 + 4_096 + (100 * 256));
        images.ForEach(pool.Release);
        Assert.Equal(0, pool.StoredBytes);
    }

    [Fact]
    public void Table_Emptied_HoldsNoImages()
    {
        ProcessTable table = new();
        for (uint pid = 1; pid <= 200; pid++)
        {
            ProcessSpec spec = Spec(pid);
            ProcessSpec child = spec.Child(pid + 1_000, 7);
            Apply(table, r => r.Exec(spec, Program("/bin/a")).Fork(child).Exec(spec, Program("/bin/b")).Exit(child).Exit(spec));
        }

        table.Advance(_records.NowNs + 10_000_000_000);
        Assert.Equal((0, 0L), (table.Count, table.Images.StoredBytes));
    }

    private static ProcessSpec Spec(uint pid) => new(pid, 100 + pid);

    private static ExecSpec Program(string exe) => new() { Exe = exe, Args = [exe] };

    private static string ExeOf(ProcessTable table, uint pid) =>
        table.TryGetLatest(pid, out Process? process) ? Exe(process) : "(no process)";

    private static string Exe(Process process) =>
        process.Image is { } image ? Encoding.UTF8.GetString(image.Exe) : "(no image)";

    private static string[] Ancestors(ProcessTable table, uint pid)
    {
        Assert.True(table.TryGetLatest(pid, out Process? process));
        Ancestor[] ancestors = new Ancestor[10];
        int count = table.GetAncestors(process, ancestors);
        return [.. ancestors.Take(count).Select(a => a.Image is { } image ? Encoding.UTF8.GetString(image.Exe) : "?")];
    }

    private ProcessTable Apply(ProcessTable table, Action<RecordBuilder> build)
    {
        build(_records);
        var reader = new RecordReader(_records.Take());
        while (reader.TryRead(out Record record))
        {
            switch (record.Kind)
            {
                case EventKind.ProcessFork:
                    ForkRecord fork = record.AsFork();
                    table.OnFork(fork, table.FindForker(fork), null);
                    break;
                case EventKind.ProcessExec:
                    table.OnExec(record.AsExec(), null);
                    break;
                default:
                    table.OnExit(record.AsExit(), null);
                    break;
            }
        }

        return table;
    }
}
