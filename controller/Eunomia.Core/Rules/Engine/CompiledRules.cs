using Eunomia.Core.Events;

namespace Eunomia.Core.Rules.Engine;

/// <summary>A set of rules ready to run. Immutable: a reload makes another one.</summary>
public sealed class CompiledRules
{
    internal CompiledRules(RuleProgram[][] programs, ProgramTree[] trees, SequenceProgram[] sequences, SequenceStep[][] steps, int answers)
    {
        (Programs, Trees, Sequences, Steps, Answers) = (programs, trees, sequences, steps, answers);
        for (int slot = 0; slot < programs.Length; slot++)
        {
            HasWork |= programs[slot].Length > 0 || steps[slot].Length > 0;
        }
    }

    /// <summary>No rules.</summary>
    public static CompiledRules Empty { get; } = RuleCompiler.Compile(RuleSet.Empty);

    /// <summary>The rules that take part, by name.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Rules that could not be compiled, and what is worth knowing of others.</summary>
    public IReadOnlyList<RuleProblem> Problems { get; init; } = [];

    /// <summary>
    /// Kinds of events that can make a rule fire, or take a sequence further, and those that their fields are known from: what
    /// must be subscribed.
    /// </summary>
    public EventKindSet Kinds { get; init; }

    /// <summary>
    /// System calls that rules name and that no kind tells of: with <see cref="EventKind.SyscallCall"/> among
    /// <see cref="Kinds"/> these must be streamed.
    /// </summary>
    public IReadOnlyList<string> Syscalls { get; init; } = [];

    /// <summary>Variables of the environment that rules name: what execs must carry.</summary>
    public IReadOnlyList<string> Variables { get; init; } = [];

    /// <summary>Kinds of events that each rule can fire on, by its name.</summary>
    public IReadOnlyDictionary<string, EventKindSet> KindsOf { get; init; } = new Dictionary<string, EventKindSet>();

    /// <summary>By kind of event, each rule's condition as a whole.</summary>
    internal RuleProgram[][] Programs { get; }

    /// <summary>The same as the engine asks it.</summary>
    internal ProgramTree[] Trees { get; }

    internal SequenceProgram[] Sequences { get; }

    internal SequenceStep[][] Steps { get; }

    /// <summary>How many answers are shared.</summary>
    internal int Answers { get; }

    internal bool HasWork { get; }

    /// <summary>A rule that some event can make fire, or null.</summary>
    internal CompiledRule? Find(string name) => Programs.SelectMany(programs => programs).FirstOrDefault(program => program.Rule.Rule.Name == name).Rule;
}
