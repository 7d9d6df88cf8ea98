using System.Diagnostics.CodeAnalysis;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>The fields that rules may use.</summary>
/// <param name="Fields">All of them.</param>
internal sealed class FieldSource(IEnumerable<FieldInfo> Fields)
{
    private readonly Dictionary<string, FieldInfo> _fields = Fields.ToDictionary(field => field.Name, StringComparer.Ordinal);

    public static FieldSource Catalog { get; } = new(FieldCatalog.All);

    public IEnumerable<string> Names => _fields.Keys;

    public FieldInfo? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>
    /// The field that is meant; <c>evt.arg.flags</c> is <c>evt.arg[flags]</c>, as long as there is no field of the longer name.
    /// </summary>
    public bool TryResolve(FieldOperand operand, [NotNullWhen(true)] out FieldInfo? field, out FieldOperand canonical)
    {
        canonical = operand;
        field = Find(operand.Name);
        if (field is not null || operand.Argument is not null)
        {
            return field is not null;
        }
        for (int dot = operand.Name.LastIndexOf('.'); dot > 0; dot = operand.Name.LastIndexOf('.', dot - 1))
        {
            if (Find(operand.Name[..dot]) is { Argument: FieldArgument.Key or FieldArgument.OptionalKey } owner)
            {
                field = owner;
                canonical = operand with { Name = owner.Name, Argument = operand.Name[(dot + 1)..] };
                return true;
            }
        }
        return false;
    }
}
