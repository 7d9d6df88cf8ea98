using Eunomia.Fuzz;
using Eunomia.Fuzz.Mutation;
using Eunomia.Fuzz.Targets;
using Eunomia.TestKit;

namespace Eunomia.Controller.Tests.Fuzz;

/// <summary>What <c>make fuzz</c> found once, and what it begins with: each run once. Whatever is wrong is thrown.</summary>
public sealed class CorpusTests
{
    private const int Mutations = 500;

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_IsRead(string name)
    {
        IFuzzTarget target = Create(name);
        string folder = RepositoryFiles.Path("tests", "corpus", name);

        foreach (string path in Directory.Exists(folder) ? Directory.GetFiles(folder) : [])
        {
            Exception? error = Record.Exception(() => target.Run(File.ReadAllBytes(path), new ShapeSet()));
            Assert.True(error is null, $"{path}: {error}");
        }
    }

    /// <summary>The seeds, and a few of what fuzzing makes of them: always the same.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Seeds_AndMutationsOfThem_AreRead(string name)
    {
        IFuzzTarget target = Create(name);
        byte[][] seeds = [.. target.Seeds()];
        var mutator = new Mutator(new Random(1));
        var shapes = new ShapeSet();

        foreach (byte[] seed in seeds)
        {
            target.Run(seed, shapes);
        }
        int known = shapes.Count;
        for (int n = 0; n < Mutations; n++)
        {
            target.Run(target.Mutate(mutator, mutator.Pick(seeds), mutator.Pick(seeds)), shapes);
        }

        Assert.True(shapes.Count > known, "no mutation had another outcome than the seeds: they reach nothing");
    }

    private static IFuzzTarget Create(string name) => FuzzTargets.Create(name) ?? throw new InvalidOperationException(name);
}
