using System.Text;
using Eunomia.Controller.Rules;
using Eunomia.Controller.Rules.Language;
using Eunomia.Core.Rules.Conditions;
using Eunomia.Fuzz.Mutation;

namespace Eunomia.Fuzz.Targets;

/// <summary>A condition: what is read is printed, and read again as the same; what is not has a place and a reason.</summary>
internal sealed class ConditionTarget : IFuzzTarget
{
    public string Name => "condition";

    public IEnumerable<byte[]> Seeds() => RuleSeeds.Conditions.Select(Encoding.UTF8.GetBytes);

    public byte[] Mutate(Mutator mutator, byte[] input, byte[] other) => RuleSeeds.Mutate(mutator, input, other);

    public void Run(byte[] input, ShapeSet shapes)
    {
        string text = Encoding.UTF8.GetString(input);
        if (!ConditionParser.TryParse(SourceText.Plain(text, "r"), out Condition? condition, out ConditionError? error))
        {
            FindingException.Unless(error.Position.Line > 0 && error.Message.Length > 0 && !error.Message.Contains('\n'), $"an error without place or reason: {error}");
            shapes.Add(ShapeSet.Mix(ShapeSet.Empty, Encoding.UTF8.GetBytes(RuleTarget.Shape(error.Message))));
            return;
        }
        string printed = ConditionPrinter.Print(condition);
        bool isRead = ConditionParser.TryParse(SourceText.Plain(printed), out Condition? again, out error);
        FindingException.Unless(isRead, $"is printed as what cannot be read ({error?.Message}): {printed}");
        FindingException.Unless(condition.Equals(again), $"is printed as something else: {printed}");
        FindingException.Unless(ConditionPrinter.PrintResolved(condition).Length > 0, "is printed over lines as nothing");
        shapes.Add(ConditionWalk.All(condition).Take(32).Aggregate(
            ShapeSet.Empty, (hash, part) => ShapeSet.Mix(hash, [(byte)part.GetType().Name[0], part is Comparison comparison ? (byte)comparison.Operator : (byte)0])));
    }
}
