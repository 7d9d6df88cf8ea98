using Eunomia.Fuzz.Mutation;

namespace Eunomia.Fuzz.Targets;

/// <summary>A parser of bytes from outside, with what must hold of all that it makes of them.</summary>
public interface IFuzzTarget
{
    /// <summary>Its name on the command line, and that of its folder in <c>tests/corpus</c>.</summary>
    string Name { get; }

    /// <summary>Good inputs, from the captures in <c>tests/captures</c>.</summary>
    IEnumerable<byte[]> Seeds();

    /// <summary>An input like this one, with parts of the other maybe.</summary>
    byte[] Mutate(Mutator mutator, byte[] input, byte[] other);

    /// <summary>Parses it. Whatever is thrown is a finding.</summary>
    void Run(byte[] input, ShapeSet shapes);
}

/// <summary>All of them.</summary>
public static class FuzzTargets
{
    private static readonly IFuzzTarget[] All =
    [
        new RecordsTarget(), new BatchTarget(), new CaptureTarget(), new DnsTarget(), new ConditionTarget(), RuleTarget.Toml, RuleTarget.Yaml,
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => All.Select(target => target.Name);

    /// <summary>One by its name; null when there is none.</summary>
    public static IFuzzTarget? Create(string name) => All.FirstOrDefault(target => target.Name == name);
}
