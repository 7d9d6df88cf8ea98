using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>The fields of an output: <c>%proc.name</c>, <c>%proc.aname[2]</c>.</summary>
internal static class OutputFields
{
    /// <summary>What older Falco put there by itself.</summary>
    private const string ContainerInfo = "container.info";

    /// <summary>Finds those that there are not.</summary>
    public static void Check(string output, SourcePosition position, FieldSource fields, List<Finding> findings)
    {
        foreach (FieldOperand field in Of(output, fields))
        {
            if (field.Name != ContainerInfo && !fields.TryResolve(field, out _, out _))
            {
                string hint = Core.Spelling.MayBe(field.Name, fields.Names);
                findings.Add(new Finding(FindingKind.UnknownField, position, $"output: there is no field '{field.Name}'{hint}"));
            }
        }
    }

    /// <summary>Those that stand there; a name that no field has as a whole may go on as text: <c>%proc.name.old</c>.</summary>
    public static IEnumerable<FieldOperand> Of(string output, FieldSource fields)
    {
        for (int at = output.IndexOf('%', StringComparison.Ordinal); at >= 0; at = output.IndexOf('%', at + 1))
        {
            string name = Name(output, at + 1);
            if (!name.Contains('.'))
            {
                continue;
            }
            string found = name;
            while (fields.Find(found) is null && found.LastIndexOf('.') is > 0 and int dot && found[..dot].Contains('.'))
            {
                found = found[..dot];
            }
            yield return new FieldOperand(fields.Find(found) is null ? name : found, null, default(SourcePosition));
        }
    }

    private static string Name(string output, int begin)
    {
        int end = begin;
        while (end < output.Length && (ConditionWords.IsName(output[end]) || (output[end] == '.' && end + 1 < output.Length && ConditionWords.IsNameStart(output[end + 1]))))
        {
            end++;
        }
        return begin < output.Length && ConditionWords.IsNameStart(output[begin]) ? output[begin..end] : "";
    }
}
