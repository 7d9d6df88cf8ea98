using System.Text.Json;
using Eunomia.Controller.Hosting;
using Eunomia.Controller.Ingest;
using Eunomia.Core;
using Eunomia.Core.Events;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Alerts;
using Eunomia.Core.Rules.Engine;
using Eunomia.Core.Syscalls;

namespace Eunomia.Controller.Rules;

/// <summary>The rules of files at work.</summary>
/// <param name="hostname">What alerts say of where they come from.</param>
public sealed class RuleDetection(string hostname) : IDetection, IEventSink
{
    private const string ClientRule = "condition";

    // What the collector keeps room for, see collector.proto.
    private const int MostVariables = 16;
    private const int LongestVariable = 31;
    private volatile State _state = State.Empty;
    private RuleEngineOptions _options = new(hostname);
    private RuleEngine? _engine;

    /// <inheritdoc/>
    public event Action<Alert>? Fired;

    /// <inheritdoc/>
    public Demand Demand => _state.Demand;

    /// <inheritdoc/>
    public IEventSink Sink => this;

    /// <inheritdoc/>
    public IReadOnlyList<RuleStatus> Rules => _state.Rules;

    /// <inheritdoc/>
    public void Begin(EventPipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _options = _options with { Accounts = pipeline.Accounts };
        _engine = new RuleEngine(_state.Compiled, alert => Fired?.Invoke(alert), _options);
    }

    /// <inheritdoc/>
    public void OnEvent(in EventView e) => _engine?.OnEvent(e);

    /// <inheritdoc/>
    public ReloadResult Reload(IReadOnlyList<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        LoadedRules loaded = Loader(paths).Load();
        CompiledRules compiled = RuleCompiler.Compile(loaded.Set);
        string[] errors =
        [
            .. loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == RuleSeverity.Error).Select(diagnostic => diagnostic.ToString()),
            .. Unwatched(compiled),
            .. compiled.Problems.Where(problem => problem.IsError).Select(problem => $"{problem.Position}: rule '{problem.Rule}': {problem.Message}"),
        ];
        string[] warnings =
            [.. loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == RuleSeverity.Warning).Select(diagnostic => diagnostic.ToString())];
        if (errors.Length == 0)
        {
            Adopt(new State(paths, compiled, Status(loaded.Set, compiled), DemandOf(compiled)));
        }
        return new ReloadResult(errors, warnings);
    }

    private static IEnumerable<string> Unwatched(CompiledRules compiled) => compiled.Variables.Count > MostVariables
        ? [$"the rules name {compiled.Variables.Count} variables of the environment ({string.Join(", ", compiled.Variables)}); at most {MostVariables} can be watched"]
        : compiled.Variables.Where(name => name.Length > LongestVariable)
            .Select(name => $"proc.env[{name}]: a variable that is watched has at most {LongestVariable} characters");

    /// <inheritdoc/>
    public IEventCondition? Compile(string condition, out string? reason)
    {
        // As a rule behind all others it may use their macros and lists.
        string file = $$"""[{"rule":"{{ClientRule}}","desc":"","output":"","priority":"debug","condition":"{{JsonEncodedText.Encode(condition)}}"}]""";
        LoadedRules loaded = Loader(_state.Paths).AddText(ClientRule + ".yaml", file).Load();
        reason = loaded.Diagnostics.FirstOrDefault(
            diagnostic => diagnostic.Severity == RuleSeverity.Error && diagnostic.Position.File == ClientRule + ".yaml")?.Message;
        return reason is null
            && loaded.Set.Rules.FirstOrDefault(rule => rule.Position.File == ClientRule + ".yaml") is { } rule
            && EventCondition.TryCompile(rule.Condition, _options, out EventCondition? compiled, out reason)
            ? new ClientCondition(compiled)
            : null;
    }

    /// <inheritdoc/>
    public Alert? Describe(string rule, in EventView e) => _engine?.Describe(rule, e);

    private static RuleLoader Loader(IReadOnlyList<string> paths) => paths.Count == 0
        ? new RuleLoader().AddDefaults()
        : paths.Aggregate(new RuleLoader(), (loader, path) => loader.Add(path));

    private void Adopt(State state)
    {
        _state = state;
        if (_engine is { } engine)
        {
            engine.Rules = state.Compiled;
        }
    }

    private static RuleStatus[] Status(RuleSet set, CompiledRules compiled)
    {
        Dictionary<string, string> notes = [];
        foreach (RuleProblem problem in compiled.Problems.Where(problem => !problem.IsError))
        {
            notes.TryAdd(problem.Rule, problem.Message);
        }
        return
        [
            .. set.Rules.Select(rule => new RuleStatus(rule, notes.GetValueOrDefault(rule.Name))),
            .. set.Sequences.Select(sequence => new RuleStatus(sequence.Rule, notes.GetValueOrDefault(sequence.Rule.Name), IsSequence: true)),
        ];
    }

    private static Demand DemandOf(CompiledRules compiled)
    {
        SyscallSelection calls = SyscallSelection.TryCreate(compiled.Syscalls, out SyscallSelection? named, out _) && compiled.Syscalls.Count > 0
            ? named
            : SyscallSelection.Everything;
        return new Demand(compiled.Kinds, calls) { Variables = [.. compiled.Variables] };
    }

    private sealed class ClientCondition(EventCondition condition) : IEventCondition
    {
        public bool Matches(in EventView e) => condition.Matches(e);
    }

    private sealed record State(IReadOnlyList<string> Paths, CompiledRules Compiled, IReadOnlyList<RuleStatus> Rules, Demand Demand)
    {
        public static State Empty { get; } = new([], CompiledRules.Empty, [], Demand.Least);
    }
}
