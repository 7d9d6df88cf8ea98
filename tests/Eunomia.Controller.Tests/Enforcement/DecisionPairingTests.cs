using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Rules.Alerts;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Enforcement;

/// <summary>One act is one alert, whoever tells of it first.</summary>
public sealed class DecisionPairingTests : IDisposable
{
    private static readonly ActKey Key = new("first", 7, 5);
    private static readonly Alert Event = FakeDetection.Alert();
    private static readonly Alert Decision = FakeDetection.Alert() with { Event = "enforce.decision" };
    private readonly FakeTimeProvider _time = new();
    private readonly List<(string Event, long Count, string? Action)> _told = [];
    private readonly DecisionPairing _pairing;

    public DecisionPairingTests() => _pairing = new DecisionPairing((alert, action) => _told.Add((alert.Event, alert.Count, action)), _time);

    public void Dispose() => _pairing.Dispose();

    [Fact]
    public void Event_ThenDecision_IsOneAtOnce()
    {
        _pairing.OnAlert(Event, Key);
        Assert.Empty(_told);

        _pairing.OnDecision(Key, "kill", Decision);

        Assert.Equal([("process.exec", 1L, "kill")], _told);
        Pass();
        Assert.Single(_told);
    }

    [Fact]
    public void Decision_ThenEvent_IsOneAtOnce()
    {
        _pairing.OnDecision(Key, "kill", Decision);
        Assert.Empty(_told);

        _pairing.OnAlert(Event, Key);

        Assert.Equal([("process.exec", 1L, "kill")], _told);
        Pass();
        Assert.Single(_told);
    }

    [Fact]
    public void Event_WithoutDecision_IsToldAfterAMoment()
    {
        _pairing.OnAlert(Event, Key);

        Pass();

        Assert.Equal([("process.exec", 1L, null)], _told);
    }

    [Fact]
    public void Decisions_WithoutEvent_AreOneAlertThatCounts()
    {
        _pairing.OnDecision(Key, "deny", Decision);
        _pairing.OnDecision(Key, "deny", Decision);

        Pass();

        Assert.Equal([("enforce.decision", 2L, "deny")], _told);
    }

    [Fact]
    public void AnotherProcess_IsAnotherAct()
    {
        _pairing.OnAlert(Event, Key with { StartNs = 6 });
        _pairing.OnDecision(Key, "kill", Decision);

        Pass();

        Assert.Equal([("enforce.decision", 1L, "kill"), ("process.exec", 1L, null)], _told.Order());
    }

    [Fact]
    public void ASecondAct_MomentsLater_WaitsForItsOwnDecision()
    {
        _pairing.OnAlert(Event, Key);
        Pass();
        _pairing.OnAlert(Event, Key);

        _pairing.OnDecision(Key, "kill", Decision);

        Assert.Equal([("process.exec", 1L, null), ("process.exec", 1L, "kill")], _told);
    }

    [Fact]
    public void Flush_TellsWhatWaits()
    {
        _pairing.OnAlert(Event, Key);

        _pairing.Flush();

        Assert.Single(_told);
    }

    private void Pass()
    {
        for (int i = 0; i < 6; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
