using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Profiling;

namespace Eunomia.TestKit;

/// <summary>A profile fed by records, as a pipeline hands them out.</summary>
public sealed class ProfileKit : IEventSink
{
    private readonly EventPipeline _pipeline;
    private readonly RecordBuilder _records = new();

    public ProfileKit(int stacks = 65_536, int processes = 16_384)
    {
        Profile = new Profile(stacks, processes);
        _pipeline = new EventPipeline(
            TestHost.Identity, new PipelineOptions([new EventRoute(new EventFilter(EventKinds.PerfTracker), this)]), new Ledger());
    }

    public delegate void SampleAction(in EventView e, StackSamples stack);

    public Profile Profile { get; }

    public SampleAction? OnSample { get; set; }

    public ProfileKit Add(uint pid = 42, string comm = "busy", ulong[]? kernel = null, ulong[]? user = null)
    {
        var process = new ProcessSpec(pid, 1_000) { Comm = comm };
        _records.PerfSample(process, new PerfSampleSpec { Kernel = kernel ?? [], User = user ?? [] });
        _pipeline.Apply(_records.Take(), 0);
        return this;
    }

    /// <summary>The names of all stacks so far, as these know them.</summary>
    public async Task<SymbolCache> ResolveAsync(FakeSymbols names, int capacity = 1_000_000)
    {
        var symbols = new SymbolCache(capacity) { Source = names };
        foreach (StackSamples stack in Profile.Stacks)
        {
            symbols.Ask(stack);
        }

        await symbols.WhenIdleAsync(TimeSpan.FromSeconds(10));
        return symbols;
    }

    public void OnEvent(in EventView e)
    {
        StackSamples stack = Profile.AddSample(e);
        OnSample?.Invoke(e, stack);
    }
}
