using Eunomia.Core.Rules.Fields;

namespace Eunomia.Core.Rules.Engine;

/// <summary>A rule with all that is needed when it fires.</summary>
internal sealed class CompiledRule
{
    private readonly FieldReader[] _fields;

    internal CompiledRule(Rule rule, int index, OutputTemplate output, IEnumerable<FieldReader> fields)
    {
        (Rule, Index, Output) = (rule, index, output);
        _fields = [.. fields.Concat(output.Fields).DistinctBy(field => field.Name).OrderBy(field => field.Name, StringComparer.Ordinal)];
    }

    internal Rule Rule { get; }

    /// <summary>Its number in the set, single rules in front.</summary>
    internal int Index { get; }

    internal OutputTemplate Output { get; }

    /// <summary>What the condition and the output name, in order of names.</summary>
    internal ReadOnlySpan<FieldReader> Fields => _fields;
}

/// <summary>A rule's condition as it is for one kind of event.</summary>
internal readonly record struct RuleProgram(CompiledRule Rule, Node Condition);
