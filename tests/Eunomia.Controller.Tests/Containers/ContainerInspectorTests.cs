using System.Collections.Concurrent;
using Eunomia.Controller.Containers;
using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Containers;
using Eunomia.Protocol.Collector.V1;

namespace Eunomia.Controller.Tests.Containers;

public sealed class ContainerInspectorTests
{
    private static readonly InspectContainerResponse Answer = new() { Runtime = "docker", Name = "web" };
    private readonly ConcurrentQueue<(string Id, ContainerMetadata? Metadata)> _applied = [];
    private int _asked;

    [Fact]
    public async Task Ask_Answered_AppliesTheAnswer()
    {
        await using ContainerInspector inspector = Create(_ => Answer);
        inspector.Ask("abc");
        await IdleAsync(inspector);

        Assert.Equal([("abc", new ContainerMetadata("docker", "web"))], _applied);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Ask_AnsweredAtTheLastAttempt_AppliesTheAnswer()
    {
        await using ContainerInspector inspector = Create(attempt => attempt == ContainerInspector.Attempts ? Answer : null);
        inspector.Ask("abc");
        await IdleAsync(inspector);

        Assert.Equal("web", Assert.Single(_applied).Metadata?.Name);
    }

    [Fact]
    public async Task Ask_NobodyKnows_GivesUp()
    {
        await using ContainerInspector inspector = Create(_ => null);
        inspector.Ask("abc");
        await IdleAsync(inspector);

        Assert.Equal([("abc", null)], _applied);
        Assert.Equal(ContainerInspector.Attempts, _asked);
    }

    [Fact]
    public async Task Ask_CollectorBusy_TriesAgain()
    {
        await using ContainerInspector inspector = Create(attempt => attempt == 1 ? throw Error(CollectorFault.Busy) : Answer);
        inspector.Ask("abc");
        await IdleAsync(inspector);

        Assert.Equal("web", Assert.Single(_applied).Metadata?.Name);
    }

    [Fact]
    public async Task Ask_CollectorFailsWithIt_GivesUpAtOnce()
    {
        await using ContainerInspector inspector = Create(_ => throw Error(CollectorFault.Other));
        inspector.Ask("abc");
        await IdleAsync(inspector);

        Assert.Equal([("abc", null)], _applied);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task Resume_AfterALostConnection_AsksAgain()
    {
        await using ContainerInspector inspector = Create(attempt =>
            attempt == 1 ? throw Error(CollectorFault.ConnectionLost) : Answer);
        inspector.Ask("abc");
        await IdleAsync(inspector);
        Assert.Empty(_applied);

        inspector.Resume();
        await IdleAsync(inspector);

        Assert.Equal("web", Assert.Single(_applied).Metadata?.Name);
    }

    [Fact]
    public async Task Ask_ManyAtOnce_AsksFourAtATime()
    {
        var gate = new TaskCompletionSource();
        int running = 0;
        int most = 0;
        await using var inspector = new ContainerInspector(
            async (_, cancel) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await gate.Task.WaitAsync(cancel);
                Interlocked.Decrement(ref running);
                return Answer;
            },
            Apply,
            TimeProvider.System);
        for (int i = 0; i < 20; i++)
        {
            inspector.Ask($"id{i}");
        }
        await Eventually.SettledAsync(() => Volatile.Read(ref running));
        gate.SetResult();
        await IdleAsync(inspector);

        Assert.Equal(ContainerInspector.Concurrency, most);
        Assert.Equal(20, _applied.Count);
    }

    [Fact]
    public async Task Dispose_WhileAsking_Ends()
    {
        var never = new TaskCompletionSource<InspectContainerResponse?>();
        var inspector = new ContainerInspector((_, cancel) => never.Task.WaitAsync(cancel), Apply, TimeProvider.System);
        inspector.Ask("abc");

        await Eventually.Within(inspector.DisposeAsync().AsTask());

        Assert.Empty(_applied);
    }

    private static CollectorException Error(CollectorFault fault) => new(fault, "words");

    private static Task IdleAsync(ContainerInspector inspector) => inspector.WhenIdleAsync(TimeSpan.FromSeconds(20));

    private ContainerInspector Create(Func<int, InspectContainerResponse?> answer) => new(
        (_, _) => Task.Run(() => answer(Interlocked.Increment(ref _asked))), Apply, TimeProvider.System);

    private ValueTask Apply(string id, ContainerMetadata? metadata)
    {
        _applied.Enqueue((id, metadata));
        return ValueTask.CompletedTask;
    }
}
