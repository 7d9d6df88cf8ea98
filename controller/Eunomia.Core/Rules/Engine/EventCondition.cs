using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Events;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>One compiled condition, for who only wants to know whether it holds. Not for several threads.</summary>
public sealed class EventCondition
{
    private readonly Node _node;
    private readonly FieldScratch _scratch;

    private EventCondition(Node node, RuleEngineOptions options) =>
        (_node, _scratch) = (node, new FieldScratch(options.Hostname, options.Accounts));

    /// <summary>Compiles a condition without names of macros and lists.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="options">What it may ask beside the events.</param>
    /// <param name="compiled">The result.</param>
    /// <param name="error">What is wrong with it, in one line.</param>
    public static bool TryCompile(
        Condition condition, RuleEngineOptions options, [NotNullWhen(true)] out EventCondition? compiled, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            compiled = new EventCondition(new ConditionCompiler().Compile(condition, _ => { }), options);
            error = null;
            return true;
        }
        catch (RuleException e)
        {
            (compiled, error) = (null, e.Message);
            return false;
        }
    }

    /// <summary>Whether it holds.</summary>
    public bool Matches(in EventView e)
    {
        _scratch.Begin();
        return _node.Test(e, _scratch);
    }
}
