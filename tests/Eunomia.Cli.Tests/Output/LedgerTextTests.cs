using Eunomia.Cli.Output;
using Eunomia.Core;
using Eunomia.Core.Events;

namespace Eunomia.Cli.Tests.Output;

public sealed class LedgerTextTests
{
    private static readonly LedgerReport Clean = new([Row(7, 7, default)], [], 0, 0, 0, true);

    [Fact]
    public void Write_AllWell_IsOneLinePerKind() =>
        Assert.Equal(["ledger process.exec offered=7 delivered=7 lost=0"], Lines(Clean));

    [Fact]
    public void Write_Loss_NamesThePlaces()
    {
        var lost = new LossByPlace(Ring: 1, Program: 2, Map: 3, Collector: 4, Controller: 5, Undelivered: 6);

        Assert.Equal(
            [
                "ledger process.exec offered=28 delivered=7 lost=21",
                "lost process.exec ring=1 program=2 map=3 collector=4 controller=5 undelivered=6",
            ],
            Lines(Clean with { Rows = [Row(28, 7, lost)] }));
    }

    [Fact]
    public void Write_Gap_GivesTimesToTheNanosecond() => Assert.Contains(
        "gap from=2023-11-14T22:13:20.123456789Z to=unknown count=unknown",
        Lines(Clean with { Gaps = [new LedgerGap(1_700_000_000_123_456_789, null)] }));

    [Fact]
    public void Write_WhatDoesNotAddUp_IsSaid()
    {
        LedgerReport report = Clean with
        {
            Rows = [Row(7, 7, default) with { Balanced = false }],
            Late = 2,
            Malformed = 3,
            SequenceMissing = 4,
            SequenceProven = false,
        };

        Assert.Equal(["unbalanced process.exec", "late count=2", "malformed count=3", "sequence missing=4"], Lines(report)[1..]);
    }

    [Fact]
    public void Write_NothingCame_OnlyForWhatWasWanted()
    {
        LedgerRow wanted = Row(0, 0, default);
        var report = new LedgerReport([wanted, wanted with { Kind = EventKind.FileOpen, Name = "file.open" }], [], 0, 0, 0, true);

        Assert.Equal(["ledger process.exec offered=0 delivered=0 lost=0"], Lines(report));
    }

    private static LedgerRow Row(ulong offered, ulong delivered, LossByPlace lost) =>
        new(EventKind.ProcessExec, "process.exec", offered, delivered, lost, true);

    private static string[] Lines(LedgerReport report)
    {
        using var writer = new StringWriter();
        LedgerText.Write(report, EventKindSet.Of(EventKind.ProcessExec), writer);
        return writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
