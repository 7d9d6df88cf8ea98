namespace Eunomia.TestKit;

/// <summary>
/// The captures in <c>tests/captures/rules</c>: the cases of <c>tests/rules</c>, really recorded, each with a list of what
/// fires in it and what must not.
/// </summary>
public static class RuleCaptures
{
    /// <summary>Their paths.</summary>
    public static string[] Paths { get; } =
        [.. Directory.GetFiles(RepositoryFiles.Path("tests", "captures", "rules"), "*.eun").Order(StringComparer.Ordinal)];

    /// <summary>The list of one: "+" or "-", a tab, the case, a tab, the rule.</summary>
    public static string[] List(string path) => File.ReadAllLines(Path.ChangeExtension(path, ".txt"));
}
