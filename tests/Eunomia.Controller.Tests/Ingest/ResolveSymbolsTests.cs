using Eunomia.Controller.Ingest;
using Eunomia.Controller.Tests.Fakes;
using Eunomia.Core.Processes;
using Grpc.Core;
using Found = Eunomia.Protocol.Collector.V1.Symbol;
using Symbol = Eunomia.Core.Profiling.Symbol;

namespace Eunomia.Controller.Tests.Ingest;

/// <summary>Names for addresses, as the collector is asked for them.</summary>
public sealed class ResolveSymbolsTests
{
    private static readonly ProcessKey s_process = new(4711, 12_345);

    [Fact]
    public async Task Resolve_KnownProcess_NamesEachAddressInItsPlace()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();
        fake.Symbols[(4711, 12_345)] = new()
        {
            [0x1000] = new Found { Function = "main", Module = "/bin/app", Offset = 4 },
            [0x2000] = new Found { Module = "/lib/libc.so.6", Offset = 0x77 },
        };

        IReadOnlyList<Symbol> symbols = await ResolveAsync(fake, s_process, [0x2000, 0x3000, 0x1000]);

        Assert.Equal([new(null, "/lib/libc.so.6", 0x77), new(null, "", 0), new("main", "/bin/app", 4)], symbols);
    }

    [Fact]
    public async Task Resolve_DefaultProcess_IsTheKernel()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();
        fake.Symbols[(0, 0)] = new() { [0xffffffff81000000] = new Found { Function = "vfs_read", Module = "[kernel]" } };

        Assert.Equal([new Symbol("vfs_read", "[kernel]", 0)], await ResolveAsync(fake, default, [0xffffffff81000000]));
    }

    [Fact]
    public async Task Resolve_ProcessGone_IsEmpty()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();

        Assert.Empty(await ResolveAsync(fake, s_process, [0x1000]));
    }

    [Fact]
    public async Task Resolve_MoreThanARequestMayHave_AsksAgain()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();
        fake.Symbols[(4711, 12_345)] = Enumerable.Range(0, 1_100)
            .ToDictionary(at => (ulong)at, at => new Found { Module = "m", Offset = (ulong)at });

        IReadOnlyList<Symbol> symbols = await ResolveAsync(fake, s_process, [.. Enumerable.Range(0, 1_100).Select(at => (ulong)at)]);

        Assert.Equal(Enumerable.Range(0, 1_100).Select(at => (ulong)at), symbols.Select(symbol => symbol.Offset));
        Assert.Equal([512, 512, 76], fake.Resolved);
    }

    [Fact]
    public async Task Resolve_NoAddresses_AsksNobody()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();

        Assert.Empty(await ResolveAsync(fake, s_process, []));
        Assert.Empty(fake.Resolved);
    }

    [Fact]
    public async Task Resolve_CollectorBusy_SaysSo()
    {
        await using FakeCollector fake = await FakeCollector.StartAsync();
        fake.ResolveFailure = new Status(StatusCode.ResourceExhausted, "8 requests for symbols are running");

        CollectorException error =
            await Assert.ThrowsAsync<CollectorException>(() => ResolveAsync(fake, s_process, [0x1000]));

        Assert.Equal(CollectorFault.Busy, error.Fault);
    }

    private static async Task<IReadOnlyList<Symbol>> ResolveAsync(
        FakeCollector fake, ProcessKey process, IReadOnlyList<ulong> addresses)
    {
        using var client = new CollectorClient(fake.SocketPath);
        return await client.ResolveSymbolsAsync(process, addresses, CancellationToken.None);
    }
}
