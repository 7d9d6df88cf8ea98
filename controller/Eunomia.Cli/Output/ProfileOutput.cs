using Eunomia.Core.Events;
using Eunomia.Core.Profiling;

namespace Eunomia.Cli.Output;

/// <summary>Samples summed up before they are written: as a table, as JSON, as stacks or as a flame graph.</summary>
internal abstract class ProfileOutput(OutputFile file) : EventOutput(file)
{
    // Names that are still asked for at the end are worth a moment.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(5);

    protected Profile Profile { get; } = new();

    protected SymbolCache Symbols { get; } = new();

    public static ProfileOutput Create(
        OutputFormat format, OutputFile file, Terminal terminal, TimeSpan interval, TimeProvider time, bool rawPaths) => format switch
        {
            OutputFormat.Text => new FunctionTableOutput(file, terminal, interval, time),
            OutputFormat.Json => new ProfileJsonOutput(file, interval, time, rawPaths),
            _ => new ProfileFileOutput(file, format),
        };

    public override void UseSymbols(ISymbolSource source) => Symbols.Source = source;

    public override void OnEvent(in EventView e)
    {
        if (e.Kind == EventKind.PerfSample)
        {
            Symbols.Ask(Profile.AddSample(e));
        }
        else if (e.Kind == EventKind.PerfCounters)
        {
            Profile.AddCounters(e);
        }
    }

    public override async Task FinishAsync()
    {
        await Symbols.WhenIdleAsync(LastAnswers);
        WriteLast();
        File.Flush();
    }

    /// <summary>The end, with all names that will ever be known.</summary>
    protected abstract void WriteLast();

    protected override void Release() => Symbols.Dispose();
}
