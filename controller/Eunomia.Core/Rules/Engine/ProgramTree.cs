using System.Runtime.InteropServices;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>
/// The conditions of all rules for one kind of event. What several of them ask for, and is cheap to ask, is asked once in front
/// of them: "opened for writing" decides for dozens of rules.
/// </summary>
internal sealed class ProgramTree
{
    /// <summary>Dearer parts stay where they are, behind what the rule itself says first.</summary>
    private const int MaxGuardCost = 8;
    private readonly RuleProgram[] _programs;
    private readonly ProgramTree[] _under;
    private readonly Node? _guard;

    private ProgramTree(Node? guard, RuleProgram[] programs, ProgramTree[] under) =>
        (_guard, _programs, _under) = (guard, programs, under);

    /// <summary>Nothing to ask.</summary>
    internal static ProgramTree Empty { get; } = new(null, [], []);

    /// <summary>All conditions in it, guards included.</summary>
    internal IEnumerable<Node> Conditions =>
    [
        .. _guard is null ? Array.Empty<Node>() : [_guard],
        .. _programs.Select(program => program.Condition),
        .. _under.SelectMany(tree => tree.Conditions),
    ];

    /// <param name="programs">The rules with their conditions.</param>
    /// <param name="conditions">Makes conditions of parts.</param>
    internal static ProgramTree Make(IEnumerable<RuleProgram> programs, ConditionCompiler conditions) =>
        Make(null, [.. programs.Select(program => new Open(program.Rule, [.. PartsOf(program.Condition)]))], conditions);

    /// <summary>Adds the rules that hold, in no certain order.</summary>
    internal void Match(in EventView e, FieldScratch s, List<CompiledRule> matched)
    {
        foreach (RuleProgram program in _programs)
        {
            if (program.Condition.Test(e, s))
            {
                matched.Add(program.Rule);
            }
        }

        foreach (ProgramTree tree in _under)
        {
            if (tree._guard!.Test(e, s))
            {
                tree.Match(e, s, matched);
            }
        }
    }

    private static ProgramTree Make(Node? guard, List<Open> open, ConditionCompiler conditions)
    {
        List<ProgramTree> under = [];
        while (FindGuard(open) is { } shared)
        {
            List<Open> those = [.. open.Where(program => program.Parts.Contains(shared))];
            open.RemoveAll(program => program.Parts.Contains(shared));
            those.ForEach(program => program.Parts.Remove(shared));
            under.Add(Make(shared, those, conditions));
        }

        return new ProgramTree(guard, [.. open.Select(program => new RuleProgram(program.Rule, conditions.All(program.Parts)))], [.. under]);
    }

    /// <summary>The part that most have; of several the cheapest.</summary>
    private static Node? FindGuard(List<Open> open)
    {
        Dictionary<Node, int> counts = [];
        foreach (Node part in open.SelectMany(program => program.Parts).Where(part => part.Cost <= MaxGuardCost))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, part, out _)++;
        }

        return counts.Where(part => part.Value > 1).OrderByDescending(part => part.Value).ThenBy(part => part.Key.Cost).ThenBy(part => part.Key.Id)
            .Select(part => part.Key).FirstOrDefault();
    }

    private static Node[] PartsOf(Node condition) => condition is AndNode all ? all.Parts : [condition];

    private sealed record Open(CompiledRule Rule, List<Node> Parts);
}
