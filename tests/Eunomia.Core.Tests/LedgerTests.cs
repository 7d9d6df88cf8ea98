using Eunomia.Core.Events;

namespace Eunomia.Core.Tests;

public sealed class LedgerTests
{
    private readonly Ledger _ledger = new();
    private ulong _next = 1;

    [Fact]
    public void Close_EverythingDelivered_Balances()
    {
        Begin(Counters(100));
        Deliver(50);
        LedgerReport report = End(Counters(150));

        LedgerRow row = Assert.Single(report.Rows);
        Assert.Equal(("process.exec", 50UL, 50UL, 0UL, true), (row.Name, row.Offered, row.Delivered, row.Lost, row.Balanced));
        Assert.True(report.Balanced);
        Assert.Empty(report.Gaps);
    }

    [Theory]
    [InlineData("ring", 5UL, 0UL, 0UL, 0UL)]
    [InlineData("program", 0UL, 5UL, 0UL, 0UL)]
    [InlineData("map", 0UL, 0UL, 5UL, 0UL)]
    [InlineData("collector", 0UL, 0UL, 0UL, 5UL)]
    public void Close_LostAtAPlace_BalancesAndSaysWhere(string place, ulong ring, ulong program, ulong map, ulong collector)
    {
        Begin(Counters(100, 1, 2, 3, 4));
        Deliver(45);
        LedgerReport report = End(Counters(150, 1 + ring, 2 + program, 3 + map, 4 + collector));

        LossByPlace lost = report.Rows[0].LostByPlace;
        Assert.Equal((ring, program, map, collector), (lost.Ring, lost.Program, lost.Map, lost.Collector));
        Assert.True(report.Balanced, place);
    }

    [Theory]
    [InlineData("one vanished", 49UL, 0UL)]
    [InlineData("one too many", 51UL, 0UL)]
    [InlineData("lost counted twice", 50UL, 1UL)]
    public void Close_AccountThatDoesNotAddUp_SaysSo(string name, ulong delivered, ulong lost)
    {
        Begin(Counters(100));
        Deliver(delivered);
        LedgerReport report = End(Counters(150, lost));

        Assert.False(report.Rows[0].Balanced, name);
        Assert.False(report.Balanced, name);
    }

    [Fact]
    public void Close_CountersWentBack_DoesNotBalance()
    {
        Begin(Counters(100));
        _ledger.OnBatch([Counters(150)]);
        Deliver(50);

        Assert.False(End(Counters(140)).Balanced);
    }

    [Fact]
    public void Close_NoBaseLine_CountsFromZero()
    {
        Deliver(3);
        Assert.False(_ledger.Close(final: true).Balanced);
    }

    [Fact]
    public void Sequence_GapThatIsCounted_IsProven()
    {
        Begin(Counters(0));
        Deliver(10);
        _next += 5;
        Deliver(10);
        LedgerReport report = End(Counters(25, ring: 5));

        Assert.Equal((5L, true), (report.SequenceMissing, report.SequenceProven));
    }

    [Fact]
    public void Sequence_GapThatNobodyCounted_IsNotProven()
    {
        Begin(Counters(0));
        Deliver(10);
        _next++;
        Deliver(10);
        LedgerReport report = End(Counters(20));

        Assert.True(report.Rows[0].Balanced);
        Assert.Equal((1L, false, false), (report.SequenceMissing, report.SequenceProven, report.Balanced));
    }

    [Fact]
    public void Sequence_RecordTwice_IsNotProven()
    {
        Begin(Counters(0));
        Deliver(10);
        _next--;
        Deliver(1);

        LedgerReport report = End(Counters(11));
        Assert.Equal((-1L, false), (report.SequenceMissing, report.SequenceProven));
    }

    [Fact]
    public void Sequence_OutOfOrderAndOnSeveralCpus_IsProven()
    {
        Begin(Counters(0));
        foreach ((ushort cpu, ulong sequence) in new (ushort, ulong)[] { (0, 3), (7, 100), (0, 1), (0, 2), (7, 101) })
        {
            _ledger.OnRecord(Header(cpu, sequence), 1);
        }

        LedgerReport report = End(Counters(5));
        Assert.Equal((0L, true), (report.SequenceMissing, report.SequenceProven));
    }

    [Fact]
    public void Sequence_RecordOfAnotherCpu_IsNotProven()
    {
        Begin(Counters(0));
        foreach ((ushort cpu, ulong sequence) in new (ushort, ulong)[] { (0, 1), (0, 2), (0, 3), (7, 1), (0, 2), (7, 3) })
        {
            _ledger.OnRecord(Header(cpu, sequence), 1);
        }

        LedgerReport report = End(Counters(6));
        Assert.Equal((-1L, false), (report.SequenceMissing, report.SequenceProven));
    }

