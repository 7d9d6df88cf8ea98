using System.Collections.Frozen;

namespace Eunomia.Core.Rules.Conditions;

/// <summary>A function that operands may use.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Least">How many arguments it wants.</param>
/// <param name="Most">How many it can take.</param>
/// <param name="Summary">What it does, in one line.</param>
public sealed record Transformer(string Name, int Least, int Most, string Summary)
{
    /// <summary>The field itself, as a value to compare with: it stands on the right only.</summary>
    public const string Value = "val";

    /// <summary>The one whose result may have a key in brackets.</summary>
    public const string Options = "getopt";

    private const int Many = 64;

    private static readonly FrozenDictionary<string, Transformer> ByName = new Transformer[]
    {
        new("tolower", 1, 1, "ASCII letters small"),
        new("toupper", 1, 1, "ASCII letters large"),
        new("b64", 1, 1, "what base64 stands for"),
        new("basename", 1, 1, "what follows the last slash"),
        new("len", 1, 1, "number of bytes; of a list, of its values"),
        new("join", 2, 2, "the values of a list with a separator between them"),
        new("concat", 2, Many, "one text behind the other"),
        new(Options, 2, 2, "options in a list of arguments, as getopt(3) finds them"),
        new(Value, 1, 1, "the field itself"),
    }.ToFrozenDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>All that there are.</summary>
    public static IEnumerable<Transformer> All => ByName.Values.OrderBy(function => function.Name, StringComparer.Ordinal);

    /// <summary>The one of this name, or null.</summary>
    public static Transformer? Find(string name) => ByName.GetValueOrDefault(name);
}
