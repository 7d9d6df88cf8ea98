using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.TestKit;

namespace Eunomia.Core.Tests.Rules.Alerts;

public sealed class AlertCollapseTests
{
    private const long Second = SampleAlerts.Second;
    private readonly List<Alert> _out = [];

    [Fact]
    public void Add_FirstOne_ComesAtOnceAsItIs()
    {
        AlertCollapse collapse = Create();

        collapse.Add(At(0), 0);

        Assert.Same(At(0).Output, Assert.Single(_out).Output);
        Assert.Equal(1, _out[0].Count);
    }

    [Fact]
    public void Advance_RepeatsInWindow_AreOneWithCountTimesAndLastSample()
    {
        AlertCollapse collapse = Create();
        collapse.Add(At(0), 0);
        collapse.Add(At(10, "first repeat"), 10 * Second);
        collapse.Add(At(50, "last repeat"), 50 * Second);

        collapse.Advance((60 * Second) - 1);
        Assert.Single(_out);
        collapse.Advance(60 * Second);

        Assert.Equal(2, _out.Count);
        Assert.Equal((2L, Time(10), Time(50), "last repeat"), (_out[1].Count, _out[1].TimeUnixNs, _out[1].LastUnixNs, _out[1].Output));
        Assert.NotEqual(_out[0].Id, _out[1].Id);
    }

    [Fact]
    public void Advance_AsLongAsThereAreRepeats_TellsOncePerWindow()
    {
        AlertCollapse collapse = Create();
        for (int second = 0; second <= 180; second++)
        {
            collapse.Add(At(second), second * Second);
        }
        collapse.Flush();

        Assert.Equal([1L, 59L, 60L, 60L, 1L], _out.Select(alert => alert.Count));
    }

    [Fact]
    public void Advance_QuietWindow_MakesTheNextOneAFirstAgain()
    {
        AlertCollapse collapse = Create();
        collapse.Add(At(0), 0);

        collapse.Advance(60 * Second);

        Assert.Equal(0, collapse.Open);
        collapse.Add(At(61), 61 * Second);
        Assert.Equal(2, _out.Count);
    }

    [Theory]
    [InlineData(RulePriority.Emergency)]
    [InlineData(RulePriority.Alert)]
    [InlineData(RulePriority.Critical)]
    public void Add_CriticalOnes_AllComeAtOnce(RulePriority priority)
    {
        AlertCollapse collapse = Create();
        for (int i = 0; i < 100; i++)
        {
            collapse.Add(At(0) with { Priority = priority }, 0);
        }

        Assert.Equal(100, _out.Count);
        Assert.Equal(0, collapse.Open);
    }

    public static TheoryData<string, Alert> Different => new()
    {
        { "rule", At(0) with { Rule = "other" } },
        { "container", At(0) with { Container = new AlertContainer("other", "docker") } },
        { "exe", At(0) with { Process = new AlertProcess(1, 0) { Exe = "/bin/other", Name = "sh" } } },
        { "value", At(0) with { Fields = [new AlertField("fd.name", "/etc/other")] } },
        { "server", At(0) with { Fields = [new AlertField("fd.name", "10.0.0.1:5000->10.0.0.2:81")] } },
        { "action", At(0) with { Actions = ["kill"] } },
    };

    [Theory]
    [MemberData(nameof(Different))]
    public void Add_WhatDiffers_IsNoRepeat(string what, Alert other)
    {
        AlertCollapse collapse = Create();

        collapse.Add(At(0), 0);
        collapse.Add(other, 0);

        Assert.True(_out.Count == 2, what);
    }

    [Theory]
    [InlineData("proc.pid", "1", "2")]
    [InlineData("proc.apid[2]", "1", "2")]
    [InlineData("evt.time.iso8601", "1", "2")]
    [InlineData("thread.tid", "1", "2")]
    [InlineData("fd.name", "10.0.0.1:5000->10.0.0.2:80", "10.0.0.1:5001->10.0.0.2:80")]
    [InlineData("evt.rawres", "0", "7")]
    public void Add_ValuesThatPass_DoNotMatter(string field, string first, string second)
    {
        AlertCollapse collapse = Create();

        collapse.Add(At(0) with { Fields = [new AlertField(field, first)] }, 0);
        collapse.Add(At(0) with { Fields = [new AlertField(field, second)] }, 0);

        Assert.Single(_out);
    }

    [Fact]
    public void Add_TooManyValues_AreCountedTogether()
    {
        AlertCollapse collapse = Create(new CollapseOptions { DistinctValues = 5 });
        for (int i = 0; i < 100; i++)
        {
            collapse.Add(At(0) with { Fields = [new AlertField("fd.name", $"/tmp/{i}")] }, 0);
        }
        collapse.Add(At(0) with { Rule = "another rule is not touched" }, 0);
        Assert.Equal(7, _out.Count);

        collapse.Advance(60 * Second);

        Assert.Equal(94, _out[^1].Count);
        Assert.Equal("/tmp/99", _out[^1].Fields[0].Value);
    }

    [Fact]
    public void Add_MoreThanFit_TellsTheOldestEarly()
    {
        AlertCollapse collapse = Create(new CollapseOptions { Capacity = 3 });
        foreach (string rule in (string[])["a", "a", "b", "c", "d"])
        {
            collapse.Add(At(0) with { Rule = rule }, 0);
        }

        Assert.Equal(3, collapse.Open);
        Assert.Equal(["a", "b", "c", "a", "d"], _out.Select(alert => alert.Rule));
    }

    [Fact]
    public void Add_ClockGoesBack_WindowsEndAllTheSame()
    {
        AlertCollapse collapse = Create();
        collapse.Add(At(0), 100 * Second);
        collapse.Add(At(0), 5 * Second);
        collapse.Advance(160 * Second);

        Assert.Equal([1L, 1L], _out.Select(alert => alert.Count));
    }

    [Fact]
    public void Add_NoWindow_EveryOneComes()
    {
        AlertCollapse collapse = Create(new CollapseOptions { Window = TimeSpan.Zero });
        collapse.Add(At(0), 0);
        collapse.Add(At(0), 0);

        Assert.Equal(2, _out.Count);
    }

    [Fact]
    public void Counts_WhateverCameInWhateverOrder_AddUp()
    {
        var random = new Random(20261128);
        AlertCollapse collapse = Create(new CollapseOptions { Capacity = 16, DistinctValues = 3 });
        long now = 0;
        for (int i = 0; i < 20_000; i++)
        {
            now += random.NextInt64(3 * Second);
            collapse.Add(At(0) with
            {
                Rule = $"rule {random.Next(8)}",
                Priority = (RulePriority)random.Next(8),
                Fields = [new AlertField("fd.name", $"{random.Next(6)}")],
            }, now);
            Assert.InRange(collapse.Open, 0, 16);
        }
        collapse.Flush();

        Assert.Equal(20_000, _out.Sum(alert => alert.Count));
        Assert.Equal(0, collapse.Open);
        Assert.Equal(_out.Count, _out.Select(alert => alert.Id).Distinct().Count());
    }

    private static long Time(int second) => SampleAlerts.Noon + (second * Second);

    private static Alert At(int second, string output = "it happened") => SampleAlerts.Full with
    {
        Id = Guid.NewGuid(),
        Count = 1,
        TimeUnixNs = Time(second),
        LastUnixNs = Time(second),
        Output = output,
        Fields = [new AlertField("fd.name", "10.0.0.1:5000->10.0.0.2:80")],
        Actions = [],
    };

    private AlertCollapse Create(CollapseOptions? options = null) => new(options ?? new CollapseOptions(), _out.Add);
}
