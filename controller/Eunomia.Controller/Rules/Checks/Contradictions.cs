using System.Globalization;
using Eunomia.Controller.Rules.Resolving;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Rules.Checks;

/// <summary>Finds out whether a resolved condition can hold at all. Says nothing when it cannot tell.</summary>
internal sealed class Contradictions(FieldSource fields)
{
    private const int MostSteps = 20_000;

    private int _steps;

    /// <summary>Why it never holds; null when it may.</summary>
    public string? Why(Condition condition)
    {
        _steps = 0;
        return Why(condition, new Facts(null));
    }

    private string? Why(Condition condition, Facts facts)
    {
        if (++_steps > MostSteps)
        {
            return null;
        }
        IReadOnlyList<Condition> parts = condition is Conjunction all ? all.Parts : [condition];
        var own = new Facts(facts);
        foreach (Condition part in parts)
        {
            if (Learn(part, own) is { } reason)
            {
                return reason;
            }
        }
        foreach (Disjunction any in parts.OfType<Disjunction>())
        {
            string?[] reasons = [.. any.Parts.Select(part => Why(part, own))];
            if (!reasons.Contains(null))
            {
                return $"no part of an 'or' can hold: {reasons[0]}";
            }
        }
        return null;
    }

    private string? Learn(Condition part, Facts facts)
    {
        if (facts.Has(part is Negation not ? not.Part : new Negation(part)))
        {
            return $"'{Short(part is Negation negation ? negation.Part : part)}' is wanted and excluded";
        }
        facts.Add(part);
        return part switch
        {
            Comparison { Operator: ComparisonOperator.In or ComparisonOperator.Intersects or ComparisonOperator.PMatch, Right.Count: 0 } empty =>
                $"'{Short(empty)}' has no value",
            Comparison comparison => Learn(comparison, isWanted: true, facts),
            Negation { Part: Comparison comparison } => Learn(comparison, isWanted: false, facts),
            _ => null,
        };
    }

    private string? Learn(Comparison comparison, bool isWanted, Facts facts)
    {
        if (!IsSingle(comparison.Left) || comparison.Right.Any(value => value is not LiteralOperand))
        {
            return null;
        }
        string[] values = [.. comparison.Right.Select(value => ((LiteralOperand)value).Text)];
        string key = ConditionPrinter.Print(comparison.Left);
        switch (comparison.Operator)
        {
            case ComparisonOperator.Equal or ComparisonOperator.In:
                return isWanted ? facts.Allow(key, values, Short(comparison)) : facts.Deny(key, values, Short(comparison));
            case ComparisonOperator.NotEqual:
                return isWanted ? facts.Deny(key, values, Short(comparison)) : null;
            default:
                return comparison.Operator.IsOrder() && isWanted && long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long bound)
                    ? facts.Bound(key, comparison.Operator, bound, Short(comparison))
                    : null;
        }
    }

    // With one value an event has one of them only. Of networks and numbers several texts may mean the same: left alone.
    private bool IsSingle(Operand operand) => operand is FieldOperand field
        && fields.TryResolve(field, out FieldInfo? info, out _)
        && !(info.IsList && field.Argument is null)
        && info.Type is not (FieldType.Network or FieldType.Address or FieldType.Port);

    private static string Short(Condition condition)
    {
        const int longest = 60;
        string text = ConditionPrinter.Print(condition);
        return text.Length > longest ? $"{text[..longest]}..." : text;
    }

    /// <summary>What must hold at a place: that of the places around it, and its own.</summary>
    private sealed class Facts(Facts? around)
    {
        private readonly HashSet<Condition> _parts = [];
        private readonly Dictionary<string, Domain> _domains = new(StringComparer.Ordinal);

        public bool Has(Condition condition) => _parts.Contains(condition) || (around?.Has(condition) ?? false);

        public void Add(Condition condition) => _parts.Add(condition);

        public string? Allow(string key, string[] values, string text)
        {
            Domain domain = Get(key);
            string[] left = [.. values.Where(value => (domain.Allowed?.Contains(value) ?? true) && !domain.Denied.Contains(value) && domain.Covers(value))];
            string? reason = left.Length == 0 ? $"'{text}' and '{domain.Last}' exclude one another" : null;
            _domains[key] = domain with { Allowed = [.. left], Last = text };
            return reason;
        }

        public string? Deny(string key, string[] values, string text)
        {
            Domain domain = Get(key);
            HashSet<string>? left = domain.Allowed is null ? null : [.. domain.Allowed.Except(values)];
            _domains[key] = domain with { Allowed = left, Denied = [.. domain.Denied, .. values], Last = domain.Allowed is null ? text : domain.Last };
            return left is { Count: 0 } ? $"'{domain.Last}' and not '{text}' exclude one another" : null;
        }

        public string? Bound(string key, ComparisonOperator comparison, long bound, string text)
        {
            Domain domain = Get(key);
            domain = comparison switch
            {
                ComparisonOperator.Less => domain with { Most = Math.Min(domain.Most, bound == long.MinValue ? bound : bound - 1) },
                ComparisonOperator.LessOrEqual => domain with { Most = Math.Min(domain.Most, bound) },
                ComparisonOperator.Greater => domain with { Least = Math.Max(domain.Least, bound == long.MaxValue ? bound : bound + 1) },
                _ => domain with { Least = Math.Max(domain.Least, bound) },
            };
            bool isNone = domain.Least > domain.Most || (domain.Allowed?.All(value => !domain.Covers(value)) ?? false);
            _domains[key] = domain with { Last = text };
            return isNone ? $"'{text}' and '{Get(key, around).Last ?? domain.Last}' exclude one another" : null;
        }

        private Domain Get(string key) => _domains.TryGetValue(key, out Domain? own) ? own : Get(key, around);

        private static Domain Get(string key, Facts? facts) => facts is null ? Domain.Any : facts.Get(key);
    }

    private sealed record Domain(HashSet<string>? Allowed, HashSet<string> Denied, long Least, long Most, string? Last)
    {
        public static Domain Any { get; } = new(null, [], long.MinValue, long.MaxValue, null);

        public bool Covers(string value) =>
            !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) || (number >= Least && number <= Most);
    }
}
