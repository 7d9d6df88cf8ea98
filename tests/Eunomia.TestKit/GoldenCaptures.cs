namespace Eunomia.TestKit;

/// <summary>The captures in <c>tests/captures</c>: really recorded, each with the JSON that is made of it.</summary>
public static class GoldenCaptures
{
    /// <summary>Their paths.</summary>
    public static string[] Paths { get; } =
        [.. Directory.GetFiles(RepositoryFiles.Path("tests", "captures"), "*.eun").Order(StringComparer.Ordinal)];

    /// <summary>The file with the JSON of one.</summary>
    public static string Json(string path) => Path.ChangeExtension(path, ".json");
}