    [Fact]
    public void Reconnect_SecondBaseLine_AddsUpWithAGap()
    {
        Begin(Counters(100));
        Deliver(10, unixNs: 1_000);
        _ledger.OnBatch([Counters(112, ring: 1)]);
        Begin(Counters(5)); // a new collector counts from 0
        _next = 1;
        Deliver(3, unixNs: 9_000);
        LedgerReport report = End(Counters(8));

        LedgerRow row = Assert.Single(report.Rows);
        Assert.Equal((15UL, 13UL, 2UL), (row.Offered, row.Delivered, row.Lost));
        Assert.Equal((1UL, 1UL), (row.LostByPlace.Ring, row.LostByPlace.Undelivered));
        Assert.True(report.Balanced);
        Assert.Equal([new LedgerGap(1_000, 9_000)], report.Gaps);
    }

    [Fact]
    public void Close_StreamNotFinal_IsAGapWithoutEnd()
    {
        Begin(Counters(100));
        Deliver(10, unixNs: 1_000);
        _ledger.OnBatch([Counters(110)]);
        LedgerReport report = _ledger.Close(final: false);

        Assert.True(report.Balanced);
        Assert.Equal([new LedgerGap(1_000, null)], report.Gaps);
    }

    [Fact]
    public void Close_AfterACloseAlready_GivesTheSameAccount()
    {
        Begin(Counters(100));
        Deliver(10);
        LedgerReport first = End(Counters(110));
        LedgerReport second = _ledger.Close(final: true);

        Assert.Equal(first.Rows, second.Rows);
        Assert.Empty(second.Gaps);
    }

    [Fact]
    public void Peek_RunningStream_EndsNothing()
    {
        Begin(Counters(100));
        Deliver(10);
        _ledger.OnBatch([Counters(120)]);
        Assert.Equal((20UL, 10UL, false), (_ledger.Peek().Rows[0].Offered, _ledger.Peek().Rows[0].Delivered, _ledger.Peek().Rows[0].Balanced));

        Deliver(10);
        Assert.True(End(Counters(120)).Balanced);
    }

    [Fact]
    public void ControllerLoss_OfDeliveredRecords_MovesThemToLost()
    {
        Begin(Counters(0));
        Deliver(10);
        _ledger.OnControllerLoss(EventKind.ProcessExec, 4);
        _ledger.OnControllerLoss(EventKind.ContainerStart, 1);
        LedgerReport report = End(Counters(10));

        LedgerRow row = Assert.Single(report.Rows);
        Assert.Equal((10UL, 6UL, 4UL, true), (row.Offered, row.Delivered, row.LostByPlace.Controller, row.Balanced));
    }

    [Fact]
    public void Records_LateAndSnapshot_AreCountedAndNotCounted()
    {
        Begin(Counters(0));
        RecordHeader late = Header(0, 1);
        late.Flags = RecordTraits.Late;
        _ledger.OnRecord(late, 1);
        RecordHeader snapshot = Header(0, 0);
        snapshot.Flags = RecordTraits.Snapshot;
        _ledger.OnRecord(snapshot, 1);
        _ledger.OnMalformed();
        LedgerReport report = End(Counters(1));

        Assert.Equal((1UL, 1UL, 1UL), (report.Late, report.Malformed, report.Rows[0].Delivered));
        Assert.True(report.Balanced);
    }

    [Fact]
    public void Rows_OfUnknownKinds_AreByNumberAndIdleOnesAreZero()
    {
        Begin(Counters(0), new KindCounters((EventKind)63, 0, 0, 0, 0, 0), new KindCounters((EventKind)700, 0, 0, 0, 0, 0));
        LedgerReport report = End(Counters(0), new KindCounters((EventKind)63, 4, 4, 0, 0, 0));

        Assert.Equal((4UL, 4UL), Amounts(report, "kind-63"));
        Assert.Equal((0UL, 0UL), Amounts(report, "kind-700"));
    }

    [Fact]
    public void Gaps_WithoutEnd_AreBounded()
    {
        for (int i = 0; i < 3_000; i++)
        {
            Begin(Counters(0));
            Deliver(1, unixNs: i);
        }

        LedgerReport report = _ledger.Close(final: true);
        Assert.Equal(1_000, report.Gaps.Count);
        Assert.Equal(2_999, report.Gaps[^1].ToUnixNs);
    }

    private static (ulong Offered, ulong Lost) Amounts(LedgerReport report, string kind) =>
        report.Rows.Where(row => row.Name == kind).Select(row => (row.Offered, row.Lost)).Single();

    private static KindCounters Counters(ulong offered, ulong ring = 0, ulong program = 0, ulong map = 0, ulong collector = 0) =>
        new(EventKind.ProcessExec, offered, ring, program, map, collector);

    private static RecordHeader Header(ushort cpu, ulong sequence) =>
        new() { Kind = EventKind.ProcessExec, Cpu = cpu, Seq = sequence };

    private void Begin(params KindCounters[] baseLine)
    {
        _ledger.BeginSubscription();
        _ledger.OnBatch(baseLine);
    }

    private LedgerReport End(params KindCounters[] last)
    {
        _ledger.OnBatch(last);
        return _ledger.Close(final: true);
    }

    private void Deliver(ulong count, long unixNs = 1)
    {
        for (ulong i = 0; i < count; i++)
        {
            _ledger.OnRecord(Header(0, _next++), unixNs);
        }
    }
}
