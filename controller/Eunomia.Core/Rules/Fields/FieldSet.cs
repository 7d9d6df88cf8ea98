using System.Globalization;
using Eunomia.Core.Events;
using Eunomia.Core.Processes;

namespace Eunomia.Core.Rules.Fields;

/// <summary>A text of what a process runs.</summary>
internal delegate ReadOnlySpan<byte> ImageText(ProcessImage image);

/// <summary>Collects definitions: short forms for the shapes that most fields have.</summary>
internal sealed class FieldSet
{
    private const int BuiltCost = 12;
    private const int AncestorCost = 15;
    private const int AllAncestorsCost = 60;
    private readonly List<FieldDefinition> _all = [];

    internal IReadOnlyList<FieldDefinition> All => _all;

    /// <summary>Kinds of the events that the next fields are of.</summary>
    internal EventKindSet Kinds { get; set; } = FieldCatalog.AllKinds;

    /// <summary>Kinds of other events that the next fields are known from.</summary>
    internal EventKindSet Sources { get; set; }

    internal void Add(FieldInfo info, Func<string?, FieldReader> bind) =>
        _all.Add(new FieldDefinition(info with { Kinds = Kinds, Sources = Sources }, bind));

    internal void Text(string name, string summary, TextOf text, FieldType type = FieldType.Text, int cost = 2, Func<EventKind, string[]?>? texts = null)
    {
        EventKindSet kinds = Kinds;
        Add(
            new FieldInfo(name, type, FieldArgument.None, summary),
            _ => new FieldReader { Name = name, Type = type, Text = text, Kinds = kinds, Cost = cost, TextsOf = texts });
    }

    /// <summary>A text that is put together, once for an event.</summary>
    internal void Built(string name, string summary, BuildText build, FieldType type = FieldType.Text)
    {
        int slot = FieldSlots.Next();
        Text(name, summary, (in EventView e, FieldScratch s) => s.Get(slot, e, build), type, BuiltCost);
    }

    internal void Number(string name, string summary, NumberOf number, FieldType type = FieldType.Number, Func<EventKind, long?>? constant = null)
    {
        EventKindSet kinds = Kinds;
        Add(
            new FieldInfo(name, type, FieldArgument.None, summary),
            _ => new FieldReader { Name = name, Type = type, Number = number, Kinds = kinds, ConstantOf = constant });
    }

    internal void Flag(string name, string summary, NumberOf number, Func<EventKind, long?>? constant = null) =>
        Number(name, summary, number, FieldType.Boolean, constant);

    internal void Address(string name, string summary, TextOf address, FieldType type = FieldType.Address) =>
        Text(name, summary, address, type);

    /// <summary>A field whose name is followed by a name in brackets.</summary>
    internal void Keyed(string name, string summary, Func<string, TextOf> bind, FieldType type = FieldType.Text)
    {
        EventKindSet kinds = Kinds;
        Add(
            new FieldInfo(name, type, FieldArgument.Key, summary),
            key => new FieldReader { Name = $"{name}[{key}]", Type = type, Text = bind(key!), Kinds = kinds, Cost = BuiltCost });
    }

    /// <summary>What no event has.</summary>
    internal void Unobservable(string name, FieldType type, string summary, string why, FieldArgument argument = FieldArgument.None, bool isList = false)
    {
        var info = new FieldInfo(name, type, argument, summary) { Unobservable = why, IsList = isList };
        _all.Add(new FieldDefinition(info, key => new FieldReader
        {
            Name = key is null ? name : $"{name}[{key}]",
            Type = type,
            Text = (in EventView _, FieldScratch _) => FieldReader.Missing,
            Number = (in EventView _, FieldScratch _, out long value) => (value = 0) != 0,
            Kinds = default,
        }));
    }

    /// <summary>A text of the process (0), of its parent (1), and so on; without a number of any from the parent on.</summary>
    internal void Ancestors(string name, string summary, ImageText text, FieldType type = FieldType.Text)
    {
        EventKindSet kinds = Kinds;
        Add(new FieldInfo(name, type, FieldArgument.OptionalIndex, summary) { IsList = true }, index => index is null
            ? new FieldReader { Name = name, Type = type, Texts = Above(text), Kinds = kinds, Cost = AllAncestorsCost }
            : new FieldReader { Name = $"{name}[{index}]", Type = type, Text = At(text, Depth(index)), Kinds = kinds, Cost = AncestorCost });
    }

    /// <summary>A text of each process above it that runs in the same container; on the host, of each above it.</summary>
    internal void AncestorsWithin(string name, string summary, ImageText text)
    {
        EventKindSet kinds = Kinds;
        TextAt texts = (in EventView e, FieldScratch s, int index, out bool end) =>
        {
            end = !s.TryGetAncestorWithin(e, index + 1, out Ancestor ancestor);
            return !end && ancestor.Image is { } image ? text(image) : FieldReader.Missing;
        };
        Add(
            new FieldInfo(name, FieldType.Text, FieldArgument.None, summary) { IsList = true },
            _ => new FieldReader { Name = name, Type = FieldType.Text, Texts = texts, Kinds = kinds, Cost = AllAncestorsCost });
    }

    /// <summary>The text of one of them.</summary>
    internal static TextOf At(ImageText text, int depth) => (in EventView e, FieldScratch s) =>
        s.TryGetAncestor(e, depth, out Ancestor ancestor) && ancestor.Image is { } image ? text(image) : FieldReader.Missing;

    /// <summary>The number in a field's brackets; one beyond all ancestors where it is too large for any.</summary>
    internal static int Depth(string index) =>
        int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int depth) ? depth : int.MaxValue;

    private static TextAt Above(ImageText text) => (in EventView e, FieldScratch s, int index, out bool end) =>
    {
        end = !s.TryGetAncestor(e, index + 1, out Ancestor ancestor);
        return ancestor.Image is { } image ? text(image) : FieldReader.Missing;
    };
}
