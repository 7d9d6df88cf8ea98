using Eunomia.Core;
using Eunomia.Core.Rules;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Core.Rules.Fields;

namespace Eunomia.Controller.Rules.Resolving;

/// <summary>What an operand's values are.</summary>
internal readonly record struct OperandType(FieldType Type, bool IsList);

/// <summary>Finds out what fields and functions give, and what is wrong with them.</summary>
internal sealed class OperandChecker(FieldSource fields, List<Finding> findings)
{
    /// <summary>The operand with the engine's names; its type is null when that is not known.</summary>
    public Operand Check(Operand operand, out OperandType? type)
    {
        switch (operand)
        {
            case FieldOperand field:
                return Field(field, out type);
            case TransformOperand function:
                return Function(function, out type);
            case GroupOperand group:
                type = new OperandType(FieldType.Text, IsList: true);
                return group with { Items = ValueList.Create<Operand>([.. group.Items.Select(item => Check(item, out _))]) };
            default:
                type = new OperandType(FieldType.Text, IsList: false);
                return operand;
        }
    }

    private FieldOperand Field(FieldOperand operand, out OperandType? type)
    {
        type = null;
        SourcePosition position = operand.Position.Value;
        if (!fields.TryResolve(operand, out FieldInfo? field, out FieldOperand canonical))
        {
            findings.Add(new Finding(FindingKind.UnknownField, position, $"there is no field '{operand.Name}'{Spelling.MayBe(operand.Name, fields.Names)}"));
            return operand;
        }
        if (WrongArgument(field, canonical.Argument) is { } wrong)
        {
            findings.Add(new Finding(FindingKind.Mistake, position, wrong));
            return canonical;
        }
        if (field.Unobservable is { } reason)
        {
            findings.Add(new Finding(FindingKind.Unobservable, position, $"{field.Name} has no value on this host: {reason}"));
        }
        type = new OperandType(field.Type, field.IsList && canonical.Argument is null);
        return canonical;
    }

    private static string? WrongArgument(FieldInfo field, string? argument) => field.Argument switch
    {
        FieldArgument.None when argument is not null => $"{field.Name} takes no [{argument}]",
        FieldArgument.Index when argument is null => $"{field.Name} wants a number: {field.Name}[1]",
        FieldArgument.Index or FieldArgument.OptionalIndex when argument is not null && !IsIndex(argument) => $"{field.Name} wants a number from 0, not [{argument}]",
        FieldArgument.Key when string.IsNullOrEmpty(argument) => $"{field.Name} wants a name: {field.Name}[NAME]",
        _ => null,
    };

    private static bool IsIndex(string text) => text.Length is > 0 and < 6 && text.All(char.IsAsciiDigit);

    private TransformOperand Function(TransformOperand function, out OperandType? type)
    {
        List<OperandType?> types = [];
        List<Operand> arguments = [];
        foreach (Operand argument in function.Arguments)
        {
            arguments.Add(Check(argument, out OperandType? given));
            types.Add(given);
        }
        type = function.Function switch
        {
            Transformer.Value => types[0],
            "len" => new OperandType(FieldType.Number, IsList: false),
            Transformer.Options => new OperandType(FieldType.Text, IsList: function.Argument is null),
            "join" or "concat" => new OperandType(FieldType.Text, IsList: false),
            _ => new OperandType(FieldType.Text, types[0]?.IsList ?? false),
        };
        if (WrongTypes(function, types) is { } wrong)
        {
            findings.Add(new Finding(FindingKind.Mistake, function.Position.Value, wrong));
            type = null;
        }
        return function with { Arguments = ValueList.Create<Operand>([.. arguments]) };
    }

    private static string? WrongTypes(TransformOperand function, List<OperandType?> types)
    {
        string name = function.Function;
        if (types.Contains(null))
        {
            return null; // told already
        }
        return name switch
        {
            Transformer.Value => function.Arguments[0] is FieldOperand ? null : "val() wants a field",
            "len" => types[0]!.Value.IsList || IsText(types[0]) ? null : "len() wants a text or a list",
            "join" => !types[0]!.Value.IsList && types[1]!.Value.IsList ? null : "join() wants a separator and a list: join(\",\", proc.aname)",
            "concat" => types.All(type => IsText(type) && !type!.Value.IsList) ? null : "concat() wants single texts",
            Transformer.Options => Options(function, types),
            _ => IsText(types[0]) ? null : $"{name}() wants a text, and {ConditionPrinter.Print(function.Arguments[0])} is {ValueRules.Name(types[0]!.Value.Type)}",
        };
    }

    private static string? Options(TransformOperand function, List<OperandType?> types) =>
        types[0]!.Value.IsList && !types[1]!.Value.IsList && function.Argument is null or { Length: 1 }
            ? null
            : "getopt() wants a list, a text that names the options, and in brackets one letter: getopt(proc.args, \"c:\")[c]";

    private static bool IsText(OperandType? type) => type is { Type: FieldType.Text or FieldType.Path };
}
