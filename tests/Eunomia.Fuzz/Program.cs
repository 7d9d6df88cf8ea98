using System.Globalization;
using Eunomia.Fuzz.Targets;

namespace Eunomia.Fuzz;

/// <summary>
/// <c>Eunomia.Fuzz TARGET SECONDS [--seed N] [--findings DIRECTORY] [CORPUS_DIRECTORY]...</c>: feeds a parser what its
/// input could become. What is new goes to the first corpus directory, what is wrong to the findings; then it ends with 1.
/// <c>Eunomia.Fuzz TARGET FILE</c> runs one input.
/// </summary>
internal static class Program
{
    private const int Found = 1;
    private const int Usage = 2;

    private static int Main(string[] arguments)
    {
        IFuzzTarget? target = arguments.Length < 2 ? null : FuzzTargets.Create(arguments[0]);
        if (target is null)
        {
            Console.Error.WriteLine(
                "usage: Eunomia.Fuzz TARGET SECONDS [--seed N] [--findings DIRECTORY] [CORPUS_DIRECTORY]...\n"
                + $"       Eunomia.Fuzz TARGET FILE\ntargets: {string.Join(", ", FuzzTargets.Names)}");
            return Usage;
        }
        if (File.Exists(arguments[1]))
        {
            target.Run(File.ReadAllBytes(arguments[1]), new ShapeSet());
            return 0;
        }
        var settings = FuzzSettings.Parse(arguments.AsSpan(1));
        Console.WriteLine($"{target.Name}: --seed {settings.Seed.ToString(CultureInfo.InvariantCulture)}");
        return new Fuzzer(target, settings).Run() ? 0 : Found;
    }
}
