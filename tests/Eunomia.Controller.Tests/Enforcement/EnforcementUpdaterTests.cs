using System.Threading.Channels;
using Eunomia.Controller.Enforcement;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Protocol.Collector.V1;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Enforcement;

public sealed class EnforcementUpdaterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<SetEnforcementRequest> _sent = Channel.CreateUnbounded<SetEnforcementRequest>();
    private readonly List<string> _refused = [];
    private readonly EnforcementUpdater _updater;
    private bool _refuses;

    public EnforcementUpdaterTests() => _updater = new EnforcementUpdater(SendAsync, _refused.Add, _time);

    [Fact]
    public async Task Several_InARow_AreSentAsTheLast()
    {
        _ = _updater.SetAsync(Set(1), default);
        Assert.Equal(Set(1), await Eventually.Within(_sent.Reader.ReadAsync().AsTask()));
        _ = _updater.SetAsync(Set(2), default);
        Task last = _updater.SetAsync(Set(3), default);

        while (!last.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        Assert.Equal(Set(3), await Eventually.Within(_sent.Reader.ReadAsync().AsTask()));
        Assert.False(_sent.Reader.TryRead(out _));
    }

    [Fact]
    public async Task ARefusal_IsTold_AndTheNextAttemptWaits()
    {
        _refuses = true;
        _ = _updater.SetAsync(Set(1), default);
        await Eventually.TrueAsync(() => _refused.Count == 1, "the refusal is told");
        Assert.Equal("policies could not be put into force: too many", _refused[0]);
        _refuses = false;

        Task again = _updater.SetAsync(Set(1), default);
        Assert.False(_sent.Reader.TryRead(out _));
        while (!again.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.Yield();
        }

        Assert.Equal(Set(1), await Eventually.Within(_sent.Reader.ReadAsync().AsTask()));
    }

    [Fact]
    public async Task TimeWithoutCollector_IsCounted_UntilPoliciesAreInForceAgain()
    {
        _ = _updater.SetAsync(Set(1), default);
        await Eventually.Within(_sent.Reader.ReadAsync().AsTask());
        _updater.Lost();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(TimeSpan.FromSeconds(3), _updater.Unprotected);

        Task again = _updater.SetAsync(Set(1), default);
        while (!again.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        TimeSpan counted = _updater.Unprotected;
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(counted, _updater.Unprotected);
    }

    [Fact]
    public void TimeWithoutCollector_AndWithoutPolicies_IsNone()
    {
        _updater.Lost();
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(TimeSpan.Zero, _updater.Unprotected);
    }

    private static SetEnforcementRequest Set(uint id) => new() { Policies = { new EnforcementPolicy { Id = id } } };

    private Task SendAsync(SetEnforcementRequest request, CancellationToken cancel) => _refuses
        ? throw new CollectorException(CollectorFault.Other, "too many")
        : _sent.Writer.WriteAsync(request, cancel).AsTask();
}
