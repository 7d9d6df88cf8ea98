using Eunomia.Controller.Ingest;
using Microsoft.Extensions.Time.Testing;

namespace Eunomia.Controller.Tests.Ingest;

public sealed class StreamDeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Token_WaitedTooLong_IsCancelled()
    {
        using var deadline = new StreamDeadline(_time);
        deadline.Limit(Limit);
        deadline.BeginWait();

        _time.Advance(Limit);

        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_LimitedWhileWaiting_CountsFromThen()
    {
        using var deadline = new StreamDeadline(_time);
        deadline.BeginWait();
        _time.Advance(Limit * 10);
        deadline.Limit(Limit);
        _time.Advance(Limit / 2);
        Assert.False(deadline.Token.IsCancellationRequested);

        _time.Advance(Limit / 2);

        Assert.True(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_BusyBetweenTwoWaits_IsNotCancelled()
    {
        using var deadline = new StreamDeadline(_time);
        deadline.Limit(Limit);
        deadline.BeginWait();
        deadline.EndWait();

        _time.Advance(Limit * 10);

        Assert.False(deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void Dispose_EndsTheStream()
    {
        var deadline = new StreamDeadline(_time);
        CancellationToken token = deadline.Token;

        deadline.Dispose();

        Assert.True(token.IsCancellationRequested);
    }
}
