using Eunomia.Core;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Rules.Language;

/// <summary>What somebody may have meant who wrote what the language does not have.</summary>
internal static class Hints
{
    private static readonly Dictionary<string, string> Others = new(StringComparer.OrdinalIgnoreCase)
    {
        ["&&"] = "and",
        ["||"] = "or",
        ["!"] = "not",
        ["and"] = "and",
        ["or"] = "or",
        ["not"] = "not",
        ["<>"] = "!=",
        ["~="] = "regex",
        ["=~"] = "regex",
        ["matches"] = "regex",
        ["like"] = "glob",
        ["is"] = "=",
        ["equals"] = "=",
        ["eq"] = "=",
        ["ne"] = "!=",
        ["beginswith"] = "startswith",
        ["has"] = "contains",
    };

    /// <summary>For a word in quotes, as a message has it.</summary>
    public static string For(ConditionContext context, string found)
    {
        (string name, int end) = context.LastName;
        if (end >= 0 && IsBehind(context, end))
        {
            string unquoted = found.Trim('\'');
            if (ComparisonOperators.All.Contains(unquoted) || unquoted is "=" or "==")
            {
                return $"; '{name}' is no field, fields have a dot{Spelling.MayBe(name, FieldCatalog.All.Select(field => field.Name))}";
            }
        }
        return Word(found.Trim('\''));
    }

    /// <summary>For an operator that there is not.</summary>
    public static string Operator(string word) => Others.TryGetValue(word, out string? other)
        ? $", write '{other}'"
        : Spelling.MayBe(word.ToLowerInvariant(), ComparisonOperators.All);

    private static string Word(string word)
    {
        foreach ((string wrong, string right) in Others)
        {
            if (word.Equals(wrong, StringComparison.OrdinalIgnoreCase) && !word.Equals(right, StringComparison.Ordinal))
            {
                return $", write '{right}'";
            }
        }
        return Spelling.MayBe(word, ["and", "not"]);
    }

    private static bool IsBehind(ConditionContext context, int end)
    {
        int at = end;
        while (at < context.Offset && ConditionWords.IsBlank(context.Scanner.Buffer[at]))
        {
            at++;
        }
        return at == context.Offset;
    }
}
