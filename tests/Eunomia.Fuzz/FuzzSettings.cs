using System.Globalization;

namespace Eunomia.Fuzz;

/// <summary>How to fuzz. The same seed and corpus give the same inputs in the same order.</summary>
internal sealed record FuzzSettings(TimeSpan Duration, int Seed, string Findings, IReadOnlyList<string> Corpora)
{
    public static FuzzSettings Parse(ReadOnlySpan<string> arguments)
    {
        double seconds = double.Parse(arguments[0], CultureInfo.InvariantCulture);
        int seed = Environment.TickCount;
        string findings = ".";
        List<string> corpora = [];
        for (int n = 1; n < arguments.Length; n++)
        {
            switch (arguments[n])
            {
                case "--seed":
                    seed = int.Parse(arguments[++n], CultureInfo.InvariantCulture);
                    break;
                case "--findings":
                    findings = arguments[++n];
                    break;
                default:
                    corpora.Add(arguments[n]);
                    break;
            }
        }
        return new FuzzSettings(TimeSpan.FromSeconds(seconds), seed, findings, corpora);
    }
}
