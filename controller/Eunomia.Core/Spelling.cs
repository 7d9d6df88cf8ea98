namespace Eunomia.Core;

/// <summary>What somebody may have meant.</summary>
public static class Spelling
{
    /// <summary>", did you mean 'X'?" when one of the words is near; else nothing.</summary>
    public static string MayBe(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $", did you mean '{nearest}'?" : "";

    /// <summary>The nearest of the words, unless it is too far away to be meant.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        (string Name, int Distance) best = known
            .Where(name => name.Length > 2)
            .Select(name => (name, Distance(word, name)))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(candidate => candidate.Item2);
        return best.Distance <= Math.Max(1, word.Length / 3) ? best.Name : null;
    }

    /// <summary>How many letters have to be added, dropped or exchanged (Levenshtein).</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int change = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, 1 + Math.Min(row[j - 1], row[j]));
            }
        }

        return row[^1];
    }
}
